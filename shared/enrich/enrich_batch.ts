import type { ModelBatch } from '../store/operations/model_batches.ts'
import { enrichItems, questionsOf } from './enrich_items.ts'
import type { EnrichRun } from './enrich_round.ts'

/** Calls of one batch; the door takes no more at once. */
const BATCH_CALLS = 2_000
/** Items whose questions are made at once. */
const ITEMS_PER_PAGE = 200

/** Hands the most wanted items over together. @returns whether the provider took them */
export async function submitMany(run: EnrichRun, due: (limit: number) => Promise<string[]>): Promise<boolean> {
  const { shop, deps } = run
  const ids = await due(BATCH_CALLS)
  const calls = new Map<string, Awaited<ReturnType<typeof questionsOf>>[number]>()
  for (let start = 0; start < ids.length; start += ITEMS_PER_PAGE) {
    for (const call of await questionsOf(ids.slice(start, start + ITEMS_PER_PAGE), run)) calls.set(call.key, call)
    await run.keep()
  }
  if (calls.size === 0) return false
  const name = await deps.model.submitBatch(shop, [...calls.values()])
  // The end may be unknown: then it stands open, and is asked for by the next run.
  return name !== null || (await deps.batches.open(shop)).length > 0
}

/** Takes in what the shop's batches have answered by now. */
export async function collectBatches(run: EnrichRun, batches: readonly ModelBatch[]): Promise<void> {
  const { shop, deps, asking, wanted } = run
  for (const batch of batches) {
    const state = await deps.model.batch(shop, batch.name ?? batch.batch)
    if (state.state === 'running') {
      await deps.jobs.progressed(shop, 'enrich', state.done, state.total, null)
      continue
    }
    for (const result of state.results) {
      // What the batch did not do is asked for in the usual way.
      if (result.ok || result.reason !== 'unavailable') asking.brought.set(result.key, result)
    }
    await run.keep()
  }
  if (asking.brought.size === 0 || wanted.model === null) return
  // Only the answers that are there: nothing is asked in this pass.
  const quiet: EnrichRun = { ...run, asking: { ...asking, stopped: 'time' } }
  const ids = await deps.enrichments.outdated(shop, wanted.recipe, false, 2 * BATCH_CALLS)
  for (let start = 0; start < ids.length; start += ITEMS_PER_PAGE) {
    await enrichItems(ids.slice(start, start + ITEMS_PER_PAGE), quiet)
    await run.keep()
  }
}

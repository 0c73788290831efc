import { chunkBySize } from '../base/batch.ts'
import type { CompletionCall } from '../model/completer_rpc.ts'
import type { ModelBatch } from '../store/operations/model_batches.ts'
import { enrichItems, questionsOf } from './enrich_items.ts'
import type { EnrichRun } from './enrich_round.ts'

/** Calls handed over in one run; the door takes no more at once. */
const BATCH_CALLS = 2_000
/**
 * Characters of one batch's questions: two bytes each stay below the 32 MiB of an RPC message, and the door holds them
 * several times over while it uploads them.
 */
const BATCH_CHARS = 6_000_000
/** Items whose questions are made at once. */
const ITEMS_PER_PAGE = 200

/** Hands the most wanted items over together. @returns whether the provider took them */
export async function submitMany(run: EnrichRun, due: (limit: number) => Promise<string[]>): Promise<boolean> {
  const { shop, deps } = run
  const ids = await due(BATCH_CALLS)
  const calls = new Map<string, CompletionCall>()
  for (let start = 0; start < ids.length; start += ITEMS_PER_PAGE) {
    for (const call of await questionsOf(ids.slice(start, start + ITEMS_PER_PAGE), run)) calls.set(call.key, call)
    await run.keep()
  }
  let taken = 0
  for (const part of parts([...calls.values()])) {
    if ((await deps.model.submitBatch(shop, part)) === null) break
    taken += 1
    await run.keep()
  }
  // The end may be unknown: then it stands open, and is asked for by the next run.
  return taken > 0 || (await deps.batches.open(shop)).length > 0
}

const charsOf = (call: CompletionCall) =>
  call.system.length + call.user.length + JSON.stringify(call.schema).length + call.key.length

/** In their order, each as long as one message may be. */
export const parts = (calls: readonly CompletionCall[], charsMax = BATCH_CHARS): CompletionCall[][] =>
  chunkBySize(calls, charsMax, charsOf)

/**
 * Takes in what the shop's batches have answered by now.
 * @returns whether one came to nothing: what failed as a whole fails again, so this run asks in the usual way
 */
export async function collectBatches(run: EnrichRun, batches: readonly ModelBatch[]): Promise<boolean> {
  const { shop, deps, asking, wanted } = run
  let failed = false
  for (const batch of batches) {
    const state = await deps.model.batch(shop, batch.name ?? batch.batch)
    if (state.state === 'running') {
      await deps.jobs.progressed(shop, 'enrich', state.done, state.total, null)
      continue
    }
    failed ||= !state.results.some((result) => result.ok)
    for (const result of state.results) {
      // What the batch did not do is asked for in the usual way.
      if (result.ok || result.reason !== 'unavailable') asking.brought.set(result.key, result)
    }
    await run.keep()
  }
  if (asking.brought.size === 0 || wanted.model === null) return failed
  // Only the answers that are there: nothing is asked in this pass.
  const quiet: EnrichRun = { ...run, asking: { ...asking, stopped: 'time' } }
  const ids = await deps.enrichments.outdated(shop, wanted.recipe, false, 2 * BATCH_CALLS)
  for (let start = 0; start < ids.length; start += ITEMS_PER_PAGE) {
    await enrichItems(ids.slice(start, start + ITEMS_PER_PAGE), quiet)
    await run.keep()
  }
  return failed
}

import { chunk, mapConcurrent } from '../base/batch.ts'
import { hash64, lengthPrefixed } from '../base/hash.ts'
import type { CompletionCall } from '../model/completer_rpc.ts'
import { askExpansion } from '../prompt/item_prompt.ts'
import type { ItemText } from '../store/catalogue/enrichment.ts'
import type { BoughtWith, Enrichment, PopularityPlace } from '../store/catalogue/enrichments.ts'
import { askOnce, CALLS_AT_ONCE, subjectsOf } from './enrich_items.ts'
import { type EnrichRun, heard, mayAsk, mayRule } from './enrich_round.ts'
import { countedBy, parsed, type Subject } from './enrich_rows.ts'
import { enrichmentHash, expansionKey } from './enrich_wanted.ts'
import { kindOf } from './quarantine.ts'
import { checkExpansion, type Neighbour } from './understand/check.ts'
import { expandByRules } from './understand/rules.ts'

/** Items looked at together, by their hashes alone. */
const ITEMS_PER_PAGE = 500
/** Items expanded together. */
const ITEMS_PER_ROUND = 100

/** An item with its neighbours, and what says whether they are those of its present expansion. */
interface Expandable {
  subject: Subject & { row: Enrichment }
  neighbours: Neighbour[]
  hash: string
}

/**
 * Says what items have in common with those they are bought with, the most popular first: only where the set of
 * neighbours, their texts, the prompt or the model are others than before. (LLM-Rec, arXiv 2307.15780, section 3.)
 * @returns whether the whole shop was gone through
 */
export async function expandItems(run: EnrichRun): Promise<{ finished: boolean; seen: number; expanded: number }> {
  const { shop, deps } = run
  let after: PopularityPlace | null = null
  let seen = 0
  let expanded = 0
  for (;;) {
    const page = await deps.enrichments.withNeighbours(shop, after, ITEMS_PER_PAGE)
    if (page.items.length === 0) return { finished: true, seen, expanded }
    const due = page.items.flatMap((item) => {
      const hash = hashOf(item, run)
      return item.bought.length === 0 || item.neighboursHash === hash ? [] : [{ ...item, hash }]
    })
    for (const part of chunk(due, ITEMS_PER_ROUND)) {
      expanded += await expandAll(part, run)
      await run.keep()
      // Rules too have a limited time on the processor; what is done is passed over quickly by the next run.
      if (run.wanted.model === null ? !mayRule(run) : !mayAsk(run)) return { finished: false, seen, expanded }
    }
    seen += page.items.length
    after = page.last
    await run.keep()
  }
}

type Due = BoughtWith & { hash: string }

const hashOf = ({ textHash, bought }: BoughtWith, run: EnrichRun): string =>
  hash64(lengthPrefixed([textHash, run.wanted.expansionMark, ...bought.flatMap((own) => [own.id, own.textHash])]))

async function expandAll(due: readonly Due[], run: EnrichRun): Promise<number> {
  const rows: Enrichment[] = []
  await mapConcurrent(await expandable(due, run), CALLS_AT_ONCE, async (one) => {
    await run.deps.breathe()
    const row = await expand(one, run)
    if (row !== null) rows.push(row)
  })
  await run.deps.enrichments.put(run.shop, rows)
  return rows.length
}

async function expandable(due: readonly Due[], run: EnrichRun): Promise<Expandable[]> {
  const others = [...new Set(due.flatMap((item) => item.bought.map((own) => own.id)))]
  const [subjects, texts] = await Promise.all([
    subjectsOf(
      due.map((item) => item.id),
      run,
    ),
    run.deps.catalogue.texts(run.shop, others),
  ])
  const byId = new Map(texts.map((text) => [text.id, text]))
  const dueById = new Map(due.map((item) => [item.id, item]))
  return subjects.flatMap((subject) => {
    const { row, text } = subject
    const { bought, hash, textHash } = dueById.get(text.id)!
    // Read a moment later: what changed since then comes with the next run.
    const known = bought.flatMap((own) => byId.get(own.id) ?? [])
    const same = known.length === bought.length && known.every((own, at) => own.textHash === bought[at]!.textHash)
    if (row === null || row.textHash !== text.textHash || textHash !== text.textHash || !same) return []
    return [{ subject: { ...subject, row }, neighbours: known.map(toNeighbour), hash }]
  })
}

const toNeighbour = ({ title, categories, description }: ItemText): Neighbour => ({ title, categories, description })

/** Null: not now. */
async function expand(one: Expandable, run: EnrichRun): Promise<Enrichment | null> {
  try {
    return await expanded(one, run)
  } catch (error) {
    const { id } = one.subject.text
    run.deps.log.error('item_not_expanded', error, { shop: run.shop, item: id, kind: kindOf(error) })
    // Pure work that fails would fail again: what stands is marked as made of these neighbours.
    return { ...one.subject.row, neighboursHash: one.hash }
  }
}

async function expanded({ subject, neighbours, hash }: Expandable, run: EnrichRun): Promise<Enrichment | null> {
  const { facts, row } = subject
  const { wanted } = run
  if (wanted.model === null) return withThemes(row, expandByRules(facts, neighbours), hash)
  if (!mayAsk(run)) return null
  const { recipe: _recipe, facets: _facets, ...ask } = askExpansion(facts, neighbours)
  const key = await expansionKey(run.shop, facts, neighbours, wanted)
  const call: CompletionCall = { key, shop: run.shop, purpose: 'expand', ...ask }
  const result = await askOnce(call, run)
  heard(run.asking, result)
  if (result.ok) {
    const checked = checkExpansion(parsed(result.text), facts, neighbours)
    const counted = { ...row, dropped: countedBy(checked.dropped, row.dropped), kept: row.kept + checked.kept }
    return withThemes(counted, checked.themes, hash)
  }
  return result.reason === 'budget' || result.reason === 'unavailable'
    ? null
    : withThemes(row, expandByRules(facts, neighbours), hash)
}

const withThemes = (row: Enrichment, expansion: readonly string[], neighboursHash: string): Enrichment => ({
  ...row,
  expansion,
  neighboursHash,
  hash: enrichmentHash(row.understanding, expansion),
})

import { mapConcurrent } from '../base/batch.ts'
import { hash64, lengthPrefixed } from '../base/hash.ts'
import type { CompletionCall } from '../model/completer_rpc.ts'
import { askExpansion } from '../prompt/item_prompt.ts'
import type { ItemText } from '../store/catalogue/enrichment.ts'
import type { Enrichment, PopularityPlace } from '../store/catalogue/enrichments.ts'
import { askOnce, CALLS_AT_ONCE, subjectsOf } from './enrich_items.ts'
import { type EnrichRun, heard, mayAsk } from './enrich_round.ts'
import { countedBy, parsed, type Subject } from './enrich_rows.ts'
import { enrichmentHash, expansionKey } from './enrich_wanted.ts'
import { kindOf } from './quarantine.ts'
import { checkExpansion, type Neighbour } from './understand/check.ts'
import { expandByRules } from './understand/rules.ts'

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
    const page = await deps.enrichments.withNeighbours(shop, after, ITEMS_PER_ROUND)
    if (page.items.length === 0) return { finished: true, seen, expanded }
    const due = await dueOf(page.items, run)
    const rows: Enrichment[] = []
    await mapConcurrent(due, CALLS_AT_ONCE, async (one) => {
      const row = await expand(one, run)
      if (row !== null) rows.push(row)
    })
    await deps.enrichments.put(shop, rows)
    seen += page.items.length
    expanded += rows.length
    after = page.last
    await run.keep()
    if (run.wanted.model !== null && !mayAsk(run)) return { finished: false, seen, expanded }
  }
}

async function dueOf(items: ReadonlyArray<{ id: string; bought: string[] }>, run: EnrichRun): Promise<Expandable[]> {
  const others = [...new Set(items.flatMap((item) => item.bought))]
  const [subjects, texts] = await Promise.all([
    subjectsOf(
      items.map((item) => item.id),
      run,
    ),
    run.deps.catalogue.texts(run.shop, others),
  ])
  const byId = new Map(texts.map((text) => [text.id, text]))
  const boughtWith = new Map(items.map((item) => [item.id, item.bought]))
  return subjects.flatMap((subject) => {
    const { row, text } = subject
    if (row === null || row.textHash !== text.textHash || row.state === 'quarantined') return []
    // Sorted: how often they were bought together changes daily, and says nothing new.
    const known = [...(boughtWith.get(text.id) ?? [])].sort().flatMap((id) => byId.get(id) ?? [])
    const hash = hash64(
      lengthPrefixed([text.textHash, run.wanted.expansionMark, ...known.flatMap((own) => [own.id, own.textHash])]),
    )
    if (known.length === 0 || row.neighboursHash === hash) return []
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

import type { Rng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { shopBodySchema } from '../../shared/domain/shop.ts'
import { ask } from '../../tests/support/ask.ts'
import { understand } from '../../tests/support/understood.ts'
import { createWorld, type World } from '../../tests/support/world.ts'
import type { FoundQuery } from './split.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
export const TOP = 10
const RESAMPLES = 4_000

/** The product with this catalogue, nobody having bought anything. */
export async function openShop(items: readonly ItemLine[]): Promise<World> {
  const body = shopBodySchema.parse({
    name: 'Found',
    locale: 'en-GB',
    market: 'GB',
    markets: [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }],
  })
  const world = await createWorld({ shop: 'found', body, items: [...items], events: [], newestMs: NOW })
  return world
}

/** Gives items their enrichments, and has the product take them in: texts, vectors, and an embedder that knows them. */
export async function enrichShop(world: World, enrichment: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const rows = [...enrichment].map(([item, words]) => ({
    item,
    understanding: { queries: [...words] },
    hash: `h ${words.join(' ')}`,
  }))
  await understand(world.rawCatalogue, world.shop, rows)
  const before = world.config.search.space?.version
  // The next embedder is filled, seen and switched to.
  for (let round = 0; round < 3; round++) await world.catchUp()
  if (world.config.search.space?.version === before) throw new Error('the embedder did not learn from the enrichments')
}

/** Recall@10 of the shipped search, query by query. */
export async function recallOf(world: World, queries: readonly FoundQuery[]): Promise<number[]> {
  const isolate = (await world.location()).isolate()
  const recalls: number[] = []
  for (const { query, relevant, neutral } of queries) {
    const { answer, ids } = await ask(isolate, world.config, {
      query,
      limit: TOP,
      diversity: 0,
      exclude_item_ids: [...neutral],
    })
    if (answer.rung !== 'L2' || answer.degraded.length > 0) throw new Error(`a search came from ${answer.rung}`)
    const hits = ids.slice(0, TOP).filter((id) => relevant.has(id)).length
    recalls.push(hits / Math.min(TOP, relevant.size))
  }
  return recalls
}

export interface Lift {
  queries: number
  before: number
  after: number
  /** Of the mean difference, 95 %; queries of one group are drawn together, because they are of one meaning. */
  lower: number
  upper: number
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Paired percentile bootstrap over groups (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13). */
export function liftOf(
  queries: readonly FoundQuery[],
  before: readonly number[],
  after: readonly number[],
  rng: Rng,
): Lift {
  const byGroup = new Map<number, number[]>()
  for (const [index, { group }] of queries.entries())
    byGroup.set(group, [...(byGroup.get(group) ?? []), after[index]! - before[index]!])
  const groups = [...byGroup.values()]
  const means: number[] = []
  for (let n = 0; n < RESAMPLES; n++) {
    let sum = 0
    let count = 0
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[rng.int(groups.length)]!
      for (const difference of group) sum += difference
      count += group.length
    }
    means.push(sum / Math.max(1, count))
  }
  means.sort((a, b) => a - b)
  const at = (share: number) => means[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))]!
  return { queries: queries.length, before: mean(before), after: mean(after), lower: at(0.025), upper: at(0.975) }
}

/** Each item's enrichment given to another: the words are all there, and say nothing. */
export function shuffled(enrichment: ReadonlyMap<string, readonly string[]>, rng: Rng): Map<string, readonly string[]> {
  const ids = rng.shuffle([...enrichment.keys()])
  return new Map(ids.map((id, index) => [id, enrichment.get(ids[(index + 1) % ids.length]!)!]))
}

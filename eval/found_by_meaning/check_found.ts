/**
 * Found by meaning: do enrichments let shoppers find items by words that neither the items nor their enrichments have?
 *
 *   npm run check:found -- [--seed N] [--dataset DIR] [--quick]
 *
 * A table of synonyms is cut in two by the seed. The enrichment of an item is written from the one half alone; queries are
 * made of the other. A query's word stands in no relevant item, neither in its own text nor in what was written of it;
 * items that have the word are left out of the answer, since finding those proves nothing. What is left to bring an item
 * up is generalisation: enrichments make texts share words that the shop's own texts do not, and the embedder that is
 * learned from both puts what shares words together.
 *
 * "One half of the table" is read in two ways:
 * - pairs (judged): the halves are pairs of words. The enrichment knows `sofa ~ couch` and `couch ~ settee`, never
 *   `sofa ~ settee`; the query `settee` must find the sofa.
 * - members (reported): the halves are words. The enrichment never says a word that is asked for; only the shop's own
 *   texts can tell what `settee` is like.
 *
 * Search is the shipped one: the recommendation pipeline with a query, in process. Raw is the same shop before any
 * enrichment. The control gives each item another's enrichment: with all of the words and none of their meaning there
 * must be no lift.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { DATASETS, datasetShop } from '../../tests/support/shops.ts'
import { generatedCatalogue } from './catalogue.ts'
import { enrichShop, type Lift, liftOf, openShop, recallOf, shuffled } from './measure.ts'
import { type Reading, splitTable } from './split.ts'

export const SEED = 20_261_142

export interface FoundReport {
  reading: Reading
  items: number
  enriched: Lift
  shuffled: Lift
}

/** One reading of the table over one catalogue: raw, enriched, and enriched with what belongs to others. */
export async function foundByMeaning(items: readonly ItemLine[], reading: Reading, seed: number): Promise<FoundReport> {
  const { enrichment, queries } = splitTable(items, reading, seededRng(seed))
  if (queries.length === 0) throw new Error('no word of the table can be asked for in this catalogue')
  const world = await openShop(items)
  const raw = await recallOf(world, queries)
  await enrichShop(world, enrichment)
  const enriched = await recallOf(world, queries)
  const control = await openShop(items)
  await enrichShop(control, shuffled(enrichment, seededRng(seed + 1)))
  const mixed = await recallOf(control, queries)
  return {
    reading,
    items: items.length,
    enriched: liftOf(queries, raw, enriched, seededRng(seed + 2)),
    shuffled: liftOf(queries, raw, mixed, seededRng(seed + 3)),
  }
}

/** Whether enrichment lifts and the control does not. */
export const holds = (report: FoundReport): boolean => report.enriched.lower > 0 && report.shuffled.lower <= 0

const percent = (value: number) => `${(100 * value).toFixed(1)} %`
const told = (name: string, lift: Lift) =>
  `  ${name.padEnd(9)} recall@10 ${percent(lift.before)} -> ${percent(lift.after)}, lift ${percent(lift.after - lift.before)} ` +
  `[${percent(lift.lower)}, ${percent(lift.upper)}] over ${lift.queries} queries`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, dataset: { type: 'string' }, quick: { type: 'boolean', default: false } },
  })
  const seed = Number(values.seed ?? SEED)
  const folder = values.dataset ?? join(DATASETS, 'demo-store')
  let items: ItemLine[]
  if (values.quick || !existsSync(folder)) {
    if (!values.quick) console.log(`no dataset at hand: a generated catalogue takes its place`)
    items = generatedCatalogue(seededRng(seed))
  } else items = datasetShop(folder)?.items ?? []
  let failed = false
  for (const reading of ['pairs', 'members'] as const) {
    const report = await foundByMeaning(items, reading, seed)
    const judged = reading === 'pairs'
    const verdict = judged ? (holds(report) ? 'ok' : 'FAIL') : 'reported'
    console.log(`${reading} of ${report.items} items, seed ${seed}: ${verdict}`)
    console.log(told('enriched', report.enriched))
    console.log(told('shuffled', report.shuffled))
    failed ||= judged && !holds(report)
  }
  process.exitCode = failed ? 1 : 0
}

if (import.meta.main) await main()

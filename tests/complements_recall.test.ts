/** What goes with an item, judged on orders that nobody learned from. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Dataset, openDataset } from '../eval/dataset/dataset.ts'
import { seededRng } from '../shared/base/rng.ts'
import { complementsLearner } from '../shared/learn/complements.ts'
import { openBaskets } from '../shared/learn/complements_baskets.ts'
import { createPairSums } from '../shared/learn/complements_pairs.ts'
import { itemStatsLearner } from '../shared/learn/item_stats.ts'
import { readManifest } from '../shared/learn/manifest_step.ts'
import { rowsByKind } from '../shared/learn/rows.ts'
import { scenesLearner } from '../shared/learn/scenes.ts'
import { marketsLearner } from '../shared/learn/scenes_markets.ts'
import { OBJECTS, type RunContext } from '../shared/learn/step.ts'
import { readInput } from '../shared/learn/visits_step.ts'
import { learnFrom } from './support/learned.ts'
import { interaction } from './support/unit_catalogue.ts'

const FOLDER = fileURLToPath(new URL('../../shared/data/online-retail', import.meta.url))
const KEPT = 20
const FEW_ORDERS = 5
const SEED = 20_261_126

type Lists = ReadonlyMap<string, readonly string[]>

async function learn(dataset: Dataset, learnBefore: number): Promise<RunContext> {
  const events = dataset.learnable({ learnBefore, exclude: [] })
  const price = new Map(dataset.items.map((item) => [item.id, item.price?.amount ?? null]))
  const rows = events.map(({ user, item, ts, country }, at) =>
    interaction({
      eventId: `e${at}`,
      shopper: `u:${user}`,
      item,
      atMs: ts * 1_000,
      market: country ?? null,
      price: price.get(item) ?? null,
    }),
  )
  return learnFrom([marketsLearner, scenesLearner, itemStatsLearner, complementsLearner], rows)
}

async function published(run: RunContext): Promise<Lists> {
  const texts = await Promise.all((await readManifest(run)).objects.map(({ name }) => run.folder.text(name)))
  const rows = rowsByKind(texts.join('\n')).get('complements')!
  return new Map(rows.map((row) => [row[1] as string, (row[2] as Array<[string]>).map(([id]) => id)]))
}

/** Orders of each item, and for those of few what was ordered with it most often; equals by how often at all. */
async function coPurchased(run: RunContext): Promise<{ orders: ReadonlyMap<string, number>; lists: Lists }> {
  const { items } = await readInput(run, [])
  const baskets = openBaskets(await run.folder.bytes(OBJECTS.state('complements')), items.length)
  const sums = createPairSums(baskets, items.length)
  const orders = new Map(items.map((id, item) => [id, baskets.itemStart[item + 1]! - baskets.itemStart[item]!]))
  const lists = new Map<string, string[]>()
  for (const [item, id] of items.entries()) {
    if (orders.get(id)! >= FEW_ORDERS) continue
    for (const _ of sums.of(item));
    const others = [...sums.touched()].filter((other) => other !== item)
    const of = new Map(others.map((other) => [other, sums.counts(item, other)]))
    others.sort((a, b) => of.get(b)!.both - of.get(a)!.both || of.get(b)!.second - of.get(a)!.second || a - b)
    lists.set(
      id,
      others.slice(0, KEPT).map((other) => items[other]!),
    )
    sums.clear()
  }
  return { orders, lists }
}

test.skipIf(!existsSync(FOLDER))(
  'items of few orders: no fewer held-out companions than by co-purchase (skipped without ../shared/data)',
  { timeout: 180_000 },
  async () => {
    const dataset = openDataset(FOLDER)
    const file = dataset.tasks('cart.valid')
    if (file.kind === 'search') throw new Error('these tasks are searches')
    const run = await learn(dataset, file.spec.learnBefore!)
    const complements = await published(run)
    const { orders, lists } = await coPurchased(run)
    const asked = file.tasks.flatMap(({ cart, target }) =>
      cart.filter((id) => (orders.get(id) ?? FEW_ORDERS) < FEW_ORDERS).map((id) => ({ id, target: new Set(target) })),
    )
    const recall = (own: Lists) =>
      asked.reduce((sum, { id, target }) => {
        const hits = (own.get(id) ?? []).slice(0, KEPT).filter((one) => target.has(one)).length
        return sum + hits / Math.min(KEPT, target.size)
      }, 0) / asked.length
    const others = seededRng(SEED).shuffle([...complements.values()])
    const shuffled: Lists = new Map([...complements.keys()].map((id, at) => [id, others[at]!]))
    const figures = [recall(complements), recall(lists), recall(shuffled)].map((value) => value.toFixed(4))
    console.info(
      `recall@20 of ${asked.length} items: complements ${figures[0]}, co-purchase ${figures[1]}, others' ${figures[2]}`,
    )
    expect(asked.length).toBeGreaterThan(50)
    expect(recall(complements)).toBeGreaterThanOrEqual(recall(lists))
    // Control: the lists of other items, best sellers among them, find less.
    expect(recall(shuffled)).toBeLessThan(recall(complements) * 0.8)
  },
)

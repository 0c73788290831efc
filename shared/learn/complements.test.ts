import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { createCatalogue, DAY, interaction, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { BoughtNeighbour, ComplementNeighbour } from '../domain/card.ts'
import type { Interaction } from '../domain/event.ts'
import { createItemWriter } from '../store/catalogue/item_writes.ts'
import { createLearningStore } from '../store/catalogue/learning.ts'
import { createShelfReads } from '../store/catalogue/shelf_reads.ts'
import { complementsLearner, createComplementsLearner, type Verdicts } from './complements.ts'
import { liftOf, posteriorOf, priorOf } from './complements_posterior.ts'
import { itemStatsLearner } from './item_stats.ts'
import { occasionMatrix, shopperMatrix, visitSequences } from './regression/models.ts'
import { neighboursLearner } from './regression/neighbours.ts'
import { ROW_KINDS, type RowStores } from './rows.ts'
import { scenesLearner } from './scenes.ts'
import { marketsLearner } from './scenes_markets.ts'

const SEED = 20_261_124
const BEFORE = [marketsLearner, scenesLearner, itemStatsLearner]

async function complements(
  rows: readonly Interaction[],
  verdicts: Verdicts = new Map(),
): Promise<Map<string, ComplementNeighbour[]>> {
  const learner = verdicts.size === 0 ? complementsLearner : createComplementsLearner(verdicts)
  const found = (await learned([...BEFORE, learner], rows)).complements ?? []
  for (const row of found) expect(ROW_KINDS.complements!.schema.safeParse(row).error).toBeUndefined()
  return new Map(found.map((row) => row.slice(1) as [string, ComplementNeighbour[]]))
}
const idsOf = (found: Map<string, ComplementNeighbour[]>, item: string) => (found.get(item) ?? []).map(([id]) => id)

const order = (shopper: string, day: number, items: readonly string[], prices: Record<string, number> = {}) =>
  items.map((item) => interaction({ item, shopper, atMs: NOW - day * DAY, price: prices[item] ?? null }))

/** Three hundred who buy one of two teas each time, mostly with honey, among a thousand who buy something else. */
function teaShop(): Interaction[] {
  const rng = seededRng(SEED)
  const rows: Interaction[] = []
  for (let n = 0; n < 300; n++) {
    for (let visit = 0; visit < 5; visit++) {
      const tea = rng.pick(['green tea', 'black tea'])
      rows.push(...order(`t${n}`, visit * 10, rng.next() < 0.6 ? [tea, 'honey'] : [tea]))
      // Once in a while both.
      if (visit === 4 && n % 10 === 0) rows.push(...order(`t${n}`, 60, ['green tea', 'black tea']))
    }
  }
  for (let n = 0; n < 1_500; n++) rows.push(...order(`o${n}`, n % 50, [`thing ${n % 40}`, `thing ${(n * 7 + 1) % 40}`]))
  return rows
}

test('substitutes are not served as complements', async () => {
  const found = await complements(teaShop())
  for (const tea of ['green tea', 'black tea']) {
    expect(idsOf(found, tea)).toContain('honey')
    expect(idsOf(found, tea)).not.toContain('green tea')
    expect(idsOf(found, tea)).not.toContain('black tea')
  }
  const [, lift, both, orders] = found.get('green tea')!.find(([id]) => id === 'honey')!
  expect(lift).toBeGreaterThan(150)
  expect(both / orders).toBeCloseTo(0.6, 1)
})

test('control: counts of shoppers who bought both serve the other tea', async () => {
  const { bought } = await learned([shopperMatrix, occasionMatrix, visitSequences, neighboursLearner], teaShop())
  const green = bought!.find((row) => row[1] === 'green tea')![2] as BoughtNeighbour[]
  const byBoth = [...green].sort((a, b) => b[4] - a[4]).map(([id]) => id)
  expect(byBoth.slice(0, 2)).toContain('black tea')
})

test('control: lift alone would let them pass, since tea drinkers are a kind of their own', async () => {
  // Tea is in two of five orders, both teas in one of a hundred: where half the shop never drinks tea that is not rare.
  const rows = [
    ...teaShop(),
    ...Array.from({ length: 60_000 }, (_, n) => interaction({ item: `filler ${n % 90}`, shopper: `f${n}` })),
  ]
  const orders = 1_530 + 1_500 + 60_000
  const [both, first, second] = [30, 765, 765]
  expect(liftOf({ both, first, second, orders }, null)).toBeGreaterThan(1.2)
  expect(idsOf(await complements(rows), 'green tea')).not.toContain('black tea')
})

/** A camera that a bag often comes with, and bags for everything else. */
function cameraShop(prices: Record<string, number>): Interaction[] {
  const rows: Interaction[] = []
  for (let n = 0; n < 60; n++) rows.push(...order(`c${n}`, n, n < 40 ? ['camera', 'bag'] : ['camera'], prices))
  for (let n = 0; n < 300; n++) rows.push(...order(`b${n}`, n % 90, ['bag'], prices))
  for (let n = 0; n < 5_000; n++) rows.push(...order(`o${n}`, n % 90, [`thing ${n % 40}`]))
  return rows
}

test('the accessory goes with the main product, and not the other way round', async () => {
  const found = await complements(cameraShop({ camera: 50_000, bag: 2_000 }))
  expect(idsOf(found, 'camera')).toContain('bag')
  expect(idsOf(found, 'bag')).not.toContain('camera')
  // Without prices it takes a clearer case.
  const unpriced = await complements(cameraShop({}))
  expect(idsOf(unpriced, 'camera')).toContain('bag')
  expect(idsOf(unpriced, 'bag')).not.toContain('camera')
})

test('what is hardly ever bought without a dearer thing does not lead back to it', async () => {
  const rows = (prices: Record<string, number>) => [
    ...Array.from({ length: 200 }, (_, n) => order(`c${n}`, n, n < 50 ? ['camera', 'cap'] : ['camera'], prices)).flat(),
    ...Array.from({ length: 5 }, (_, n) => order(`d${n}`, n, ['cap'], prices)).flat(),
    ...Array.from({ length: 3_000 }, (_, n) => order(`o${n}`, n % 90, [`thing ${n % 40}`])).flat(),
  ]
  for (const prices of [{}, { camera: 50_000, cap: 900 }]) {
    const found = await complements(rows(prices))
    expect(idsOf(found, 'camera')).toContain('cap')
    expect(idsOf(found, 'cap')).not.toContain('camera')
  }
  // Milk is in most orders of muesli, and cheaper: no main product.
  expect(idsOf(await complements(rows({ camera: 90, cap: 400 })), 'cap')).toContain('camera')
})

test('control: a rare cheap thing that comes with a common dear one is no main product, and lifts are equal', async () => {
  const found = await complements(cameraShop({ camera: 500, bag: 600 }))
  expect(idsOf(found, 'camera')).toContain('bag')
  expect(idsOf(found, 'bag')).toContain('camera')
})

test('a verdict is so many orders, and contrary orders outvote it', async () => {
  const pair = { both: 0, second: 100, orders: 10_000 }
  expect(priorOf(0.01, null)).toEqual({ mean: 0.01, orders: 10 })
  expect(priorOf(0.01, 1)).toEqual({ mean: 0.04, orders: 30 })
  expect(priorOf(0.01, 0.5)).toEqual({ mean: 0.01, orders: 10 })
  expect(priorOf(0.01, 0).mean).toBeCloseTo(0.0025)
  expect(priorOf(0.3, 1).mean).toBe(0.5)
  expect(priorOf(0.7, 1).mean).toBe(0.7)
  expect(liftOf({ ...pair, first: 0 }, 1)).toBeCloseTo(4)
  expect(liftOf({ ...pair, first: 69 }, 1)).toBeGreaterThan(1.2)
  expect(liftOf({ ...pair, first: 71 }, 1)).toBeLessThan(1.2)
  // Nor does a no stand against what everybody does.
  expect(liftOf({ ...pair, both: 50, first: 100 }, 0)).toBeGreaterThan(10)
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.nat(500),
      fc.nat(500),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (both, more, others, one, two) => {
        const counts = { both, first: both + more, second: both + others + 1, orders: both + more + others + 1_000 }
        const [low, high] = [Math.min(one, two), Math.max(one, two)]
        const share = posteriorOf(counts, low)
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
        // Between what was counted and what was said, and more with every both.
        expect(posteriorOf({ ...counts, both: both + 1, first: both + more + 1 }, high)).toBeGreaterThanOrEqual(
          posteriorOf({ ...counts, both, first: both + more + 1 }, high),
        )
      },
    ),
    { seed: SEED, numRuns: 500 },
  )
})

test('a verdict serves a pair that nobody has bought yet, until the item is bought without it', async () => {
  const verdicts: Verdicts = new Map([
    [
      'kettle',
      new Map([
        ['descaler', 0.95],
        ['never seen', 1],
      ]),
    ],
  ])
  const kettles = (orders: number) => [
    ...Array.from({ length: orders }, (_, n) => order(`k${n}`, n % 60, ['kettle'])).flat(),
    ...Array.from({ length: 30 }, (_, n) => order(`d${n}`, n, ['descaler', 'soap'])).flat(),
    ...Array.from({ length: 500 }, (_, n) => order(`o${n}`, n % 60, [`thing ${n % 20}`])).flat(),
  ]
  expect(idsOf(await complements(kettles(10), verdicts), 'kettle')).toEqual(['descaler'])
  expect(idsOf(await complements(kettles(10)), 'kettle')).toEqual([])
  expect(idsOf(await complements(kettles(120), verdicts), 'kettle')).toEqual([])
})

test('one shopper who orders the same two over and over proves nothing', async () => {
  const rows = [
    ...Array.from({ length: 50 }, (_, n) => order('u:robot', n, ['pin', 'anvil'])).flat(),
    ...Array.from({ length: 20 }, (_, n) => order(`p${n}`, n, ['pin'])).flat(),
    ...Array.from({ length: 200 }, (_, n) => order(`o${n}`, n % 60, [`thing ${n % 20}`])).flat(),
  ]
  expect(idsOf(await complements(rows), 'pin')).toEqual([])
  const two = [...rows, ...Array.from({ length: 10 }, (_, n) => order('u:second', n, ['pin', 'anvil'])).flat()]
  expect(idsOf(await complements(two), 'pin')).toEqual(['anvil'])
})

test('the order of events changes nothing', async () => {
  const rows = teaShop().slice(0, 900)
  expect(await complements(seededRng(SEED).shuffle(rows))).toEqual(await complements(rows))
})

test('they stand with the other neighbours, and are emptied when they are learned no more', async () => {
  const db = await createCatalogue()
  await createItemWriter(db).apply(SHOP, [itemWrite({ id: 'a' }), itemWrite({ id: 'b' })], NOW)
  const learning = createLearningStore(db)
  const stores = { learning } as unknown as RowStores
  const to = { shop: SHOP, markets: new Set<string>(), stampMs: NOW }
  const kind = ROW_KINDS.complements!
  await learning.putBought(SHOP, [['a', [['b', 5_000, 0, 0, 3]]]], NOW)
  await kind.publish([['complements', 'a', [['b', 240, 12, 30]]]], to, stores)
  const read = async () => (await createShelfReads(db, 'primary').gather(SHOP, ['a'], [], 0)).neighbours.get('a')!
  expect((await read()).complements).toEqual([['b', 240, 12, 30]])
  expect((await read()).bought).toHaveLength(1)
  await kind.finish(to, stores)
  expect((await read()).complements).toHaveLength(1)
  await kind.finish({ ...to, stampMs: NOW + 1 }, stores)
  expect((await read()).complements).toEqual([])
  expect((await read()).bought).toHaveLength(1)
  expect(
    kind.known(
      [
        'complements',
        'a',
        [
          ['b', 240, 12, 30],
          ['c', 1, 1, 1],
        ],
      ],
      (id) => id !== 'c',
    ),
  ).toEqual(['complements', 'a', [['b', 240, 12, 30]]])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visitsOf } from '../../tests/support/learned.ts'
import { interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { toRow } from '../store/operations/event_inbox.ts'
import { buildVisits } from './build_visits.ts'
import { EventReader } from './event_columns.ts'

const SEED = 20_261_141
const at = (minutes: number, over: Partial<Interaction> = {}) =>
  interaction({ atMs: NOW + minutes * MINUTE_MS, item: 'a', ...over })

/** Visits in words: market, minute, and per item what it says. */
async function told(rows: readonly Interaction[]) {
  const { input, buckets } = await visitsOf(rows)
  return buckets.flatMap((visits) =>
    [...visits.visitAt.keys()].map((visit) => ({
      minute: (visits.visitAt[visit]! - NOW) / MINUTE_MS,
      market: input.markets[visits.visitMarket[visit]!] ?? null,
      entries: Array.from({ length: visits.visitStart[visit + 1]! - visits.visitStart[visit]! }, (_, offset) => {
        const entry = visits.visitStart[visit]! + offset
        const [intent, price] = [Math.round(visits.intent[entry]! * 100) / 100, visits.price[entry]!]
        return [input.items[visits.item[entry]!], intent, visits.basket[entry], visits.quantity[entry], price]
      }),
    })),
  )
}
const nan = Number.NaN

test('a pause of more than half an hour begins another visit', async () => {
  const visits = await told([at(0), at(30, { item: 'b' }), at(61, { item: 'c' })])
  expect(visits.map(({ minute, entries }) => [minute, entries.length])).toEqual([
    [0, 2],
    [61, 1],
  ])
})

test('another market begins another visit; an event that names none belongs to the visit that it falls into', async () => {
  const visits = await told([
    at(0, { type: 'view' }),
    at(1, { market: 'DE', item: 'b' }),
    at(2, { item: 'c' }),
    at(3, { market: 'FR' }),
  ])
  expect(visits.map(({ market, entries }) => [market, entries.map(([item]) => item)])).toEqual([
    ['DE', ['a', 'b', 'c']],
    ['FR', ['a']],
  ])
})

test('an item stands once in a visit: its strongest wish, its units, the newest price; orders are told apart', async () => {
  const visits = await told([
    at(0, { type: 'view' }),
    at(1, { type: 'add_to_cart' }),
    at(2, { price: 300, quantity: 2 }),
    at(2, { item: 'b', price: 50 }),
    at(5, { item: 'b', price: 40 }),
    at(5, { item: 'c' }),
    at(6, { item: 'd', type: 'feedback', value: 1 }),
  ])
  expect(visits[0]!.entries).toEqual([
    ['a', 1, 1, 2, 300],
    ['b', 1, 1, 2, 40],
    ['c', 1, 2, 1, nan],
    ['d', 0.5, 0, 0, nan],
  ])
})

test('a dislike stands without a wish, and beside one', async () => {
  const { buckets } = await visitsOf([
    at(0, { type: 'feedback', value: -1 }),
    at(0, { item: 'b', type: 'feedback', value: -1 }),
    at(0, { item: 'b', type: 'view' }),
  ])
  expect([[...buckets[0]!.verdict], [...buckets[0]!.intent].map((own) => Math.round(own * 10))]).toEqual([
    [1, 1],
    [0, 3],
  ])
})

const row = fc.record({
  shopper: fc.constantFrom('u:1', 'u:2', 'u:3'),
  item: fc.constantFrom('a', 'b', 'c'),
  type: fc.constantFrom('purchase' as const, 'refund' as const, 'view' as const, 'impression' as const),
  quantity: fc.integer({ min: 1, max: 2 }),
  price: fc.constantFrom(null, 1, 2),
  market: fc.constantFrom(null, 'DE', 'FR'),
  atMs: fc.integer({ min: 0, max: 90 }).map((minutes) => NOW + minutes * MINUTE_MS),
})

test('the same events are the same bytes, in whatever order they are listed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.integer(), async (list, seed) => {
      const rows = list.map((own) => interaction(own))
      const [{ buckets }, shuffled] = [await visitsOf(rows), await visitsOf(seededRng(seed).shuffle(rows))]
      expect(shuffled.buckets).toEqual(buckets)
    }),
    { seed: SEED, numRuns: 200 },
  )
})

test('a robot counts with items spread over all of its own, and no more', () => {
  const reader = new EventReader()
  for (let item = 0; item < 40; item++) reader.add(JSON.stringify(toRow(at(item, { item: `i${item}` }))))
  const built = buildVisits(reader.columns(), 40, 10)
  let visits = built.next()
  while (!visits.done) visits = built.next()
  expect([...visits.value.item]).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36])
})

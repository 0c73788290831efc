import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { createLive, DAY, interaction, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { HOUR_MS } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { HABITS_KEPT, habitsAsOf, OPINIONS_KEPT, type PackedHabits, unpackHabits } from '../domain/habits.ts'
import { shopperHash } from '../domain/shopper_hash.ts'
import { createHabitStore, HABITS_END } from '../store/live/habits.ts'
import { habitsLearner } from './habits.ts'
import { ROW_KINDS, type RowStores } from './rows.ts'

const SEED = 20_261_123
const names = (opinions: ReadonlyArray<readonly [item: string, second: number]>) => opinions.map(([item]) => item)
type Row = ['habits', string, string, Array<[string, PackedHabits]>]

async function rowsOf(rows: readonly Interaction[]): Promise<Row[]> {
  const found = (await learned([habitsLearner], rows)).habits as unknown as Row[]
  for (const row of found) expect(ROW_KINDS.habits!.schema.safeParse(row).error).toBeUndefined()
  return found
}
async function habitsOf(rows: readonly Interaction[], shopper: string) {
  const all = (await rowsOf(rows)).flatMap(([, , , shoppers]) => shoppers)
  const own = all.find(([key]) => key === shopperHash(shopper))
  return own === undefined ? null : unpackHabits(own[1])
}

test('how often, how long ago in visits and in hours, and how many pieces', async () => {
  const buy = (item: string, day: number, quantity = 1) =>
    interaction({ item, shopper: 'u:1', atMs: NOW - day * DAY, quantity })
  const rows = [
    ...[buy('milk', 30), buy('sofa', 30), buy('milk', 20, 3), buy('tea', 10), buy('milk', 0)],
    interaction({ item: 'lamp', shopper: 'u:1', atMs: NOW - 15 * DAY, type: 'view' }),
    interaction({ item: 'lamp', shopper: 'u:2', type: 'view' }),
  ]
  const habits = (await habitsOf(rows, 'u:1'))!
  expect(habits).toMatchObject({ visits: 4, distinct: 3, repeats: 2, lines: 5 })
  const hour = (day: number) => Math.floor((NOW - day * DAY) / HOUR_MS)
  expect(habits.items.map((own) => own.item)).toEqual(['milk', 'tea', 'sofa'])
  expect(habits.items[0]).toEqual({
    item: 'milk',
    visits: 3,
    sinceFirst: 3,
    sinceLast: 0,
    firstHour: hour(30),
    lastHour: hour(0),
    units: 5,
    decayed: Math.round((1 + 0.8 ** 2 + 0.8 ** 3) * 100) / 100,
  })
  expect(await habitsOf(rows, 'u:2')).toBeNull()
})

test('what was said of items is kept by its last word, also of who bought nothing', async () => {
  const say = (item: string, day: number, value: number) =>
    interaction({ item, shopper: 'u:9', atMs: NOW - day * DAY, type: 'feedback', value })
  const rows = [
    say('film', 9, 1),
    say('song', 8, -1),
    say('song', 2, 0.6),
    say('book', 7, 0.2),
    say('book', 1, -0.4),
    say('map', 1, 0),
  ]
  const habits = (await habitsOf(rows, 'u:9'))!
  expect([habits.visits, habits.items]).toEqual([0, []])
  expect([names(habits.liked).sort(), names(habits.disliked)]).toEqual([['film', 'map', 'song'], ['book']])
  const then = habitsAsOf(habits, NOW - 5 * DAY)
  expect([names(then.liked), then.disliked]).toEqual([['film'], []])
  const looked = [interaction({ item: 'film', shopper: 'u:9', type: 'view' })]
  expect(await habitsOf(looked, 'u:9')).toBeNull()
})

/** Of one shopper's judgements in their order: what must be known of them, by the last word or by the first. */
function opinionsBy(word: 'first' | 'last', said: ReadonlyArray<readonly [item: string, value: number]>) {
  const verdicts = new Map<string, number>()
  for (const [item, value] of said) {
    if (word === 'last') verdicts.delete(item)
    verdicts.set(item, value)
  }
  const kept = [...verdicts].slice(-OPINIONS_KEPT)
  const of = (sign: number) => kept.flatMap(([item, value]) => (value * sign > 0 ? [item] : [])).sort()
  return { liked: of(1), disliked: of(-1) }
}

test('of too many opinions the newest stay, by the last word on each item', async () => {
  const rng = seededRng(SEED)
  const many = Array.from({ length: OPINIONS_KEPT + 200 }, (_, n) => [`i${n}`, rng.next() < 0.7 ? 1 : -1] as const)
  // Minds that changed: items of the beginning, judged again at the end.
  const said = [...many, ...many.slice(0, 50).map(([item, value]) => [item, -value] as const)]
  const rows = said.map(([item, value], n) =>
    interaction({ item, shopper: 'u:9', atMs: NOW + n * HOUR_MS, type: 'feedback', value }),
  )
  const habits = (await habitsOf(rows, 'u:9'))!
  const known = { liked: names(habits.liked).sort(), disliked: names(habits.disliked).sort() }
  expect(known).toEqual(opinionsBy('last', said))
  expect(known.liked.length + known.disliked.length).toBe(OPINIONS_KEPT)
  // Control: by the first word others would stay, and a mind that changed late would be forgotten.
  expect(opinionsBy('first', said)).not.toEqual(known)
  expect(known.disliked).toContain(many.find(([, value]) => value > 0)![0])
})

test('the last visits are told by when they ended', async () => {
  const rows = [
    interaction({ item: 'tea', atMs: NOW - 10 * 60_000 }),
    interaction({ item: 'mug', atMs: NOW + 10 * 60_000, type: 'view' }),
  ]
  const [tea] = (await habitsOf(rows, 'u:1'))!.items
  expect([tea!.firstHour, tea!.lastHour]).toEqual([NOW / HOUR_MS - 1, NOW / HOUR_MS])
})

test('what was given back is no habit', async () => {
  const rows = [
    interaction({ item: 'tea' }),
    interaction({ item: 'mug' }),
    interaction({ item: 'mug', type: 'refund' }),
  ]
  expect((await habitsOf(rows, 'u:1'))!.items.map((own) => own.item)).toEqual(['tea'])
})

test('the most habitual stay', async () => {
  const rows = Array.from({ length: 400 }, (_, n) => interaction({ item: `i${n}`, atMs: NOW - n * DAY }))
  const staple = Array.from({ length: 9 }, (_, n) => interaction({ item: 'i390', atMs: NOW - n * 40 * DAY }))
  const habits = (await habitsOf([...rows, ...staple], 'u:1'))!
  expect(habits).toMatchObject({ visits: 400, distinct: 400, repeats: 9 })
  expect(habits.items).toHaveLength(HABITS_KEPT)
  expect(habits.items.slice(0, 2).map((own) => own.item)).toEqual(['i390', 'i0'])
})

test('ranges of keys meet without a gap, in order, whatever the order of events', async () => {
  const row = fc.record({
    item: fc.constantFrom('a', 'b', 'c'),
    shopper: fc.integer({ min: 0, max: 3_000 }).map((n) => `u:${n}`),
    atMs: fc.integer({ min: 0, max: 40 }).map((days) => NOW - days * DAY),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), fc.integer(), async (list, seed) => {
      const rows = list.map((own) => interaction(own))
      expect(await rowsOf(seededRng(seed).shuffle(rows))).toEqual(await rowsOf(rows))
    }),
    { seed: SEED, numRuns: 20 },
  )
  const many = Array.from({ length: 5_000 }, (_, n) => interaction({ shopper: `u:${n}` }))
  const rows = await rowsOf(many)
  expect(rows.length).toBeGreaterThan(2)
  expect(rows[0]![1]).toBe('')
  expect(rows.at(-1)![2]).toBe(HABITS_END)
  for (const [at, [, from, to, shoppers]] of rows.entries()) {
    expect(from).toBe(at === 0 ? '' : rows[at - 1]![2])
    const keys = shoppers.map(([key]) => key)
    expect(keys).toEqual([...keys].sort())
    expect(keys[0]! >= from && keys.at(-1)! < to).toBe(true)
  }
  expect(rows.flatMap((own) => own[3])).toHaveLength(5_000)
})

test('published by range: only changes are written, and who is gone goes', async () => {
  const db = await createLive()
  const habits = createHabitStore(db)
  const stores = { habits } as unknown as RowStores
  const publish = async (rows: readonly Interaction[], stampMs: number) => {
    const before = (await db.prepare('SELECT total_changes() AS n').first<{ n: number }>())!.n
    await ROW_KINDS.habits!.publish(await rowsOf(rows), { shop: SHOP, markets: new Set(), stampMs }, stores)
    return (await db.prepare('SELECT total_changes() AS n').first<{ n: number }>())!.n - before
  }
  const first = Array.from({ length: 50 }, (_, n) => interaction({ shopper: `u:${n}` }))
  expect(await publish(first, NOW)).toBe(50)
  expect(await publish(first, NOW + 1)).toBe(0)
  const second = [...first.slice(0, 40), interaction({ shopper: 'u:7', item: 'tea' })]
  expect(await publish(second, NOW + 2)).toBe(11)
  expect((await habits.get(SHOP, shopperHash('u:7')))!.items).toHaveLength(2)
  expect(await habits.get(SHOP, shopperHash('u:45'))).toBeNull()
  expect(await habits.get('shop-b', shopperHash('u:7'))).toBeNull()
  // A shop that has no purchases any more has no habits.
  await publish([interaction({ type: 'view' })], NOW + 3)
  expect(await habits.get(SHOP, shopperHash('u:7'))).toBeNull()
})

test('who was erased is not written back by a run that had read of them', async () => {
  const habits = createHabitStore(await createLive())
  const row = [shopperHash('u:1'), [3, 1, 1, 0, 1, [], [], []]] as [string, PackedHabits]
  const range = { from: '', to: HABITS_END, shoppers: [row] }
  await habits.putRange(SHOP, range, NOW)
  expect(await habits.remove(SHOP, ['u:1', 'u:2'], NOW + 10)).toBe(1)
  await habits.putRange(SHOP, range, NOW + 5)
  expect(await habits.get(SHOP, row[0])).toBeNull()
  // Another shop's run, and one that began later, are not concerned.
  await habits.putRange('shop-b', range, NOW + 5)
  expect(await habits.get('shop-b', row[0])).not.toBeNull()
  await habits.putRange(SHOP, range, NOW + 11)
  expect(await habits.get(SHOP, row[0])).not.toBeNull()
  expect(await habits.remove(SHOP, 'all', NOW + 12)).toBe(1)
})

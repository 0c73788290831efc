import fc from 'fast-check'
import { expect, test } from 'vitest'
import { interaction } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import { INTENT, type Interaction } from '../domain/event.ts'
import { boughtNeighbours, NEIGHBOURS_KEPT } from './co_purchase.ts'
import { addInteractions, createEventMatrix } from './event_matrix.ts'

const SEED = 20_261_130

type Table = Record<string, Array<readonly [string, number, number]>>

function learned(rows: readonly Interaction[]): Table {
  const matrix = createEventMatrix()
  addInteractions(matrix, rows)
  return Object.fromEntries(
    [...boughtNeighbours(matrix)].map(([item, list]) => [item, list.map((own) => [...own] as const)]),
  )
}

/** What an interaction says, by the definition and not by the code under test. */
const wanted = (one: Interaction) => (one.type === 'feedback' ? INTENT.feedback * (one.value ?? 0) : INTENT[one.type])

/** Without the purchases of which as much was given back. */
function kept(rows: readonly Interaction[]): Interaction[] {
  const units = (one: Interaction, type: Interaction['type']) =>
    rows
      .filter((other) => other.type === type && other.shopper === one.shopper && other.item === one.item)
      .reduce((sum, other) => sum + other.quantity, 0)
  return rows.filter((one) => one.type !== 'purchase' || units(one, 'purchase') > units(one, 'refund'))
}

/** The same by brute force: every pair of items over every shopper. */
function oracle(all: readonly Interaction[]): Map<string, { weight: number; both: number }> {
  const rows = kept(all)
  const strongest = new Map<string, Map<string, number>>()
  const bought = new Map<string, Set<string>>()
  for (const one of rows) {
    if (wanted(one) <= 0) continue
    const own = strongest.get(one.item) ?? new Map<string, number>()
    strongest.set(one.item, own.set(one.shopper, Math.max(own.get(one.shopper) ?? 0, wanted(one))))
    if (one.type === 'purchase') bought.set(one.item, (bought.get(one.item) ?? new Set()).add(one.shopper))
  }
  const norm = (item: string) =>
    Math.sqrt([...strongest.get(item)!.values()].reduce((sum, value) => sum + value ** 2, 0))
  const pairs = new Map<string, { weight: number; both: number }>()
  for (const a of strongest.keys()) {
    for (const b of strongest.keys()) {
      if (a === b) continue
      const shared = [...strongest.get(a)!.keys()].filter((shopper) => strongest.get(b)!.has(shopper))
      if (shared.length === 0) continue
      const dot = shared.reduce(
        (sum, shopper) => sum + strongest.get(a)!.get(shopper)! * strongest.get(b)!.get(shopper)!,
        0,
      )
      const weight = (dot / (norm(a) * norm(b))) * (shared.length / (shared.length + 2))
      const both = [...(bought.get(a) ?? [])].filter((shopper) => bought.get(b)?.has(shopper)).length
      pairs.set(`${a} ${b}`, { weight, both })
    }
  }
  return pairs
}

const row = fc
  .record({
    shopper: fc.constantFrom('u:1', 'u:2', 'u:3', 'u:4', 'u:5', 'a:1'),
    item: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    type: fc.constantFrom('purchase', 'purchase', 'view', 'add_to_cart', 'impression', 'refund', 'feedback'),
    value: fc.constantFrom(1, -1, 0.5),
  })
  .map(({ value, ...own }) =>
    interaction({ ...own, value: own.type === 'feedback' ? value : null } as Partial<Interaction>),
  )
const rows = fc.array(row, { maxLength: 60 })

function agrees(table: Table, expected: ReturnType<typeof oracle>) {
  const found = new Map<string, { weight: number; both: number }>(
    Object.entries(table).flatMap(([a, list]) =>
      list.map(([b, weight, both]) => [`${a} ${b}`, { weight, both }] as const),
    ),
  )
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [pair, { weight, both }] of expected) {
    expect(found.get(pair)!.weight, pair).toBeCloseTo(weight, 4)
    expect(found.get(pair)!.both, pair).toBe(both)
  }
}

test('neighbours are those of a count by hand; the count is of shoppers who bought both', () => {
  fc.assert(
    fc.property(rows, (events) => agrees(learned(events), oracle(events))),
    { seed: SEED, numRuns: 300 },
  )
})

test('control: an oracle that takes likes for purchases is told apart', () => {
  const details = fc.check(
    fc.property(rows, (events) => {
      const likes = events.map((one) =>
        one.type === 'feedback' && one.value === 1 ? { ...one, type: 'purchase' as const } : one,
      )
      agrees(learned(events), oracle(likes))
    }),
    { seed: SEED, numRuns: 300, endOnFailure: true },
  )
  expect(details.failed, `seed ${SEED}`).toBe(true)
})

test('the order of the rows changes nothing', () => {
  fc.assert(
    fc.property(rows, fc.integer(), (events, seed) => {
      expect(learned(seededRng(seed).shuffle(events))).toEqual(learned(events))
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('even of a shopper with more items than count', () => {
  const events = Array.from({ length: 1_800 }, (_, index) => interaction({ shopper: 'robot', item: `i${index}` }))
  const neighbours = (list: readonly Interaction[]) =>
    Object.fromEntries(Object.entries(learned(list)).filter(([, own]) => own.length > 0))
  const straight = neighbours(events)
  expect(Object.keys(straight)).toHaveLength(1_500)
  expect(neighbours(seededRng(SEED).shuffle(events))).toEqual(straight)
})

test('a thousand repetitions by one shopper count once', () => {
  const events = ['a', 'b'].flatMap((item) => Array.from({ length: 1_000 }, () => interaction({ item })))
  expect(learned(events).a).toEqual([['b', 0.33333, 1]])
})

test('likes make neighbours, but never buyers', () => {
  const events = ['1', '2', '3'].flatMap((shopper) =>
    ['a', 'b'].map((item) => interaction({ shopper, item, type: 'feedback', value: 1 })),
  )
  expect(learned(events).a![0]![2]).toBe(0)
})

test('refunds, dislikes and impressions make no neighbours', () => {
  const events = (['refund', 'impression', 'feedback'] as const).flatMap((type) =>
    ['a', 'b'].map((item) => interaction({ item, type, value: type === 'feedback' ? -1 : null })),
  )
  expect(learned(events)).toEqual({})
})

test('at most fifty neighbours are kept, the strongest, ties by name', () => {
  const events = Array.from({ length: 80 }, (_, index) => interaction({ item: `i${String(index).padStart(2, '0')}` }))
  const list = learned(events).i00!
  expect(list).toHaveLength(NEIGHBOURS_KEPT)
  expect(list.map(([id]) => id)).toEqual([...list.map(([id]) => id)].sort())
})

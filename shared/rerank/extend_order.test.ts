import { expect, test } from 'vitest'
import { madeOrder } from '../../tests/support/order_world.ts'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { Card } from '../domain/card.ts'
import type { LlmOrder, OrderCandidate } from '../domain/llm_order.ts'
import { extended, extension } from './extend_order.ts'
import type { PooledItem } from './order_pool.ts'

const item = (id: string, version = '1'): PooledItem => ({ id, version, card: {} as Card })
const items = (ids: readonly string[]) => ids.map((id) => item(id))
/** An order of these items as they stand, the best first. */
const orderOf = (ranked: readonly PooledItem[], own: Partial<LlmOrder> = {}): LlmOrder => ({
  ...madeOrder('key', ranked as unknown as OrderCandidate[], 1, NOW).order,
  order: [...ranked.keys()],
  ...own,
})
const idsOf = ({ candidates, order }: LlmOrder) => order.map((at) => candidates[at]![0]).join('')

test('new items stand behind the known one that they were compared with last', () => {
  const order = orderOf(items([...'abcdef']))
  const further = orderOf(items([...'xbydz']))
  expect(idsOf(extended(order, further))).toBe('xabycdzef')
})

test('what the order knew in another version is placed anew', () => {
  const order = orderOf(items([...'abcd']))
  const further = orderOf([item('b'), item('d'), item('a', '2')])
  const made = extended(order, further)
  expect([idsOf(made), new Map(made.candidates).get('a')]).toEqual(['bcda', '2'])
})

test('lives as the order did, and is as sure as the less sure of both', () => {
  const order = orderOf(items([...'ab']), { passes: 3, agreement: 0.8, softUntilMs: NOW + 5 })
  const made = extended(order, orderOf(items([...'bc']), { passes: 2, agreement: 0.4, madeAtMs: NOW + 1 }))
  expect(made).toMatchObject({ passes: 2, agreement: 0.4, softUntilMs: NOW + 5, madeAtMs: NOW + 1 })
  expect(made.cost.inputTokens).toBe(1_800)
  expect(extended(order, orderOf(items([...'bc'])))).toMatchObject({ passes: 1, agreement: 0 })
})

test('asks about what is not known, strongest first, beside some of all that is; about nothing where there is no more', () => {
  const known = Array.from({ length: 50 }, (_, at) => `k${at}`)
  const fresh = Array.from({ length: 60 }, (_, at) => `f${at}`)
  const asked = extension(orderOf(items(known)), items([...fresh, ...known]), 50).map(({ id }) => id)
  expect(asked.filter((id) => id.startsWith('f'))).toEqual(fresh.slice(0, 36))
  expect(asked.filter((id) => id.startsWith('k'))).toHaveLength(14)
  expect(asked).toContain('k0')
  expect(extension(orderOf(items(known)), items(known), 50)).toEqual([])
  const long = Array.from({ length: 150 }, (_, at) => `l${at}`)
  expect(extension(orderOf(items(long)), items([...fresh, ...long]), 50)).toEqual([])
})

test('whatever is added in whatever order, the result is an order of all of it', () => {
  const rng = seededRng(20_261_121)
  for (let round = 0; round < 2_000; round++) {
    const all = Array.from({ length: 12 }, (_, at) => item(`i${at}`, String(rng.int(2))))
    const first = rng.shuffle(all).slice(0, 1 + rng.int(8))
    const second = rng.shuffle(all.map(({ id }) => item(id, String(rng.int(2))))).slice(0, 1 + rng.int(8))
    const made = extended(orderOf(first), orderOf(second))
    expect(made.order.toSorted((a, b) => a - b)).toEqual([...made.candidates.keys()])
    const ids = made.candidates.map(([id]) => id)
    expect(new Set(ids)).toEqual(new Set([...first, ...second].map(({ id }) => id)))
    expect(ids).toHaveLength(new Set(ids).size)
    for (const { id, version } of second) expect(new Map(made.candidates).get(id)).toBe(version)
  }
})

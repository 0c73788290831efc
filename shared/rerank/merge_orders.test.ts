import { expect, test } from 'vitest'
import { madeOrder } from '../../tests/support/order_world.ts'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import type { LlmOrder, OrderCandidate } from '../domain/llm_order.ts'
import { applyOrder } from './apply_order.ts'
import { mergedOf, mergeOrders, pickOrder } from './merge_orders.ts'

const items = (ids: string, version = '1') => [...ids].map((id) => ({ id, version, pinned: false }))
const present = items('abcdefgh')
/** Puts its candidates upside down. */
const order = (ids: string, own: Partial<LlmOrder> = {}): LlmOrder => ({
  ...madeOrder('key', items(ids) as unknown as OrderCandidate[], 3, NOW).order,
  ...own,
})
const orderedBy = (merged: { order: LlmOrder }) => applyOrder(present, merged.order, { maxMoves: 9 }).ids.join('')

test('each item is spoken for by the nearest order that knows it, and takes the place of one that this order knows', () => {
  const merged = mergeOrders([order('aceg'), null, order('abdh')], present, NOW)!
  // g e c a on the places of a c e g, h d b on those of b d h; nobody knows f.
  expect(orderedBy(merged)).toBe('ghedcfab')
  expect(mergedOf([order('aceg'), null, order('abdh')], present, NOW)).toMatchObject({
    known: 7 / 8,
    speaking: new Set([0, 2]),
  })
})

test('orders that know too little each may know enough together; together too little is nothing', () => {
  expect(mergeOrders([order('ab'), order('cd')], present, NOW)).toMatchObject({ state: 'stale' })
  expect(mergeOrders([order('ab'), order('c')], present, NOW)).toBeNull()
  expect(mergeOrders([], present, NOW)).toBeNull()
})

test('another version, an order that is over, and one whose passes contradict each other do not speak', () => {
  const changed = present.map((item, at) => ({ ...item, version: at < 5 ? '2' : '1' }))
  expect(mergeOrders([order('abcd'), order('efgh')], changed, NOW)).toBeNull()
  expect(mergeOrders([order('abcd', { hardUntilMs: NOW }), order('ef')], present, NOW)).toBeNull()
  expect(mergeOrders([order('abcd', { agreement: 0.05 }), order('efgh')], present, NOW)!.order.candidates).toHaveLength(
    4,
  )
})

test('what is merged moves as far as the least sure of its orders may, and costs and lives as all of them', () => {
  const single = order('abcd', { passes: 1, agreement: 0, softUntilMs: NOW + 1_000 })
  const { order: merged } = mergeOrders([single, order('efgh')], present, NOW)!
  expect(merged).toMatchObject({ passes: 1, agreement: 0, softUntilMs: NOW + 1_000, cost: { inputTokens: 1_800 } })
  const alone = order('abcdefgh')
  expect(mergeOrders([null, alone], present, NOW)!.order).toBe(alone)
})

test('the nearest order that holds is served by itself, else what the shared ones say together', () => {
  const exact = (own: LlmOrder | null) => ({ shared: false, order: own })
  const shared = (own: LlmOrder | null) => ({ shared: true, order: own })
  expect(pickOrder([exact(order('abcdefgh')), shared(order('abcd'))], present, NOW)).toMatchObject({ level: 'L0' })
  expect(pickOrder([exact(order('abc')), shared(order('abcd'))], present, NOW)).toMatchObject({ level: 'L1' })
  expect(pickOrder([exact(order('abc')), shared(order('ab'))], present, NOW)).toBeNull()
  expect(pickOrder([exact(null), shared(order('ab')), shared(order('gh'))], present, NOW)!.level).toBe('L1')
  expect(pickOrder([], present, NOW)).toBeNull()
})

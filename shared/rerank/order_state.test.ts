import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import type { LlmOrder } from '../domain/llm_order.ts'
import { knownShare, orderState } from './order_state.ts'

const present = [...'abcdefgh'].map((id) => ({ id, version: '1' }))
const order = (known: string, own: Partial<LlmOrder> = {}): LlmOrder => ({
  v: 1,
  key: 'key',
  candidates: [...known].map((id) => [id, '1']),
  order: [...known].map((_, place) => place),
  passes: 1,
  agreement: 0,
  cost: { inputTokens: 0, outputTokens: 0, microCost: 0 },
  madeAtMs: NOW,
  softUntilMs: NOW + 10,
  hardUntilMs: NOW + 20,
  ...own,
})

test('an order is fresh, then served and asked anew, then nothing', () => {
  const own = order('abcdefgh')
  expect([NOW, NOW + 9, NOW + 10, NOW + 19, NOW + 20].map((at) => orderState(own, present, at))).toEqual([
    'fresh',
    'fresh',
    'stale',
    'stale',
    'miss',
  ])
  expect(orderState(null, present, NOW)).toBe('miss')
})

test('an order that knows little of the list is asked anew, and one that knows less than half is none', () => {
  expect([...'8643'].map((n) => orderState(order('abcdefgh'.slice(0, Number(n))), present, NOW))).toEqual([
    'fresh',
    'fresh',
    'stale',
    'miss',
  ])
  const changed = present.map((item, at) => ({ ...item, version: at < 5 ? '2' : '1' }))
  expect([knownShare(order('abcdefgh').candidates, changed), orderState(order('abcdefgh'), changed, NOW)]).toEqual([
    3 / 8,
    'miss',
  ])
  expect(orderState(order('ab'), [], NOW)).toBe('miss')
})

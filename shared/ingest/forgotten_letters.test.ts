import { expect, test } from 'vitest'
import { createOperations, DAY, iso, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { AFTERMATH_MS } from '../domain/forgotten.ts'
import { createDeadLetterStore, type NewLetter } from '../store/operations/dead_letters.ts'
import { createErasureStore } from '../store/operations/erasures.ts'
import { createForgottenStore } from '../store/operations/forgotten.ts'
import { withoutForgottenLetters } from './forgotten_letters.ts'
import { toldAtMs } from './letter_time.ts'

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const BEFORE = NOW - MINUTE_MS
const AFTER = NOW + AFTERMATH_MS + MINUTE_MS
const letter = (body: unknown, over: Partial<NewLetter> = {}): NewLetter => ({
  ...{ origin: 'webhook:shopify', shop: SHOP, kind: 'delivery', topic: 'orders/create', ref: 'd', code: 'unreadable' },
  ...{ detail: '', headers: {}, body: bytes(body) },
  ...over,
})

/** `u:5` with an address, forgotten at NOW. */
async function setUp() {
  const db = await createOperations()
  const [erasures, letters] = [createErasureStore(db), createDeadLetterStore(db)]
  await erasures.ask(SHOP, 'api', 'r', ['u:5', 'e:jane@example.org', 'u:uc/x+ü'], BEFORE)
  await erasures.finished(1, {}, NOW)
  const guarded = withoutForgottenLetters(letters, createForgottenStore(db))
  const isKept = async (one: NewLetter, nowMs: number) => {
    await guarded.put(one, nowMs)
    const [kept] = await letters.list({ shop: one.shop, origin: null, beforeSeq: null, limit: 1 })
    return kept !== undefined
  }
  return { isKept }
}

const order = { id: 900, email: 'Jane@example.org', customer: { id: 5, created_at: iso(NOW - 900 * DAY) }, items: '?' }

test.each([
  ['tells of a time before', { ...order, created_at: iso(BEFORE) }, {}],
  ['tells of a time before and was changed since', { ...order, created_at: iso(BEFORE), updated_at: iso(AFTER) }, {}],
  ['was made before', order, { headers: { 'x-shopify-triggered-at': iso(BEFORE) } }],
  ['tells of no time', order, {}],
  ['tells of what its sender’s clock took for later', { ...order, created_at: iso(NOW + AFTERMATH_MS) }, {}],
  ['lies in the future', { ...order, created_at: iso(NOW + 900 * DAY) }, { nowMs: NOW + MINUTE_MS }],
  [
    'tells of an event before',
    { timestamp: iso(AFTER), data: { events: [{ user_id: '5', occurred_at: iso(BEFORE) }] } },
    {},
  ],
  ['is cut off', '{"id":900,"customer":{"id":5,"email":"', {}],
  ['is a form', 'order=900&email=jane%40example.org', {}],
  ['is text with an address', 'Order of <mailto:Jane@example.org>.', {}],
  ['is text with an odd name', 'customer=uc/x+ü;', {}],
] satisfies Array<[string, unknown, { headers?: Record<string, string>; nowMs?: number }]>)(
  'a letter that names a forgotten shopper is not kept, however late it comes: one that %s',
  async (_name, body, {
    headers = {},
    nowMs = NOW + HOUR_MS,
  }: { headers?: Record<string, string>; nowMs?: number }) => {
    const { isKept } = await setUp()
    expect(await isKept(letter(body, { headers }), nowMs)).toBe(false)
    expect(await isKept(letter(body, { headers, shop: OTHER_SHOP }), nowMs)).toBe(true)
  },
)

test.each([
  ['an order that was placed later', { ...order, created_at: iso(AFTER), processed_at: iso(AFTER) }, {}],
  ['one that was made later and cannot be read', '{"customer":{"id":5,"', { 'x-shopify-triggered-at': iso(AFTER) }],
  ['an order of another', { id: 901, customer: { id: 55 }, created_at: iso(BEFORE) }, {}],
  ['text about another', 'order=901&customer=55', {}],
] satisfies Array<[string, unknown, Record<string, string>]>)('control: %s is kept', async (_name, body, headers) => {
  const { isKept } = await setUp()
  expect(await isKept(letter(body, { headers }), NOW + HOUR_MS)).toBe(true)
})

test('a name is found in an order of many lines, wherever it stands', async () => {
  const { isKept } = await setUp()
  const lines = Array.from({ length: 100 }, (_, line) => Array.from({ length: 10 }, (_own, at) => `v-${line}-${at}`))
  expect(await isKept(letter({ customer: { id: 5 }, lines }), NOW + HOUR_MS)).toBe(false)
})

test.each([
  ['the earliest', { created_at: iso(7_000), updated_at: iso(5_000) }, {}, 5_000],
  ['WooCommerce’s', { date_created_gmt: '1970-01-01T00:00:04' }, {}, 4_000],
  ['what is owed', { kind: 'refund', atMs: NOW }, {}, NOW],
  ['a list', [{ created_at: 9 }, { created_at: 8 }], {}, 8_000],
  ['Shopify’s nanoseconds', '?', { 'shopify-triggered-at': '1970-01-01T00:00:01.500123456Z' }, 1_500],
  ['of an account none', { customer: { created_at: iso(1) } }, {}, null],
  ['of nonsense none', { created_at: 'soon', data: null, events: 5 }, {}, null],
] satisfies Array<[string, unknown, Record<string, string>, number | null]>)(
  'the moment of a letter: %s',
  (_name, body, headers, atMs) => {
    expect(toldAtMs({ headers, body: bytes(body) })).toBe(atMs)
  },
)

import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { type Rng, seededRng } from '../base/rng.ts'
import type { Card } from '../domain/card.ts'
import type { OrderAudience, OrderContext } from '../domain/llm_order.ts'
import type { PastItem } from '../recall/anchors.ts'
import { orderCandidate } from './order_candidate.ts'
import { candidateVersion, historyFingerprint, orderKey, orderPlace } from './order_key.ts'

const SEED = 20_261_121
const PAIRS = 1_000_000

/** Texts that a careless key would take for something else: delimiters, lengths, JSON, and nothing. */
const TRICKS = [
  'a',
  'b',
  '|',
  ':',
  ',',
  '"',
  '[]',
  '1:a',
  'null',
  '',
  ' ',
  '\\',
  '0:',
  '["a","b"]',
  'é',
  '茶',
  '\u0000',
]
const TEXTS = ((rng: Rng) =>
  Array.from({ length: 20_000 }, () => Array.from({ length: 1 + rng.int(4) }, () => rng.pick(TRICKS)).join('')))(
  seededRng(SEED),
)
const text = (rng: Rng): string => rng.pick(TEXTS)
const list = (rng: Rng): string[] => Array.from({ length: rng.int(4) }, () => text(rng))
const audience = (rng: Rng): OrderAudience => {
  const kind = rng.int(3)
  if (kind === 0) return { kind: 'everyone' }
  return kind === 1 ? { kind: 'exact', fingerprint: text(rng) } : { kind: 'cluster', cluster: text(rng) }
}

type Makers = { [Field in keyof OrderContext]: (rng: Rng) => OrderContext[Field] }
const MAKERS: Makers = {
  shop: text,
  market: text,
  placement: text,
  settings: text,
  locale: text,
  seeds: list,
  cart: list,
  query: (rng) => (rng.int(4) === 0 ? null : text(rng)),
  audience,
  model: text,
  prompt: text,
}
const FIELDS = Object.keys(MAKERS) as Array<keyof OrderContext>

const contextOf = (rng: Rng): OrderContext =>
  Object.fromEntries(FIELDS.map((field) => [field, MAKERS[field](rng)])) as unknown as OrderContext

const isSame = (a: unknown, b: unknown) =>
  typeof a === 'object' || typeof b === 'object' ? JSON.stringify(a) === JSON.stringify(b) : a === b

/** How many of the pairs, each of two contexts that differ in one field alone, share a key. */
function collisions(keyOf: (context: OrderContext) => string, pairs: number): number {
  const rng = seededRng(SEED)
  let found = 0
  for (let made = 0; made < pairs; ) {
    const one = contextOf(rng)
    const key = keyOf(one)
    for (const field of FIELDS) {
      const value = MAKERS[field](rng)
      if (made === pairs || isSame(value, one[field])) continue
      made += 1
      if (keyOf({ ...one, [field]: value }) === key) found += 1
    }
  }
  return found
}

test('of a million pairs that differ in one thing none shares a key', () => {
  expect(collisions(orderKey, PAIRS)).toBe(0)
})

test('control: a key of joined fields is caught', () => {
  const joined = (context: OrderContext) => FIELDS.map((field) => String(context[field])).join('|')
  expect(collisions(joined, 20_000)).toBeGreaterThan(0)
  const blind = ({ market: _market, ...context }: OrderContext) => orderKey({ ...context, market: '' })
  expect(collisions(blind, 20_000)).toBeGreaterThan(1_000)
})

test('a text that moves from a field into the next one makes another key', () => {
  const rng = seededRng(SEED)
  const keys = new Set<string>()
  const context = contextOf(rng)
  for (const [a, b] of [
    ['a|b', 'c'],
    ['a', 'b|c'],
    ['a1:b', ''],
    ['a', '1:b'],
  ])
    keys.add(orderKey({ ...context, shop: a!, market: b! })).add(orderKey({ ...context, seeds: [a!], cart: [b!] }))
  keys
    .add(orderKey({ ...context, seeds: ['a', 'b'], cart: [] }))
    .add(orderKey({ ...context, seeds: ['a'], cart: ['b'] }))
  expect(keys.size).toBe(10)
})

test('names of places are those of their keys, and differ', () => {
  const rng = seededRng(SEED)
  const places = Array.from({ length: 100_000 }, () => orderPlace(contextOf(rng)))
  const keys = new Set(places.map((place) => place.key))
  expect(new Set(places.map((place) => place.digest)).size).toBe(keys.size)
  expect(places.every(({ digest }) => /^[0-9a-f]{32}$/.test(digest))).toBe(true)
})

const past = (id: string, atMs: number | null, type: PastItem['type'] = 'view'): PastItem => ({
  id,
  type,
  atMs,
  value: null,
})

test('a past is known by its items, what was done with them, and their order in time', () => {
  const [a, b] = [past('a', NOW), past('b', NOW + 1)]
  const own = historyFingerprint([a, b])
  expect(historyFingerprint([b, a])).toBe(own)
  expect(historyFingerprint([past('a', NOW + 7), past('b', NOW + 9)])).toBe(own)
  const others = [
    [past('a', NOW + 2), b],
    [a],
    [a, b, past('c', NOW + 2)],
    [a, past('b', NOW + 1, 'purchase')],
    [a, { ...b, value: -1 }],
  ]
  const prints = others.map((other) => historyFingerprint(other))
  expect(new Set([own, ...prints]).size).toBe(6)
  // Of one moment: no order. Without times: the list's own.
  expect(historyFingerprint([past('a', NOW), past('b', NOW)])).toBe(
    historyFingerprint([past('b', NOW), past('a', NOW)]),
  )
  expect(historyFingerprint([past('a', null), past('b', null)])).toBe(own)
  expect(historyFingerprint([])).toBeNull()
})

const CARD: Card = {
  id: 'i',
  title: 'Tea pot',
  brand: 'Brand',
  categories: ['Kitchen > Tea'],
  tags: [],
  attributes: { colour: 'red' },
  locale: 'en',
  url: null,
  imageUrl: null,
  createdAtMs: NOW,
  popularity: 0.5,
  epoch: 1,
  offerMarket: '*',
  currency: 'EUR',
  variant: 'v',
  price: 1_299,
  listPrice: null,
  stock: 4,
  validFromMs: null,
  validUntilMs: null,
}

test('what was typed stands in no key', () => {
  const key = orderKey({ ...contextOf(seededRng(SEED)), query: 'a tea pot for two' })
  expect(key).not.toContain('tea pot')
  expect(orderKey({ ...contextOf(seededRng(SEED)), query: 'a tea pot for three' })).not.toBe(key)
})

test('a version is of what a model is shown, and of nothing else', () => {
  const own = candidateVersion(CARD)
  expect(own).toMatch(/^[0-9a-f]{16}$/)
  for (const same of [{ stock: 1 }, { epoch: 9 }, { popularity: 0 }, { url: '/x' }, { tags: ['new'] }])
    expect(candidateVersion({ ...CARD, ...same })).toBe(own)
  const shown: Array<Partial<Card>> = [
    { title: 'Tea pots' },
    { brand: null },
    { categories: [] },
    { attributes: { colour: 'blue' } },
    { price: 1_300 },
    { currency: 'USD' },
  ]
  expect(new Set([own, ...shown.map((other) => candidateVersion({ ...CARD, ...other }))]).size).toBe(7)
  expect(candidateVersion({ ...CARD, attributes: { b: 1, a: 2 } })).toBe(
    candidateVersion({ ...CARD, attributes: { a: 2, b: 1 } }),
  )
})

test('a candidate is a card as a shopper reads it', () => {
  expect(orderCandidate(CARD, 'de')).toEqual({
    id: 'i',
    version: candidateVersion(CARD),
    title: 'Tea pot',
    brand: 'Brand',
    categories: ['Kitchen > Tea'],
    attributes: { colour: 'red' },
    price: '12,99\u00a0€',
  })
  expect(orderCandidate({ ...CARD, price: 500, currency: 'JPY' }, 'en').price).toBe('¥500')
  expect(orderCandidate(CARD, 'de-12').price).toBe('€12.99')
})

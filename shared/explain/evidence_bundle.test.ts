import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { lengthPrefixed } from '../base/hash.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import type { Source } from '../domain/recommendation.ts'
import type { ReasonKey } from '../domain/told_reason.ts'
import { Candidate } from '../recall/candidates.ts'
import { type BundleContext, evidenceBundle, evidenceHash } from './evidence_bundle.ts'
import { reasonKey } from './reason_key.ts'

const anchor: ContextItem = {
  id: 'a',
  title: 'Iron teapot',
  brand: 'Iwachu',
  categories: ['Kitchen > Tea'],
  attributes: { colour: 'black', size: 3 },
}
const card: Card = {
  id: 'i',
  title: 'Kettle',
  brand: 'Iwachu',
  categories: ['Kitchen > Tea'],
  tags: [],
  attributes: { colour: 'black', size: 3 },
  locale: 'en',
  url: null,
  imageUrl: null,
  createdAtMs: NOW,
  popularity: 0.9,
  epoch: 1,
  offerMarket: '*',
  currency: 'EUR',
  variant: 'i',
  price: 1_000,
  listPrice: 1_500,
  stock: null,
  validFromMs: null,
  validUntilMs: null,
}
const about: BundleContext = {
  locale: 'en-GB',
  market: 'DE',
  query: null,
  context: new Map([['a', anchor]]),
  bestTextScore: 0,
  own: new Map([['a', 'view']]),
  rules: [],
  interests: { shares: new Map([['Kitchen', 0.5]]), breadth: 0.5 },
  prices: new Map([['a', 2_000]]),
}
const candidate = Object.assign(new Candidate('i'), {
  bought: { anchor: 'a', strength: 1, count: 7 },
  similar: { anchor: 'a', strength: 0.2, count: 0 },
  owned: 2,
  trendingCount: 2,
})
const made = (shares: Array<[Source, number]>, over: Partial<BundleContext> = {}, own = card) =>
  evidenceBundle({ candidate, shares: new Map(shares) }, own, { ...about, ...over })
const effects = (shares: Array<[Source, number]>) =>
  Object.fromEntries(
    made(shares).facts.map(({ kind, attribute, effect }) => [
      attribute === null ? kind : `${kind} ${attribute}`,
      effect,
    ]),
  )

test('a fact has effect where its source gave to the score, and what a past has in common never', () => {
  expect(effects([['bought_together', 0.4]])).toMatchObject({
    bought_together: true,
    'own_item view': true,
    'shared_attribute colour': false,
    bought_before: false,
    taste: false,
  })
  expect(effects([['vector_recent', 0.4]])).toMatchObject({ bought_together: false, 'shared_attribute colour': true })
  expect(effects([['vector_recent', 0]])).toMatchObject({ 'shared_attribute colour': false })
})

test('what moved the item comes first, and eight facts are enough', () => {
  const { facts } = made([['bought_before', 1]])
  expect(facts[0]!.kind).toBe('bought_before')
  expect(facts.length).toBeLessThanOrEqual(8)
  expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length)
})

test('few buyers are no trend, unlike vectors no likeness, and a hidden rule no choice', () => {
  const kinds = made(
    [
      ['trending', 1],
      ['vector_seed', 1],
    ],
    { rules: [{ rule: 'r', effect: 'capped' }] },
  ).facts.map(({ kind }) => kind)
  for (const kind of ['trending', 'similar', 'picked']) expect(kinds).not.toContain(kind)
})

test('equal facts have equal hashes; any change has another', () => {
  const base = evidenceHash(made([['popular', 1]]))
  expect(evidenceHash(made([['popular', 0.2]]))).toBe(base)
  const others = [
    made([['new', 1]]),
    made([['popular', 1]], { own: new Map([['a', 'purchase']]) }),
    made([['popular', 1]], {}, { ...card, title: 'Kettle 2' }),
    made([['popular', 1]], {}, { ...card, attributes: {} }),
  ].map(evidenceHash)
  expect(new Set([base, ...others]).size).toBe(others.length + 1)
})

const KEY: ReasonKey = { shop: 's', item: 'i', evidence: 'e', locale: 'l', prompt: 'p@1', model: 'm' }
/** Values that a separator would mix up. */
const TRICKS = ['', '|', '1:', '1:i', ':', '2:11', 's', 'i', 'i|e', '\u0000', '1:s1:i']

/** Pairs of keys that differ in one field or have its parts moved to the next. */
function collisions(keyOf: (key: ReasonKey) => string): number {
  const fields = Object.keys(KEY) as Array<keyof ReasonKey>
  const seen = new Map<string, string>()
  let found = 0
  for (const one of fields)
    for (const other of fields)
      for (const a of TRICKS)
        for (const b of TRICKS) {
          const key = { ...KEY, [one]: a, [other]: b }
          const whole = JSON.stringify(fields.map((field) => key[field]))
          const known = seen.get(keyOf(key))
          if (known !== undefined && known !== whole) found += 1
          seen.set(keyOf(key), whole)
        }
  return found
}

test('no two different reasons have one key; control: joined by a sign they have', () => {
  expect(reasonKey(KEY)).toBe(lengthPrefixed(['s', 'i', 'e', 'l', 'p@1', 'm']))
  expect(collisions(reasonKey)).toBe(0)
  expect(collisions((key) => Object.values(key).join('|'))).toBeGreaterThan(0)
})

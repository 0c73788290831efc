import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import { leafCategory } from '../domain/item.ts'
import { SOURCES, type Source } from '../domain/recommendation.ts'
import { Candidate } from '../recall/candidates.ts'
import { MIN_CO_BUYERS, MIN_TRENDING_BUYERS, marketName, type Reason, type ReasonContext, reasonFor } from './reason.ts'

const SEED = 20_261_134
const LOCALES = ['en', 'de', 'ja', 'zh-Hant', 'fr'] as const

const anchors: ContextItem[] = [
  {
    id: 'anchor-1',
    title: 'Iron teapot',
    brand: 'Iwachu',
    categories: ['Kitchen > Tea', 'Gifts'],
    attributes: { colour: 'black', material: ['iron', 'wood'] },
  },
  { id: 'anchor-2', title: 'Linen towel', brand: null, categories: [], attributes: { colour: 'white' } },
]
const context = new Map(anchors.map((own) => [own.id, own]))

const cardArbitrary: fc.Arbitrary<Card> = fc
  .record({
    brand: fc.constantFrom(null, 'Iwachu', 'Other'),
    categories: fc.subarray(['Kitchen > Tea', 'Gifts', 'Garden']),
    attributes: fc.constantFrom(
      {},
      { colour: 'black' },
      { material: 'wood' },
      { colour: 'x'.repeat(61) },
      { size: 3 },
      { colour: 'white' },
    ),
    popularity: fc.constantFrom(0, 0.49, 0.5, 1),
  })
  .map((over) => ({
    id: 'item',
    title: 'Kettle',
    tags: [],
    locale: 'en',
    url: null,
    imageUrl: null,
    createdAtMs: NOW,
    epoch: 1,
    offerMarket: '*',
    currency: 'EUR',
    variant: 'item',
    price: 1,
    listPrice: null,
    stock: null,
    validFromMs: null,
    validUntilMs: null,
    ...over,
  }))
const link = fc.option(
  fc.record({
    anchor: fc.constantFrom('anchor-1', 'anchor-2', 'unknown'),
    strength: fc.constantFrom(0.1, 0.34, 0.35, 0.9),
    count: fc.integer({ min: 0, max: 6 }),
  }),
)
const candidateOf = (facts: Partial<Candidate>): Candidate => Object.assign(new Candidate('item'), facts)
const candidateArbitrary: fc.Arbitrary<Candidate> = fc
  .record({
    text: fc.constantFrom(0, 1, 5),
    bought: link,
    similar: link,
    goesWith: link,
    owned: fc.integer({ min: 0, max: 3 }),
    fresh: fc.constantFrom(0, 0.5),
    trendingCount: fc.integer({ min: 0, max: 6 }),
  })
  .map(candidateOf)
const sharesArbitrary = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...SOURCES), fc.double({ min: 0.01, max: 1, noNaN: true })), {
    selector: ([source]) => source,
  })
  .map((shares) => new Map(shares))
const aboutArbitrary: fc.Arbitrary<ReasonContext> = fc.record({
  locale: fc.constantFrom(...LOCALES),
  market: fc.constantFrom('DE', 'JP'),
  query: fc.constantFrom(null, 'tea'),
  context: fc.constant(context),
  bestTextScore: fc.constantFrom(0, 5),
})
const cases = fc.tuple(candidateArbitrary, sharesArbitrary, cardArbitrary, aboutArbitrary)
const scored = (candidate: Candidate, shares: Map<Source, number>) => ({ candidate, shares })

const KIND_SOURCES: Record<string, Source[]> = {
  bought_together: ['bought_together'],
  complement: ['complement'],
  bought_before: ['bought_before'],
  shared_attribute: ['vector_seed', 'vector_recent'],
  similar: ['vector_seed', 'vector_recent'],
  matches_query: ['text', 'vector_text'],
  trending: ['trending'],
  new: ['new'],
  popular: ['popular'],
}

/** What is wrong with a reason, judged from the facts alone; null when it is true. */
function lie(
  reason: Reason,
  candidate: Candidate,
  shares: Map<Source, number>,
  card: Card,
  about: ReasonContext,
): string | null {
  const [evidence] = reason.evidence
  if (!evidence || reason.evidence.length !== 1) return 'cites nothing'
  if (!KIND_SOURCES[evidence.kind]!.some((source) => shares.has(source))) return 'cites a source that gave nothing'
  const anchor = evidence.item_id === undefined ? null : context.get(evidence.item_id)
  if (anchor === undefined) return 'names an item that is not in the context'
  if (anchor !== null && !reason.text.includes(anchor.title)) return 'does not name its item'
  const numbers = (reason.text.replace(/\d{4}-\d{2}-\d{2}/, '').match(/\d+/g) ?? []).map(Number)
  if (numbers.some((value) => value !== evidence.count)) return 'a number without evidence'
  switch (evidence.kind) {
    case 'bought_together':
      if (
        evidence.count !== candidate.bought?.count ||
        evidence.count! < MIN_CO_BUYERS ||
        anchor!.id !== candidate.bought?.anchor
      )
        return 'buyers'
      return numbers.length === 1 ? null : 'no count'
    case 'complement':
      if (
        evidence.count !== candidate.goesWith?.count ||
        evidence.count! < MIN_CO_BUYERS ||
        anchor!.id !== candidate.goesWith?.anchor
      )
        return 'orders'
      return numbers.length === 1 ? null : 'no count'
    case 'bought_before':
      return evidence.count === candidate.owned && evidence.count > 0 ? null : 'not bought'
    case 'trending':
      if (evidence.count !== candidate.trendingCount || evidence.count < MIN_TRENDING_BUYERS) return 'buyers'
      return reason.text.includes(marketName(about.market, about.locale)) && evidence.market === about.market
        ? null
        : 'market'
    case 'matches_query':
      return about.query !== null && candidate.text > 0 && reason.text.includes(about.query) ? null : 'no hit'
    case 'popular':
      return card.popularity >= 0.5 ? null : 'not popular'
    case 'new':
      return candidate.fresh > 0 &&
        evidence.since === new Date(card.createdAtMs).toISOString().slice(0, 10) &&
        reason.text.includes(evidence.since)
        ? null
        : 'date'
    case 'similar':
      return candidate.similar!.strength >= 0.35 && candidate.similar!.anchor === anchor!.id ? null : 'not alike'
    case 'shared_attribute': {
      const { attribute, value } = evidence
      const of = (item: Pick<Card, 'brand' | 'categories' | 'attributes'>) =>
        attribute === 'brand'
          ? [item.brand]
          : attribute === 'category'
            ? item.categories
            : [item.attributes[attribute!]].flat()
      const both = of(card).includes(value as never) && of(anchor!).includes(value as never)
      return both && reason.text.includes(attribute === 'category' ? leafCategory(value!) : value!)
        ? null
        : 'not shared'
    }
    case 'own_item':
    case 'taste':
    case 'picked':
    case 'price':
      return 'a kind that no template tells'
  }
}

test('whatever is said is true, of this item, and of what moved it', () => {
  let said = 0
  fc.assert(
    fc.property(cases, ([candidate, shares, card, about]) => {
      const reason = reasonFor(scored(candidate, shares), card, about)
      if (reason === null) return
      said += 1
      expect(lie(reason, candidate, shares, card, about)).toBeNull()
    }),
    { seed: SEED, numRuns: 5_000 },
  )
  expect(said).toBeGreaterThan(2_000)
})

test.each<[string, (reason: Reason) => Reason]>([
  ['a larger number', (reason) => ({ ...reason, text: reason.text.replace(/\d+ shoppers/, '99 shoppers') })],
  ['another item', (reason) => ({ ...reason, text: reason.text.replace('Iron teapot', 'Gold teapot') })],
  ['no evidence', (reason) => ({ ...reason, evidence: [] })],
  [
    'evidence about another item',
    (reason) => ({ ...reason, evidence: [{ ...reason.evidence[0]!, item_id: 'anchor-2' }] }),
  ],
])('control: a planted lie is caught: %s', (_name, spoil) => {
  const candidate = candidateOf({ bought: { anchor: 'anchor-1', strength: 1, count: 5 } })
  const shares = new Map<Source, number>([['bought_together', 1]])
  const [card] = fc.sample(cardArbitrary, { seed: SEED, numRuns: 1 })
  const about: ReasonContext = { locale: 'en', market: 'DE', query: null, context, bestTextScore: 0 }
  const reason = reasonFor(scored(candidate, shares), card!, about)!
  expect(reason.text).toBe('5 shoppers who bought “Iron teapot” also bought this.')
  expect(lie(reason, candidate, shares, card!, about)).toBeNull()
  expect(lie(spoil(reason), candidate, shares, card!, about)).not.toBeNull()
})

/** The candidate without the fact that a reason rests on. */
function without(
  reason: Reason,
  candidate: Candidate,
  card: Card,
  about: ReasonContext,
): [Candidate, Card, ReasonContext] {
  const { kind, item_id } = reason.evidence[0]!
  const but = (facts: Partial<Candidate>) => candidateOf({ ...candidate, ...facts })
  if (kind === 'bought_together') return [but({ bought: null }), card, about]
  if (kind === 'complement') return [but({ goesWith: null }), card, about]
  if (kind === 'bought_before') return [but({ owned: 0 }), card, about]
  if (kind === 'trending') return [but({ trendingCount: 0 }), card, about]
  if (kind === 'popular') return [candidate, { ...card, popularity: 0 }, about]
  if (kind === 'matches_query') return [but({ text: 0 }), card, about]
  if (kind === 'new') return [but({ fresh: 0 }), card, about]
  const rest = new Map([...context].filter(([id]) => id !== item_id))
  return [candidate, card, { ...about, context: rest }]
}

test('taking the evidence away changes the text', () => {
  fc.assert(
    fc.property(cases, ([candidate, shares, card, about]) => {
      const reason = reasonFor(scored(candidate, shares), card, about)
      if (reason === null) return
      const [poorer, plainer, less] = without(reason, candidate, card, about)
      expect(reasonFor(scored(poorer, shares), plainer, less)?.text).not.toBe(reason.text)
    }),
    { seed: SEED, numRuns: 3_000 },
  )
})

test('no shares, no reason', () => {
  fc.assert(
    fc.property(cases, ([candidate, , card, about]) => reasonFor(scored(candidate, new Map()), card, about) === null),
    { seed: SEED },
  )
})

test('every language says the same of the same evidence, in its own words', () => {
  fc.assert(
    fc.property(cases, ([candidate, shares, card, about]) => {
      const reasons = LOCALES.map((locale) => reasonFor(scored(candidate, shares), card, { ...about, locale }))
      if (reasons[0] === null) return
      for (const reason of reasons) expect(reason!.evidence).toEqual(reasons[0]!.evidence)
      const texts = reasons.map((own) => own!.text)
      expect(new Set(texts.slice(0, 4)).size).toBe(4)
      expect(texts[4]).toBe(texts[0])
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('nearness of vectors alone never claims that words match', () => {
  const [card] = fc.sample(cardArbitrary, { seed: SEED, numRuns: 1 })
  const candidate = candidateOf({ textVector: 0.9 })
  const about: ReasonContext = { locale: 'en', market: 'DE', query: 'tea', context, bestTextScore: 0 }
  expect(reasonFor(scored(candidate, new Map([['vector_text', 0.8]])), card!, about)).toBeNull()
})

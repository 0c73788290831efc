import { expect, test } from 'vitest'
import { requestOf } from '../../tests/support/ask.ts'
import { ruleOf } from '../../tests/support/rules.ts'
import { MINUTE_MS } from '../base/clock.ts'
import type { Card } from '../domain/card.ts'
import { NO_RULES } from '../domain/rule.ts'
import { DEFAULT_PLACEMENTS, type PlacementBody } from '../domain/shop.ts'
import { compileRules } from '../rank/rules_compile.ts'
import { NOTHING_IN_FORCE, type RulesInForce, rulesInForce } from '../rank/rules_in_force.ts'
import { Candidate } from '../recall/candidates.ts'
import { cutShelf, type Ranked } from './compose.ts'
import { explored } from './explored.ts'

const NOW_MS = Date.parse('2026-06-01T00:00:00Z')
const PAGE = 24
const SPARE = 10
const MAX = 4
const CATEGORIES = 7
const UNCAPPED = { max_per_brand: 100, max_per_category: 100 }

const requestFor = (caps: Partial<PlacementBody>) =>
  requestOf(
    {
      ...{ shop: 'shop-a', name: 'A', locale: 'en-GB', market: 'GB', keys: [], rules: NO_RULES, ranker: null },
      markets: [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }],
      placements: { home: { ...DEFAULT_PLACEMENTS.home!, diversity: 0.01, ...UNCAPPED, ...caps } },
      search: { space: null, found: false },
      gates: {},
    },
    { placement: 'home', user_id: 'u', limit: PAGE },
  )

function ranked(id: string, at: number, isNew: boolean): Ranked {
  const candidate = new Candidate(id)
  candidate.fresh = Number(isNew)
  const kind = at % CATEGORIES
  const card = { id, brand: `brand-${kind}`, categories: [`Shop > ${kind}`], popularity: 0, tags: [], attributes: {} }
  const one = { ...card, title: id, stock: null, currency: 'GBP', price: 100 } as unknown as Card
  return { candidate, score: 1 - at / 100, shares: new Map(), parts: new Float64Array(0), card: one }
}
const known = Array.from({ length: 60 }, (_, at) => ranked(`old-${at}`, at, false))
const news = Array.from({ length: 14 }, (_, at) => ranked(`new-${at}`, 60 + at, true))
const all = [...known, ...news]

/** Pages of many moments, each with what is kept behind it. */
function shelves(caps: Partial<PlacementBody>, force: RulesInForce = NOTHING_IN_FORCE) {
  const request = requestFor(caps)
  const { shelf } = cutShelf(request, all, PAGE + SPARE, null, force)
  return Array.from({ length: 400 }, (_, n) =>
    explored(request, shelf, all, null, force, NOW_MS + n * 10 * MINUTE_MS).map(({ one }) => one.card),
  )
}
const ofKind = (cards: readonly Card[]) =>
  Math.max(...[...Map.groupBy(cards, ({ brand }) => brand).values()].map((own) => own.length))
const newcomersOf = (all: readonly Card[][]) =>
  all.filter((cards) => cards.slice(0, PAGE).some(({ id }) => id.startsWith('new'))).length

test.each([{ max_per_category: MAX }, { max_per_brand: MAX }])('newcomers keep within %o', (caps) => {
  const made = shelves(caps)
  expect(newcomersOf(made)).toBeGreaterThan(100)
  expect(Math.max(...made.map((cards) => ofKind(cards.slice(0, PAGE))))).toBe(MAX)
  for (const cards of made) expect(new Set(cards).size).toBe(cards.length)
})

test('what is kept for later does not break a cap either, when one of the page has gone', () => {
  const later = shelves({ max_per_category: MAX }).flatMap((cards) =>
    Array.from({ length: PAGE }, (_, gone) => cards.filter((_card, at) => at !== gone).slice(0, PAGE)),
  )
  expect(Math.max(...later.map(ofKind))).toBe(MAX)
})

test('control: without caps newcomers are too many of a kind', () => {
  // As many of each kind as the caps above allow, and no caps for who comes then.
  const request = requestFor({ max_per_category: MAX })
  const { shelf } = cutShelf(request, all, PAGE, null, NOTHING_IN_FORCE)
  const free = requestFor({})
  const made = Array.from({ length: 400 }, (_, n) =>
    explored(free, shelf, all, null, NOTHING_IN_FORCE, NOW_MS + n * 10 * MINUTE_MS).map(({ one }) => one.card),
  )
  expect(Math.max(...made.map(ofKind))).toBeGreaterThan(MAX)
})

test('where rules arrange, nothing is put in: a cap of theirs holds', () => {
  const scene = { placement: 'home', market: 'GB', locale: 'en-GB', hasQuery: false, isKnown: false, atMs: NOW_MS }
  const cap = ruleOf('c', { kind: 'cap', per: 'brand', at_most: 3 })
  const force = rulesInForce(compileRules({ version: 1, rules: [cap] }), { ...scene, offset: 0, limit: PAGE })
  expect(newcomersOf(shelves({}, force))).toBe(0)
  expect(newcomersOf(shelves({}))).toBeGreaterThan(100)
})

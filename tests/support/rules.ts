/** Rules and ranked items for tests of what rules do. */
import fc from 'fast-check'
import type { Card } from '../../shared/domain/card.ts'
import type { Filter } from '../../shared/domain/filter.ts'
import { type Rule, ruleSchema } from '../../shared/domain/rule.ts'
import type { RuleScene } from '../../shared/rank/rules_in_force.ts'

export const ruleCard = (id: string, over: Partial<Card> = {}): Card => ({
  ...{ id, title: id, brand: null, categories: [], tags: [], attributes: {}, locale: 'en', url: null, imageUrl: null },
  ...{ createdAtMs: 0, popularity: 0, epoch: 1, offerMarket: '*', currency: 'GBP', variant: id, price: 1_000 },
  ...{ listPrice: null, stock: null, validFromMs: null, validUntilMs: null },
  ...over,
})

/** Items with scores 1, 0.9, 0.8 ... in the order given. */
export const rankedCards = (...cards: Card[]) => cards.map((card, at) => ({ card, score: 1 - at / 10 }))

export const ruleOf = (id: string, action: Rule['action'], more: Record<string, unknown> = {}): Rule =>
  ruleSchema.parse({ id, name: id, action, ...more })

export const SCENE: RuleScene = {
  ...{ placement: 'home', market: 'GB', locale: 'en-GB', hasQuery: false, isKnown: true },
  ...{ atMs: Date.parse('2026-06-01T00:00:00Z'), offset: 0, limit: 12 },
}

const BRANDS = ['A', 'B', 'C']
const PATHS = ['K > T', 'K > P', 'G', 'K > T > U']

const condition = (ids: readonly string[]): fc.Arbitrary<Filter> =>
  fc.oneof(
    fc.record({
      field: fc.constant('brand' as const),
      op: fc.constantFrom('eq', 'ne'),
      value: fc.constantFrom(...BRANDS),
    }),
    fc.record({
      field: fc.constant('category' as const),
      op: fc.constantFrom('in', 'nin'),
      value: fc.uniqueArray(fc.constantFrom('K', 'K > T', 'G'), { minLength: 1 }),
    }),
    fc.record({
      field: fc.constant('id' as const),
      op: fc.constant('in' as const),
      value: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      field: fc.constant('attribute.size'),
      op: fc.constantFrom('lt', 'gte'),
      value: fc.integer({ max: 9 }),
    }),
  ) as fc.Arbitrary<Filter>

const filterOf = (ids: readonly string[]): fc.Arbitrary<Filter> =>
  fc.oneof(
    condition(ids),
    fc.record({ all: fc.array(condition(ids), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(condition(ids), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: condition(ids) }),
  )

const actionOf = (ids: readonly string[]): fc.Arbitrary<Rule['action']> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('pin' as const),
      item_ids: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 5 }),
      positions: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('boost' as const), factor: fc.constantFrom(0.1, 0.5, 1, 2, 50) }),
    fc.record({ kind: fc.constant('bury' as const) }),
    fc.record({ kind: fc.constant('hide' as const) }),
    fc.record({
      kind: fc.constant('cap' as const),
      at_most: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom('brand', 'category', 'all', 'attribute.size'),
    }),
    fc.record({
      kind: fc.constant('margin' as const),
      strength: fc.constantFrom(0.5, 5),
      from: fc.constantFrom({ ratio: 'size' }, { cost: 'size', currency: 'GBP' }),
    }),
    fc.record({
      kind: fc.constant('stock' as const),
      below: fc.integer({ min: 1, max: 5 }),
      effect: fc.constantFrom('bury', 'hide'),
    }),
  )

/** Sets of rules that contradict each other as often as not. */
export const anyRules = (ids: readonly string[], maxLength = 12): fc.Arbitrary<Rule[]> =>
  fc
    .array(fc.record({ action: actionOf(ids), items: filterOf(ids), priority: fc.integer({ min: -1, max: 2 }) }), {
      maxLength,
    })
    .map((list) => list.map(({ action, ...rest }, at) => ruleOf(`r${at}`, action, rest)))

export const anyCards = fc
  .array(
    fc.record({
      brand: fc.constantFrom(null, ...BRANDS),
      categories: fc.uniqueArray(fc.constantFrom(...PATHS), { maxLength: 2 }),
      attributes: fc.record({ size: fc.integer({ min: 0, max: 9 }) }),
      stock: fc.constantFrom(null, 0, 1, 3, 9),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map((over, at) => ruleCard(`i${at}`, over)))

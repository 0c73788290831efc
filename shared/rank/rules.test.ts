import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyCards, anyRules, ruleCard as card, rankedCards, ruleOf as rule, SCENE } from '../../tests/support/rules.ts'
import { passes } from '../domain/filter.ts'
import type { Rule } from '../domain/rule.ts'
import { type Arranged, arrange, type Rulable, type RulePage } from './rules_arrange.ts'
import { compileRules } from './rules_compile.ts'
import { fillerQuery } from './rules_filler.ts'
import { type RuleScene, rulesInForce } from './rules_in_force.ts'
import { selectShelf } from './select.ts'

const SEED = 20_260_601
const brand = (value: string) => ({ field: 'brand', op: 'eq', value })
const inForce = (rules: Rule[], scene: Partial<RuleScene> = {}) =>
  rulesInForce(compileRules({ version: 1, rules }), { ...SCENE, ...scene })

const pageOf = (count: number, caps = { maxPerBrand: 50, maxPerCategory: 50 }): RulePage<Rulable> => ({
  ...{ ...caps, count },
  select: (entries, limit) => selectShelf(entries, { ...caps, limit, diversity: 0 }),
})
const idsOf = (arranged: Arranged<Rulable>) => arranged.shelf.map((one) => one.card.id).join(' ')
const shelf = (rules: Rule[], entries: Rulable[], count = 12, scene: Partial<RuleScene> = {}) =>
  idsOf(arrange(entries, inForce(rules, { limit: count, ...scene }), pageOf(count)))

const abcdef = rankedCards(...'abcdef'.split('').map((id) => card(id, { brand: id < 'd' ? 'X' : 'Y' })))

test('a pin takes its positions, and those that follow stand in for what is not there', () => {
  const pin = (positions?: number[]) =>
    rule('p', { kind: 'pin', item_ids: ['gone', 'e', 'd'], ...(positions ? { positions } : {}) })
  expect(shelf([pin([1])], abcdef)).toBe('e a b c d f')
  expect(shelf([pin([4, 2])], abcdef)).toBe('a d b e c f')
  expect(shelf([pin()], abcdef)).toBe('e d a b c f')
  // Fewer items than positions: those behind move up.
  expect(shelf([pin([50])], abcdef, 50)).toBe('a b c d f e')
})

test('positions go over pages, and a page that is past is not pinned again', () => {
  const pin = rule('p', { kind: 'pin', item_ids: ['f'], positions: [4] })
  expect(shelf([pin], abcdef, 3)).toBe('a b c')
  expect(shelf([pin], abcdef.slice(3), 3, { offset: 3 })).toBe('f d e')
})

test('of two pins of one position the stronger has it; among equals the smaller id', () => {
  const pin = (id: string, item: string, priority: number) =>
    rule(id, { kind: 'pin', item_ids: [item], positions: [1] }, { priority })
  expect(shelf([pin('x', 'e', 0), pin('y', 'f', 1)], abcdef)).toBe('f a b c d e')
  expect(shelf([pin('y', 'f', 0), pin('x', 'e', 0)], abcdef)).toBe('e a b c d f')
})

test('hide beats pin unless the pin is stronger; bury alike', () => {
  for (const kind of ['hide', 'bury'] as const) {
    const back = rule('k', { kind }, { items: { field: 'id', op: 'in', value: ['e', 'a'] }, priority: 1 })
    const pin = (priority: number) => rule('p', { kind: 'pin', item_ids: ['e'] }, { priority })
    const tail = kind === 'hide' ? '' : ' a'
    expect(shelf([back, pin(1)], abcdef)).toBe(kind === 'hide' ? 'b c d f' : 'b c d f a e')
    expect(shelf([back, pin(2)], abcdef)).toBe(`e b c d f${tail}`)
  }
})

test('boosts multiply; a stronger boost lifts a bury, an equal one does not', () => {
  const boost = (factor: number, priority = 0) =>
    rule(`b${factor * 10}`, { kind: 'boost', factor }, { items: brand('Y'), priority })
  expect(shelf([boost(1.3)], abcdef)).toBe('a d b c e f')
  expect(shelf([boost(1.3), boost(1.4)], abcdef)).toBe('d e a f b c')
  const bury = rule('k', { kind: 'bury' }, { items: brand('Y') })
  expect(shelf([boost(9), bury], abcdef)).toBe('a b c d e f')
  expect(shelf([boost(9, 1), bury], abcdef)).toBe('d e f a b c')
  expect(shelf([boost(0.5)], abcdef)).toBe('a b c d e f')
})

test('scores below zero are boosted upwards too', () => {
  const entries = ['a', 'b', 'c'].map((id, at) => ({ card: card(id), score: -1 - at }))
  const boost = rule('b', { kind: 'boost', factor: 3 }, { items: { field: 'id', op: 'eq', value: 'b' } })
  expect(shelf([boost], entries)).toBe('b a c')
})

test('buried items come after all others, and only where the page would be short', () => {
  const bury = rule('k', { kind: 'bury' }, { items: brand('X') })
  expect(shelf([bury], abcdef, 3)).toBe('d e f')
  expect(shelf([bury], abcdef, 5)).toBe('d e f a b')
})

test('a cap holds while others are left and yields last', () => {
  const cap = rule('c', { kind: 'cap', at_most: 1, per: 'brand' })
  expect(shelf([cap], abcdef, 2)).toBe('a d')
  expect(shelf([cap], abcdef, 4)).toBe('a d b c')
  const bury = rule('k', { kind: 'bury' }, { items: { field: 'id', op: 'eq', value: 'd' } })
  const only = rule('o', { kind: 'cap', at_most: 1, per: 'all' }, { items: brand('X') })
  expect(shelf([only, bury], abcdef, 4)).toBe('a e f d')
  const size = (id: string, value: number | number[]) => card(id, { attributes: { size: value as never } })
  const sized = rankedCards(size('a', 1), size('b', [1, 2]), size('c', 2), card('d'))
  expect(shelf([rule('s', { kind: 'cap', at_most: 1, per: 'attribute.size' })], sized, 3)).toBe('a c d')
})

test('pins use up caps and are not turned away by them, the placement’s own included', () => {
  const pin = rule('p', { kind: 'pin', item_ids: ['a', 'b'] })
  expect(shelf([pin, rule('c', { kind: 'cap', at_most: 1, per: 'brand' })], abcdef, 3)).toBe('a b d')
  const own = { maxPerBrand: 2, maxPerCategory: 50 }
  expect(idsOf(arrange(abcdef, inForce([pin], { limit: 4 }), pageOf(4, own)))).toBe('a b d e')
})

test('margin compares amounts of one currency alone', () => {
  const by = (
    from: Extract<Rule['action'], { kind: 'margin' }>['from'],
    attributes: Record<string, string | number>,
    currency = 'GBP',
  ) => {
    const entries = rankedCards(card('a'), card('b', { attributes, currency }))
    return shelf([rule('m', { kind: 'margin', strength: 1, from })], entries) === 'b a'
  }
  const cost = { cost: 'cost', currency: 'GBP' }
  expect(by({ ratio: 'margin' }, { margin: 0.5 })).toBe(true)
  expect(by({ ratio: 'margin' }, { margin: '0.5' })).toBe(false)
  expect(by(cost, { cost: 500 })).toBe(true)
  expect(by(cost, { cost: '5.00' })).toBe(true)
  expect(by(cost, { cost: '5.00 GBP' })).toBe(true)
  expect(by(cost, { cost: '5.00 EUR' })).toBe(false)
  // 500 of one currency is not 500 of another, whatever the numbers say.
  expect(by(cost, { cost: 500 }, 'JPY')).toBe(false)
  // A fraction of a penny is no cost in minor units; a cost above the price gives nothing.
  expect(by(cost, { cost: 0.5 })).toBe(false)
  expect(by(cost, { cost: 2_000 })).toBe(false)
  expect(by({ costs: { b: 100 }, currency: 'GBP' }, {})).toBe(true)
  expect(by({ costs: { toString: 100 }, currency: 'GBP' }, {})).toBe(false)
})

test('stock: what runs low is kept back, what is not counted is not', () => {
  const entries = rankedCards(card('a', { stock: 2 }), card('b', { stock: null }), card('c', { stock: 3 }))
  const low = (effect: 'bury' | 'hide') => rule('s', { kind: 'stock', below: 3, effect })
  expect([shelf([low('bury')], entries), shelf([low('hide')], entries)]).toEqual(['b c a', 'b c'])
})

test('a rule is for its scene: place, market, language, words, shopper and time', () => {
  const bury = (more: Record<string, unknown>) => [rule('k', { kind: 'bury' }, { items: brand('X'), ...more })]
  const applies = (more: Record<string, unknown>, scene: Partial<RuleScene> = {}) =>
    shelf(bury(more), abcdef, 12, scene).startsWith('d')
  expect(applies({ when: { placements: ['home'] } })).toBe(true)
  expect(applies({ when: { placements: ['cart'] } })).toBe(false)
  expect(applies({ when: { markets: ['DE', 'GB'] } })).toBe(true)
  expect(applies({ when: { markets: ['DE'] } })).toBe(false)
  expect([applies({ when: { locales: ['EN'] } }), applies({ when: { locales: ['en-US'] } })]).toEqual([true, false])
  expect([applies({ when: { query: false } }), applies({ when: { query: true } })]).toEqual([true, false])
  expect([applies({ when: { shopper: 'known' } }), applies({ when: { shopper: 'new' } })]).toEqual([true, false])
  expect([applies({ enabled: false }), applies({ currency: 'EUR' }), applies({ currency: 'GBP' })]).toEqual([
    false,
    false,
    true,
  ])
  const from = '2026-06-01T02:00:00+02:00'
  expect([applies({ from }), applies({ from }, { atMs: SCENE.atMs - 1 })]).toEqual([true, false])
  expect([applies({ until: from }), applies({ until: from }, { atMs: SCENE.atMs - 1 })]).toEqual([false, true])
})

test('what rules did is told of every item that they touched', () => {
  const rules = [
    rule('pin', { kind: 'pin', item_ids: ['f'] }),
    rule('boost', { kind: 'boost', factor: 2 }, { items: brand('Y') }),
    rule('hide', { kind: 'hide' }, { items: { field: 'id', op: 'eq', value: 'd' } }),
    rule('cap', { kind: 'cap', at_most: 1, per: 'brand' }, { items: brand('X') }),
  ]
  const { effects } = arrange(abcdef, inForce(rules), pageOf(3))
  expect(
    Object.fromEntries([...effects].map(([id, list]) => [id, list.map((one) => `${one.rule} ${one.effect}`)])),
  ).toEqual({
    f: ['pin pinned', 'boost boosted'],
    e: ['boost boosted'],
    d: ['hide hidden'],
    b: ['cap capped'],
    c: ['cap capped'],
  })
})

test('a hidden id leaves the candidates early unless a stronger pin of this page needs it; few pins are recalled', () => {
  const hide = rule('h', { kind: 'hide' }, { items: { field: 'id', op: 'in', value: ['a', 'b'] } })
  const pin = rule('p', { kind: 'pin', item_ids: ['a'] }, { priority: 1 })
  expect([...inForce([hide]).hiddenIds.keys()]).toEqual(['a', 'b'])
  expect([...inForce([hide, pin]).hiddenIds.keys()]).toEqual(['b'])
  expect([...inForce([hide, pin], { offset: 12 }).hiddenIds.keys()]).toEqual(['a', 'b'])
  const many = Array.from({ length: 4 }, (_, at) =>
    rule(`m${at}`, { kind: 'pin', item_ids: Array.from({ length: 20 }, (_n, n) => `i${at * 20 + n}`) }),
  )
  expect(inForce(many, { limit: 50 }).recall).toHaveLength(25)
})

test('what a query can leave out is asked for; for the rest more is read', () => {
  const hide = rule('h', { kind: 'hide' }, { items: brand('X') })
  const own = { field: 'brand', op: 'ne', value: 'Z' } as const
  expect(fillerQuery(own, inForce([hide]))).toEqual({
    filter: { all: [own, { not: hide.items }] },
    exclude: [],
    spare: 0,
  })
  expect(fillerQuery(null, inForce([rule('s', { kind: 'stock', below: 1, effect: 'hide' })]))).toMatchObject({
    filter: null,
    spare: 50,
  })
  const large = Array.from({ length: 30 }, (_, at) => rule(`h${at}`, { kind: 'hide' }, { items: brand(`B${at}`) }))
  expect(fillerQuery(null, inForce(large)).spare).toBe(50)
})

// --- What must hold whatever the rules say.

/** What a shelf broke of its promises; empty when it kept them. */
function broken(entries: readonly Rulable[], rules: Rule[], count: number, shown: readonly Rulable[]): string[] {
  const ids = shown.map((one) => one.card.id)
  const known = new Set(entries.map((one) => one.card.id))
  const strongestPin = (id: string) =>
    Math.max(
      ...rules.map((one) => (one.action.kind === 'pin' && one.action.item_ids.includes(id) ? one.priority : -9)),
      -9,
    )
  const isHidden = ({ card }: Rulable, atLeast: number) =>
    rules.some(
      ({ action, items, priority }) =>
        (action.kind === 'hide' ||
          (action.kind === 'stock' && action.effect === 'hide' && card.stock !== null && card.stock < action.below)) &&
        passes(items!, card) &&
        priority >= atLeast,
    )
  const free = entries.filter((one) => !isHidden(one, -9)).length
  return [
    ...(new Set(ids).size < ids.length ? ['twice'] : []),
    ...(ids.some((id) => !known.has(id)) ? ['not ranked'] : []),
    ...(shown.some((one) => isHidden(one, strongestPin(one.card.id))) ? ['hidden'] : []),
    ...(ids.length < Math.min(count, free) ? ['short'] : []),
    ...(ids.length > count ? ['long'] : []),
  ]
}

const pool = Array.from({ length: 34 }, (_, at) => `i${at}`)
const runs = fc.tuple(anyCards, anyRules(pool), fc.integer({ min: 1, max: 16 }), fc.constantFrom(0, 0.4))

type Arrange = typeof arrange<Rulable>
const holds = (variant: Arrange) => () =>
  fc.assert(
    fc.property(runs, ([cards, rules, count, diversity]) => {
      const entries = cards.map((one, at) => ({ card: one, score: (at * 7919) % 13 }))
      entries.sort((a, b) => b.score - a.score || (a.card.id < b.card.id ? -1 : 1))
      const caps = { maxPerBrand: 2, maxPerCategory: 3 }
      const page = {
        ...pageOf(count, caps),
        select: (from: readonly Rulable[], limit: number) => selectShelf(from, { ...caps, limit, diversity }),
      }
      const { shelf } = variant(entries, inForce(rules, { limit: count }), page)
      expect(broken(entries, rules, count, shelf)).toEqual([])
    }),
    { seed: SEED, numRuns: 1_500 },
  )

test(`random rules break no promise: nothing hidden, unranked or twice, no page short (seed ${SEED})`, holds(arrange))

const CONTROLS: ReadonlyArray<readonly [string, Arrange]> = [
  [
    'hide yields to fill a page',
    (entries, _force, page) => ({ shelf: page.select(entries, page.count), effects: new Map() }),
  ],
  [
    'a pin shows what is not ranked',
    (entries, force, page) => {
      const { shelf, effects } = arrange(entries, force, page)
      const pinned = force.recall.map((id) => ({ card: card(id), score: 9 }))
      return { shelf: [...pinned, ...shelf].slice(0, page.count), effects }
    },
  ],
  [
    'caps do not yield',
    (entries, force, page) => {
      const { shelf, effects } = arrange(entries, force, page)
      return {
        shelf: shelf.filter((one) => !effects.get(one.card.id)?.some((own) => own.effect === 'capped')),
        effects,
      }
    },
  ],
]
for (const [name, variant] of CONTROLS) {
  test(`negative control: ${name}`, () => expect(holds(variant)).toThrow())
}

test(`the index finds every rule that is about an item (seed ${SEED})`, () => {
  fc.assert(
    fc.property(anyCards, anyRules(pool, 30), (cards, rules) => {
      const compiled = compileRules({ version: 1, rules })
      for (const one of cards) {
        const met: number[] = []
        compiled.index.each(one, (place) => void met.push(place))
        expect(new Set(met).size).toBe(met.length)
        const about = compiled.rules.filter((own) => own.matches(one)).map((own) => own.place)
        expect(about.filter((place) => !met.includes(place))).toEqual([])
      }
    }),
    { seed: SEED },
  )
})

import { expect, test } from 'vitest'
import { Problem } from '../base/problem.ts'
import { decodeRules, RULE_LIMITS, rulesBodySchema } from './rule.ts'
import { isSameRules, ruleChanges } from './rule_changes.ts'
import { ruleWarnings } from './rule_warnings.ts'
import { DEFAULT_PLACEMENTS, type ShopConfig } from './shop.ts'

const pin = { kind: 'pin', item_ids: ['a'] }
const brand = { field: 'brand', op: 'eq', value: 'x' }
const rule = (more: Record<string, unknown> = {}) => ({ id: 'r', name: 'A rule', action: pin, ...more })

/** The errors of a set, as `pointer detail`; empty when it is taken. */
function wrong(...rules: unknown[]): string[] {
  try {
    decodeRules(rulesBodySchema, { rules })
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(error.code).toBe('invalid_request')
    return error.extras.errors!.map(({ pointer, detail }) => `${pointer} ${detail}`)
  }
}

test('every kind of rule is taken, with its defaults', () => {
  const actions = [
    pin,
    { kind: 'pin', item_ids: ['a', 'b'], positions: [1, 50] },
    { kind: 'boost', factor: 2.5 },
    { kind: 'bury' },
    { kind: 'hide' },
    ...['brand', 'category', 'all', 'attribute.colour'].map((per) => ({ kind: 'cap', at_most: 2, per })),
    { kind: 'margin', strength: 1, from: { ratio: 'margin' } },
    { kind: 'margin', strength: 1, from: { cost: 'cost', currency: 'GBP' } },
    { kind: 'margin', strength: 1, from: { costs: { a: 100 }, currency: 'GBP' } },
    { kind: 'stock', below: 3, effect: 'hide' },
  ]
  expect(wrong(...actions.map((action, at) => rule({ id: `r${at}`, items: brand, action })))).toEqual([])
  const { rules } = decodeRules(rulesBodySchema, { rules: [rule()] })
  expect(rules[0]).toEqual({ ...rule(), enabled: true, priority: 0 })
})

const WRONG: ReadonlyArray<readonly [string, Record<string, unknown>, RegExp]> = [
  [
    'a factor out of bounds',
    { action: { kind: 'boost', factor: 1_000 }, items: brand },
    /^\/rules\/1\/action\/factor rule "bad": /,
  ],
  ['an action that is none', { action: { kind: 'shout' } }, /^\/rules\/1\/action\/kind rule "bad": /],
  ['a field that is none', { colour: 'red' }, /^\/rules\/1 rule "bad": .*colour/],
  [
    'a hide of everything',
    { action: { kind: 'hide' } },
    /^\/rules\/1\/items rule "bad": a rule that hides says which items$/,
  ],
  [
    'a window that ends first',
    { from: '2026-02-01T00:00:00Z', until: '2026-02-01T00:00:00Z' },
    /^\/rules\/1\/until rule "bad": is not after from$/,
  ],
  ['a moment without an offset', { from: '2026-02-01T00:00:00' }, /^\/rules\/1\/from rule "bad": /],
  [
    'a price in no currency',
    { items: { not: { field: 'price', op: 'lt', value: 5 } } },
    /^\/rules\/1\/currency rule "bad": /,
  ],
  [
    'a filter too deep',
    { items: { not: { not: { not: { not: { not: brand } } } } } },
    /^\/rules\/1\/items rule "bad": a filter has at most/,
  ],
  [
    'too many pins',
    { action: { kind: 'pin', item_ids: Array.from({ length: 21 }, (_, at) => `i${at}`) } },
    /^\/rules\/1\/action\/item_ids/,
  ],
  ['an item pinned twice', { action: { kind: 'pin', item_ids: ['a', 'a'] } }, /names an item twice$/],
  [
    'a margin of two sources',
    { action: { kind: 'margin', strength: 1, from: { ratio: 'm', cost: 'c' } } },
    /^\/rules\/1\/action\/from/,
  ],
  ['a placement that cannot be', { when: { placements: ['Home!'] } }, /^\/rules\/1\/when\/placements\/0/],
]
for (const [name, more, told] of WRONG) {
  test(`refused, with the rule and the field: ${name}`, () => {
    const errors = wrong(rule(), rule({ id: 'bad', ...more }))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(told)
  })
}

test('ids are told apart, and sets are bounded', () => {
  expect(wrong(rule(), rule())).toEqual(['/rules/1/id rule "r": another rule has this id'])
  const many = Array.from({ length: RULE_LIMITS.rules + 1 }, (_, at) => rule({ id: `r${at}` }))
  expect([wrong(...many.slice(1)), wrong(...many)[0]]).toEqual([[], expect.stringMatching(/^\/rules /)])
  const ids = (at: number) => Array.from({ length: 100 }, (_, n) => `i${at}-${n}`)
  const naming = many.slice(0, 21).map((one, at) => ({ ...one, items: { field: 'id', op: 'in', value: ids(at) } }))
  expect(wrong(...naming)).toEqual([`/rules all rules together name at most ${RULE_LIMITS.ids} ids`])
  // What is no rule at all is refused without a name.
  expect(wrong(null)[0]).toMatch(/^\/rules\/0 /)
  expect(wrong({ id: 5 })[0]).not.toContain('rule "')
})

test('changes are told by rule and field, whatever the order', () => {
  const of = (...rules: unknown[]) => decodeRules(rulesBodySchema, { rules }).rules
  const [before, after] = [
    of(rule({ id: 'a' }), rule({ id: 'b' }), rule({ id: 'c' })),
    of(rule({ id: 'd' }), rule({ id: 'c', priority: 2, name: 'Other' }), rule({ id: 'a' })),
  ]
  expect(ruleChanges(before, after)).toEqual({
    ...{ added: ['d'], removed: ['b'], changed: [{ id: 'c', fields: ['name', 'priority'] }] },
  })
  expect([isSameRules(before, [...before].reverse()), isSameRules(before, after)]).toEqual([true, false])
})

test('what can do nothing in this shop is told', () => {
  const shop = {
    ...{ shop: 's', markets: [{ market: 'GB', currency: 'GBP', locale: 'en' }], placements: DEFAULT_PLACEMENTS },
  } as unknown as ShopConfig
  const { rules } = decodeRules(rulesBodySchema, {
    rules: [
      rule({ id: 'fine', when: { placements: ['home'], markets: ['GB'] }, currency: 'GBP' }),
      rule({ id: 'past', until: '2026-01-01T00:00:00Z' }),
      rule({ id: 'away', when: { placements: ['attic'], markets: ['FR'] }, currency: 'EUR' }),
      rule({ id: 'dear', action: { kind: 'margin', strength: 1, from: { cost: 'c', currency: 'USD' } } }),
    ],
  })
  expect(
    ruleWarnings(rules, shop, Date.parse('2026-01-01T00:00:00Z')).map((one) => `${one.rule} ${one.detail}`),
  ).toEqual([
    'past is over since 2026-01-01T00:00:00Z',
    'away the shop has no placement "attic"',
    'away "FR" is not one of the shop\'s markets',
    'away no market of the shop sells in EUR',
    'dear no market of the shop sells in USD',
  ])
})

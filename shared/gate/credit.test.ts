import { expect, test } from 'vitest'
import { interaction } from '../../tests/support/unit_catalogue.ts'
import type { Worth } from '../domain/gate.ts'
import { addOutcome, creditOf, examination, type Outcomes } from './credit.ts'

const WORTH: Worth = { click_micro: 20_000, margin: 0.3, currency: 'EUR', cap_micro: 5_000_000 }
const clicked = (...items: string[]): Outcomes => new Map(items.map((item) => [item, { intent: 0.3, value: 1 }]))
const shelf = { shown: ['a', 'b', 'c'], base: ['a', 'b', 'c'], wanted: ['c', 'b', 'a'], teams: null }

test('what was wanted counts for the order that would have shown it higher, and more where few looked', () => {
  const { lift } = creditOf(shelf, clicked('c'), null)
  expect(lift).toBeCloseTo((examination(0) - examination(2)) / examination(2) / 2)
  expect(creditOf(shelf, clicked('a'), null).lift).toBeLessThan(0)
  expect(-creditOf(shelf, clicked('a'), null).lift).toBeLessThan(lift)
  expect(creditOf(shelf, clicked('b'), null).lift).toBe(0)
  expect(creditOf(shelf, clicked('elsewhere'), null)).toEqual({ preference: 0, lift: 0 })
})

test('what was not shown speaks for neither order', () => {
  const wanted = ['x', 'c', 'b', 'a']
  expect(creditOf({ ...shelf, wanted }, clicked('c'), null)).toEqual(creditOf(shelf, clicked('c'), null))
})

test('a draft prefers the team whose items were wanted more', () => {
  const draft = { ...shelf, teams: 'bl-' }
  expect(creditOf(draft, clicked('b'), null).preference).toBe(1)
  expect(creditOf(draft, clicked('a'), null).preference).toBe(-1)
  expect([creditOf(draft, clicked('c'), null).preference, creditOf(draft, clicked('a', 'b'), null).preference]).toEqual(
    [0, 0],
  )
})

test('an item is clicked once however often, a sale earns its margin, and a refund takes it back', () => {
  const outcomes: Outcomes = new Map()
  const add = (over: Parameters<typeof interaction>[0]) => addOutcome(outcomes, interaction(over), WORTH, 'EUR')
  add({ item: 'a', type: 'click' })
  add({ item: 'a', type: 'view' })
  expect(outcomes.get('a')).toEqual({ intent: 0.3, value: 20_000 })
  add({ item: 'a', type: 'purchase', price: 1_000, quantity: 2 })
  expect(outcomes.get('a')).toEqual({ intent: 1, value: 20_000 + 2 * 10_000_000 * 0.3 })
  add({ item: 'a', type: 'refund', price: 1_000, quantity: 2 })
  expect(outcomes.get('a')!.value).toBeCloseTo(20_000)
  addOutcome(outcomes, interaction({ item: 'b', type: 'purchase', price: 9, quantity: 1 }), WORTH, 'JPY')
  expect(outcomes.get('b')).toEqual({ intent: 1, value: 20_000 })
  add({ item: 'c', type: 'impression' })
  expect(outcomes.has('c')).toBe(false)
})

test('no shelf counts for more than the cap', () => {
  const outcomes: Outcomes = new Map([['c', { intent: 1, value: 1e12 }]])
  expect(creditOf(shelf, outcomes, WORTH).lift).toBe(1)
})

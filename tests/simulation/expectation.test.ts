import { expect, test } from 'vitest'
import { createModel } from './expectation.ts'
import type { Fact, Message } from './messages.ts'
import { type ItemTruth, SHOPS } from './story.ts'

const truth = (title: string, units: Record<string, number> | null = null): ItemTruth => ({
  title,
  description: '',
  brand: 'Tide',
  visible: true,
  variants: [{ id: '100', price: 500, units }],
})
const message = (fact: Fact, id = 'm'): Message => ({
  number: 0,
  shop: SHOPS[0]!,
  about: '1',
  topic: 't',
  id,
  atMs: 0,
  fact,
  send: () => ({ headers: {}, body: '' }),
})
const item = (clock: number, state: ItemTruth | null): Fact => ({ kind: 'item', item: '1', clock, truth: state })
const expectedOf = (facts: readonly Fact[]) => {
  const model = createModel()
  for (const fact of facts) model.learn(message(fact))
  return model.finish().items.get(SHOPS[0]!.shop)!.get('1')!
}

test('the newest state by the clock is expected, in whatever order it became known', () => {
  const facts = [item(1, truth('one')), item(2, null), item(3, truth('three'))]
  for (const order of [facts, [...facts].reverse()])
    expect(expectedOf(order).map((own) => own?.title)).toEqual(['three'])
  expect(expectedOf(facts.slice(0, 2))).toEqual([null])
})

test('states of one moment may each be what stays', () => {
  const titles = expectedOf([item(5, truth('left')), item(5, truth('right')), item(4, truth('old'))])
  expect(titles.map((own) => own?.title)).toEqual(['left', 'right'])
})

test('stock is the sum of the newest levels', () => {
  const level = (location: string, clock: number, units: number): Fact => ({
    ...{ kind: 'level', item: '1', variant: '100', location },
    ...{ clock, units },
  })
  const state = item(1, truth('one', { a: 3, b: 4 }))
  const [own] = expectedOf([level('a', 9, 7), state, level('a', 5, 1), level('b', 2, 0)])
  expect(own!.variants.get('100')).toEqual({ price: 500, stock: 7 })
})

test('a forged delivery that was accepted is an error of its own', () => {
  expect(() => createModel().learn(message({ kind: 'forged' }))).toThrow('forged')
})

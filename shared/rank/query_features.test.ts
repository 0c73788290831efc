import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ruleCard } from '../../tests/support/rules.ts'
import { seededRng } from '../base/rng.ts'
import type { Card } from '../domain/card.ts'
import { Candidate } from '../recall/candidates.ts'
import { queryFeatures } from './query_features.ts'

const SEED = 20_261_204

function features(query: string | null, cards: readonly Card[]) {
  const candidates = cards.map(({ id }) => new Candidate(id))
  const found = queryFeatures(query, candidates, new Map(cards.map((card) => [card.id, card])))
  const told = (values: Float64Array) => [...values].map((value) => Math.round(value * 1_000) / 1_000)
  return { letters: told(found.letters), head: told(found.head), names: told(found.names), any: told(found.any) }
}
const titled = (...titles: string[]) => titles.map((title, at) => ruleCard(`i${at}`, { title }))

test('all zeros without words, without metadata, or where nobody has the words', () => {
  const nothing = { letters: [0, 0], head: [0, 0], names: [0, 0], any: [0, 0] }
  const cards = titled('Oak chair', 'Tin cup')
  expect(features(null, cards)).toEqual(nothing)
  expect(features('zebra', cards)).toEqual(nothing)
  expect(features(' ?! ', cards)).toEqual(nothing)
  expect([...queryFeatures('oak', [new Candidate('i0')], null).any]).toEqual([0])
  expect([...queryFeatures('oak', [new Candidate('gone')], new Map()).any]).toEqual([0])
})

test('the share of known words, wherever they stand; a word that nobody has says nothing', () => {
  const cards = [
    ruleCard('a', { title: 'Oak chair', text: 'for the garden' }),
    ruleCard('b', { title: 'Chair', tags: ['garden'] }),
    ruleCard('c', { title: 'Cup' }),
  ]
  expect(features('garden chair oak zebra', cards).any).toEqual([1, 0.667, 0])
})

test('brand, categories and attributes are names; the title and the description are not', () => {
  const cards = [
    ruleCard('a', {
      title: 'x',
      brand: 'Acme',
      categories: ['Tea > Pots'],
      attributes: { colour: ['blue', 'red'], n: 3 },
    }),
    ruleCard('b', { title: 'Acme blue tea', text: 'acme' }),
  ]
  expect(features('acme blue tea', cards).names).toEqual([1, 0])
})

test('the title’s first words, in their order, anywhere in the query', () => {
  const cards = titled('Star Wars', 'Wars of the Roses', 'Star Trek')
  expect(features('the star wars', cards).head).toEqual([0.667, 0.333, 0.333])
  expect(features('wars star', cards).head).toEqual([0.5, 0.5, 0.5])
})

test('letters see words run together and misspelled, where words see nothing', () => {
  const cards = titled('Teapot', 'Spade', 'tea pot')
  const { letters, any } = features('tea pott', cards)
  expect(letters[0]).toBeGreaterThan(0.5)
  expect([letters[1], any[0]]).toEqual([0, 0])
  expect(features('tea pot', cards).letters).toEqual([1, 0, 1])
})

test('titles without blanks: words, head and letters', () => {
  const cards = titled('万年筆 木軸', 'インク瓶', '木軸のボールペン')
  const { any, head, letters } = features('万年筆', cards)
  expect(any).toEqual([1, 0, 0])
  expect(head[0]).toBe(1)
  expect([head[1], letters[0]! > letters[2]!]).toEqual([0, true])
  // The other order of the same two words.
  const both = features('木軸 万年筆', cards)
  expect(both.any[0]).toBe(1)
  expect(both.any[2]!).toBeGreaterThan(0)
  expect(both.any[2]!).toBeLessThan(1)
})

const WORDS = ['oak', 'chairs', 'Café', '万年筆', 'tea-pot', '3', '']
const titles = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((words) => words.join(' '))

test('every feature is in [0, 1] and belongs to its card, whatever the order of candidates', () => {
  fc.assert(
    fc.property(fc.array(titles, { minLength: 1, maxLength: 6 }), titles, fc.integer(), (list, query, seed) => {
      const cards = list.map((title, at) => ruleCard(`i${at}`, { title, brand: list[0]! }))
      const rows = (order: readonly Card[]) => {
        const { letters, head, names, any } = features(query, order)
        return new Map(order.map(({ id }, at) => [id, [letters[at], head[at], names[at], any[at]]]))
      }
      const own = rows(cards)
      for (const values of own.values())
        for (const value of values) expect([value! >= 0, value! <= 1]).toEqual([true, true])
      const turned = rows(seededRng(seed).shuffle(cards))
      for (const [id, values] of own) expect(turned.get(id)).toEqual(values)
    }),
    { seed: SEED, numRuns: 300 },
  )
})

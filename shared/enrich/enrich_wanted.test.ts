import { expect, test } from 'vitest'
import type { ItemFacts } from '../domain/enrichment.ts'
import { understandingKey, type Wanted } from './enrich_wanted.ts'

const facts: ItemFacts = {
  id: 'a',
  locale: 'en',
  title: 'Shirt',
  description: 'A shirt.',
  brand: null,
  categories: ['Clothing > Shirts', 'Sale'],
  tags: [],
  attributes: {},
  options: { Size: ['S', 'M', 'L'] },
  localised: [
    { locale: 'de', title: 'Hemd', description: null },
    { locale: 'fr', title: 'Chemise', description: null },
  ],
}
const wanted = { model: 'unit/m-1', locales: ['en'] } as unknown as Wanted
const keyOf = (over: Partial<ItemFacts> = {}) => understandingKey('s', { ...facts, ...over }, 'summary@1.1', wanted)

test('a key follows what is said of an item, and not in which order variants and markets say it', async () => {
  const key = await keyOf()
  expect(await keyOf({ id: 'b' })).toBe(key)
  expect(await keyOf({ options: { Size: ['L', 'S', 'M'] } })).toBe(key)
  expect(await keyOf({ localised: facts.localised.toReversed() })).toBe(key)
  const others = await Promise.all([
    keyOf({ options: { Size: ['S', 'M'] } }),
    keyOf({ localised: facts.localised.slice(1) }),
    // The first category is the one whose vocabulary is asked for.
    keyOf({ categories: facts.categories.toReversed() }),
    keyOf({ title: 'shirt' }),
  ])
  expect(new Set([key, ...others]).size).toBe(5)
})

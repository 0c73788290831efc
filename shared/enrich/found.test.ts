/** What was understood of an item is found, counts less than its own words, and goes with it. */
import { beforeEach, expect, test } from 'vitest'
import { ask } from '../../tests/support/ask.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { understand } from '../../tests/support/understood.ts'
import { type Location, type World, worldsOf } from '../../tests/support/world.ts'
import { SECOND_MS } from '../base/clock.ts'
import { indexFound } from './found.ts'

let world: World
let location: Location
const offers = [{ market: '*', currency: 'GBP', price: 100 }]

const demo = demoShop('hearth-and-field')
const newWorld = worldsOf({ ...demo, events: demo.events.slice(0, 200) })
beforeEach(async () => {
  world = await newWorld()
  location = await world.location()
})

async function search(query: string) {
  const { answer, ids } = await ask(location.isolate(), world.config, { query, limit: 50 })
  const by = (source: 'text' | 'vector_text') =>
    answer.ranked.flatMap((one) => (one.candidate.sources().includes(source) ? [one.candidate.id] : []))
  return { ids, text: by('text'), vectors: by('vector_text') }
}

const words = (queries: string[], hash = 'h1') => ({ understanding: { queries }, hash })

test('an item is found by words that it does not have, in full text and by vector', async () => {
  const { rawCatalogue, shop } = world
  expect(world.config.search).toMatchObject({ found: false, space: { found: false } })
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['zebrawood samovar', '湯沸かし']) }])
  await world.catchUp()
  expect(world.config.search).toMatchObject({ found: true, space: { found: true } })
  expect((await search('zebrawood samovar')).ids[0]).toBe('tp-001')
  expect((await search('samovars')).text).toEqual(['tp-001'])
  expect((await search('samovars')).vectors).toContain('tp-001')
  // Japanese is cut into words here as it is in items' own texts.
  expect((await search('湯沸かし')).text).toEqual(['tp-001'])
})

test('own words count more than understood ones', async () => {
  const { rawCatalogue, shop } = world
  await world.putItems([{ id: 'own', title: 'Zebrawood samovar', offers }])
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['zebrawood samovar']) }])
  await world.catchUp()
  expect((await search('zebrawood samovar')).text.slice(0, 2)).toEqual(['own', 'tp-001'])
})

test('a changed understanding replaces the former; a reworded item is not found by what was said of it', async () => {
  const { rawCatalogue, shop } = world
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['samovar']) }])
  await world.catchUp()
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['billycan'], 'h2') }])
  await world.catchUp()
  expect([(await search('samovar')).text, (await search('billycan')).text]).toEqual([[], ['tp-001']])
  const item = world.data.items.find((one) => one.id === 'tp-001')!
  await world.putItems([
    { ...item, title: 'Something else', updated_at: new Date(world.clock.now() + SECOND_MS).toISOString() },
  ])
  await world.catchUp()
  expect((await search('billycan')).text).toEqual([])
  const space = { shop, ...world.config.search.space! }
  expect((await world.enrich.vectors.get(space, 'found', ['tp-001'])).size).toBe(0)
})

test('a deleted item is found no more at once, and nothing is left of it after the outbox', async () => {
  const { rawCatalogue, shop } = world
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['samovar']) }])
  await world.catchUp()
  await world.deleteItem('tp-001')
  expect((await search('samovar')).ids).not.toContain('tp-001')
  expect((await search('samovar')).text).toEqual([])
  await world.catchUp()
  const left = await rawCatalogue
    .prepare(`SELECT (SELECT COUNT(*) FROM found_text WHERE found_text MATCH 'samovar') AS rows,
      (SELECT COUNT(*) FROM item_found) AS marks, (SELECT COUNT(*) FROM item_vectors WHERE item = 'tp-001') AS vectors`)
    .first()
  expect(left).toEqual({ rows: 0, marks: 0, vectors: 0 })
})

test('unchanged understanding is not written again', async () => {
  const { rawCatalogue, shop } = world
  await understand(rawCatalogue, shop, [{ item: 'tp-001', ...words(['samovar']) }])
  expect(await indexFound(shop, world.enrich)).toBe(1)
  expect(await indexFound(shop, world.enrich)).toBe(0)
})

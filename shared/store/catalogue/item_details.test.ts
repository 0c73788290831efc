import { expect, test } from 'vitest'
import { createCatalogue, itemWrite, NOW, OTHER_SHOP, SHOP, tombstone } from '../../../tests/support/unit_catalogue.ts'
import { itemDetailsSchema } from '../../domain/item_details.ts'
import { createItemDetailsReader } from './item_details.ts'
import { createItemWriter } from './item_writes.ts'

const UNDERSTANDING = {
  summary: { en: 'A teapot.', de: 'Eine Teekanne.' },
  selling_points: ['Holds 900 ml'],
  attributes: { colour: ['blue'] },
  use_cases: ['breakfast'],
  audience: ['tea drinkers'],
  questions: [{ question: 'What is it made of?', answer: 'Stoneware' }],
  queries: ['tea pot'],
}

async function setUp() {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const write = itemWrite({
    title: 'Teapot',
    locale: 'en',
    offers: [
      { market: '*', currency: 'EUR', price: 500, stock: 3 },
      { market: 'DE', currency: 'EUR', price: 450, stock: 0, title: 'Teekanne' },
      { market: 'FR', currency: 'EUR', price: 450, visible: false },
    ],
  })
  await writer.apply(SHOP, [write], NOW)
  await writer.apply(OTHER_SHOP, [itemWrite({ title: 'Foreign' })], NOW)
  const enrich = (textHash: string) =>
    db
      .prepare(
        `INSERT OR REPLACE INTO enrichments (shop, item, text_hash, recipe, understanding, hash, state, enriched_at)
         VALUES (?1, ?2, ?3, 'r', ?4, 'h', 'done', ?5)`,
      )
      .bind(SHOP, write.id, textHash, JSON.stringify(UNDERSTANDING), NOW)
      .run()
  return { db, writer, write, enrich, reader: createItemDetailsReader(db) }
}

test('an item is told as its market sees it, and never in numbers of stock', async () => {
  const { reader, write } = await setUp()
  const general = await reader.read(SHOP, write.id, 'GB', 'en-GB', NOW)
  expect(itemDetailsSchema.parse(general)).toMatchObject({ title: 'Teapot', available: true, understanding: null })
  expect(general!.variants).toMatchObject([{ price: 500, available: true }])
  const german = await reader.read(SHOP, write.id, 'DE', 'de-DE', NOW)
  expect(german).toMatchObject({ title: 'Teekanne', available: false, variants: [{ price: 450, available: false }] })
  expect(JSON.stringify([general, german])).not.toMatch(/stock/)
})

test('what a market does not show, what is gone and what is not there is not found', async () => {
  const { reader, writer, write } = await setUp()
  expect(await reader.read(SHOP, write.id, 'FR', 'fr', NOW)).toBeNull()
  expect(await reader.read(SHOP, 'nothing', 'GB', 'en', NOW)).toBeNull()
  await writer.apply(SHOP, [tombstone(write.id, NOW + 1)], NOW)
  expect(await reader.read(SHOP, write.id, 'GB', 'en', NOW)).toBeNull()
  expect((await reader.read(OTHER_SHOP, write.id, 'GB', 'en', NOW))?.title).toBe('Foreign')
})

test('what was understood is told in the language that it is in, and only of the present text', async () => {
  const { reader, write, enrich } = await setUp()
  await enrich(write.textHash)
  const own = (await reader.read(SHOP, write.id, 'GB', 'en-GB', NOW))!.understanding!
  expect(own).toEqual({
    summary: 'A teapot.',
    selling_points: ['Holds 900 ml'],
    attributes: { colour: ['blue'] },
    use_cases: ['breakfast'],
    audience: ['tea drinkers'],
    questions: [{ question: 'What is it made of?', answer: 'Stoneware' }],
  })
  const german = (await reader.read(SHOP, write.id, 'DE', 'de-DE', NOW))!.understanding!
  expect(german).toMatchObject({ summary: 'Eine Teekanne.', selling_points: [], questions: [] })
  await enrich('of an older text')
  expect((await reader.read(SHOP, write.id, 'GB', 'en-GB', NOW))!.understanding).toBeNull()
})

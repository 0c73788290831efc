/** How soon a new item is found in the running stack: by its words, among the new, and by its vector. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecommendationResponse } from '../../shared/domain/recommendation.ts'
import { demoShop } from '../support/shops.ts'
import { createShop, type Door, lines, openDoor, settled, until } from './shop_door.ts'

/** The promise: after the commit, in text search and among the new of a personal shelf. */
const FRESH_WITHIN_MS = 2_000
/** The index stand-in shows a write after a second, the queue hands its messages over within one. */
const VECTORS_WITHIN_MS = 10_000

const data = demoShop('hearth-and-field')
let door: Door
let keys: { sk: string; pk: string }

beforeAll(async () => {
  door = await openDoor()
  keys = await createShop(door, data)
  // Old enough that the shop is not taken for one that was just loaded.
  const items = data.items.map((item) => ({ ...item, created_at: '2024-01-01T00:00:00Z' }))
  const sent = await door.call('POST', '/v1/items:bulk', { key: keys.sk, raw: lines(items) })
  expect(sent.status).toBe(200)
  await door.call('POST', '/v1/events:bulk', { key: keys.sk, raw: lines(data.events.slice(0, 500)) })
  await settled(door, keys.sk)
}, 120_000)
afterAll(() => door?.stack.stop())

async function shelf(json: Record<string, unknown>): Promise<RecommendationResponse> {
  const answer = await door.call('POST', '/v1/recommendations', { key: keys.sk, json })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as RecommendationResponse
}

const put = async (id: string, title: string) => {
  const json = { title, offers: [{ market: '*', currency: 'GBP', price: 1_500 }] }
  const answer = await door.call('PUT', `/v1/items/${id}`, { key: keys.sk, json })
  expect([200, 201], answer.text).toContain(answer.status)
  return performance.now()
}

/** Milliseconds from the commit until a shelf shows the item by a source. */
async function seenAfter(
  committedAt: number,
  id: string,
  source: string,
  body: Record<string, unknown>,
  limitMs: number,
) {
  const look = () => shelf(body)
  const shows = (answer: RecommendationResponse) =>
    answer.items.some((item) => item.id === id && item.sources.includes(source as never))
  await until(`${id} by ${source}`, look, shows, limitMs)
  return performance.now() - committedAt
}

test('a new item is in text search and among the new within two seconds', { timeout: 60_000 }, async () => {
  // The isolates know the shop well, and its newest items.
  for (let n = 0; n < 3; n++) await shelf({ placement: 'home', user_id: 'u-fresh', limit: 50 })
  for (let n = 0; n < 5; n++) {
    const id = `fresh-${n}`
    const committedAt = await put(id, `Zebrawood contraption number ${n}`)
    const [text, fresh] = await Promise.all([
      seenAfter(committedAt, id, 'text', { query: `zebrawood contraption ${n}`, limit: 50 }, FRESH_WITHIN_MS),
      seenAfter(committedAt, id, 'new', { placement: 'home', user_id: `u-fresh-${n}`, limit: 50 }, FRESH_WITHIN_MS),
    ])
    expect(Math.max(text, fresh)).toBeLessThan(FRESH_WITHIN_MS)
  }
})

test('a new item is in vector recall once the watermark has passed its write', { timeout: 60_000 }, async () => {
  const db = await door.stack.database('CATALOGUE')
  const committedAt = await put('fresh-vector', 'Enamel teapot with a bamboo handle for two cups')
  const mark = () =>
    db
      .prepare(`SELECT mutation, written_at FROM item_vectors WHERE item = 'fresh-vector' AND view = 'text'`)
      .first<{ mutation: string | null; written_at: number }>()
  const written = await until('the vector written', mark, (row) => row !== null, VECTORS_WITHIN_MS)
  expect(written!.mutation).not.toBeNull()
  const body = { query: 'bamboo handled enamel teapots', limit: 50 }
  const took = await seenAfter(committedAt, 'fresh-vector', 'vector_text', body, VECTORS_WITHIN_MS)
  // No sooner than the index shows what it took.
  expect(Date.now()).toBeGreaterThanOrEqual(written!.written_at + 900)
  expect(took).toBeLessThan(VECTORS_WITHIN_MS)
})

test('a shop that was just loaded has nothing that is new', { timeout: 60_000 }, async () => {
  const other = { ...data, shop: 'just-loaded' }
  const own = await createShop(door, other)
  const items = data.items.map((item) => ({ ...item, created_at: undefined }))
  await door.call('POST', '/v1/items:bulk', { key: own.sk, raw: lines(items) })
  await settled(door, own.sk)
  const answer = await door.call('POST', '/v1/recommendations', {
    key: own.sk,
    json: { placement: 'home', user_id: 'u', limit: 50 },
  })
  const { items: shown } = answer.body as RecommendationResponse
  expect(shown.length).toBeGreaterThan(10)
  expect(shown.filter((item) => item.sources.includes('new'))).toEqual([])
})

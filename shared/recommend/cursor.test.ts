import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { serve } from '../../tests/support/ask.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type ShelfParts, type World } from '../../tests/support/world.ts'
import { base64url, fromBase64url } from '../base/hash.ts'
import { Problem } from '../base/problem.ts'
import { LIMITS } from '../domain/limits.ts'
import { readCursor, writeCursor } from './cursor.ts'

const NOW = 1_767_225_600_000
const SECRET = 'secret'
const SCOPE = { shop: 'shop-a', placement: 'home' }

const write = (shown: number[], scope = SCOPE, nowMs = NOW, secret = SECRET) => writeCursor(secret, scope, shown, nowMs)
const read = (cursor: string, scope = SCOPE, nowMs = NOW, secret = SECRET) => readCursor(secret, scope, cursor, nowMs)

test('gives back what was shown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: 0xffffffff }), { maxLength: LIMITS.cursorItems }), async (shown) => {
      const cursor = await write(shown)
      expect(cursor.length).toBeLessThanOrEqual(LIMITS.cursorChars)
      expect([...(await read(cursor))!].sort()).toEqual([...shown].sort())
    }),
    { numRuns: 100 },
  )
})

test('refuses what belongs elsewhere', async () => {
  const cursor = await write([1, 2, 3])
  expect(await read(cursor, { ...SCOPE, shop: 'shop-b' })).toBeNull()
  expect(await read(cursor, { ...SCOPE, placement: 'cart' })).toBeNull()
  // The border between shop and placement is part of the seal.
  expect(await read(await write([1], { shop: 'ab', placement: 'c' }), { shop: 'a', placement: 'bc' })).toBeNull()
  expect(await read(cursor, SCOPE, NOW, 'another secret')).toBeNull()
})

test('lives half an hour', async () => {
  const cursor = await write([1])
  expect(await read(cursor, SCOPE, NOW + LIMITS.cursorTtlMs)).not.toBeNull()
  expect(await read(cursor, SCOPE, NOW + LIMITS.cursorTtlMs + 1_001)).toBeNull()
})

test('refuses every damaged bit', async () => {
  const bytes = fromBase64url(await write([7, 0xffffffff]))!
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice()
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    expect(await read(base64url(damaged)), `bit ${bit}`).toBeNull()
  }
})

test('refuses cuts, additions and any other bytes, and never throws', async () => {
  const bytes = fromBase64url(await write([1, 2, 3, 4]))!
  for (let length = 0; length < bytes.length; length++) expect(await read(base64url(bytes.slice(0, length)))).toBeNull()
  expect(await read(base64url(new Uint8Array([...bytes, 0, 0, 0, 0])))).toBeNull()
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }).map(base64url), fc.string()), async (text) => {
      expect(await read(text)).toBeNull()
    }),
    { numRuns: 2_000 },
  )
})

let world: World
let isolate: ShelfParts
beforeAll(async () => {
  world = await createWorld(demoShop('tsukimi'))
  isolate = (await world.location()).isolate()
})

for (const who of [{}, { user_id: 'u-pages' }]) {
  test(`pages of ${JSON.stringify(who)} repeat nothing until the catalogue is exhausted`, async () => {
    const seen = new Set<string>()
    let cursor: string | null = null
    do {
      const body: Record<string, unknown> = {
        placement: 'home',
        limit: 20,
        ...who,
        ...(cursor === null ? {} : { cursor }),
      }
      const { response } = await serve(isolate, world.config, body)
      for (const { id } of response.items) {
        expect(seen.has(id), id).toBe(false)
        seen.add(id)
      }
      cursor = response.next_cursor
    } while (cursor !== null)
    const sellable = world.data.items.filter((item) =>
      item.offers.some(
        ({ market, visible = true, stock, variants }) =>
          market === 'JP' && visible && (variants ? variants.some((own) => own.stock !== 0) : stock !== 0),
      ),
    )
    expect(seen.size).toBe(sellable.length)
  })
}

test('a refused cursor is the problem invalid_cursor', async () => {
  const { response } = await serve(isolate, world.config, { placement: 'home' })
  const refused = serve(isolate, world.config, { placement: 'cart', cursor: response.next_cursor })
  await expect(refused).rejects.toThrow(Problem)
  await expect(refused).rejects.toMatchObject({ code: 'invalid_cursor' })
})

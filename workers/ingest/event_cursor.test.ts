import { expect, test } from 'vitest'
import { fromBase64url } from '../../shared/base/hash.ts'
import type { EventPlace } from '../../shared/store/event_reads.ts'
import { openPlace, sealPlace } from './event_cursor.ts'
import { encodeCursor } from './paging.ts'

const SECRET = 'a secret of the tests'
const place = (over: Partial<EventPlace> = {}): EventPlace => ({
  ...{ phase: 'waiting', firstWaiting: 770_077, readThrough: 880_088, object: '', offset: 3 },
  ...over,
})
/** Everything that a cursor says to whoever takes it apart. */
const shown = (cursor: string) =>
  `${cursor} ${new TextDecoder().decode(fromBase64url(cursor.replace(/^v1\./, '')) ?? new Uint8Array())}`

test('a place comes back for its own shop, with its own secret, and for nobody else', async () => {
  const cursor = await sealPlace(place(), 'shop-a', SECRET)
  expect(await openPlace(cursor, 'shop-a', SECRET)).toEqual(place())
  expect(await openPlace(undefined, 'shop-a', SECRET)).toBeNull()
  const refused = { code: 'invalid_request' }
  await expect(openPlace(cursor, 'shop-b', SECRET)).rejects.toMatchObject(refused)
  await expect(openPlace(cursor, 'shop-a', 'another secret')).rejects.toMatchObject(refused)
  for (const odd of ['', 'x', cursor.slice(0, -2), `${cursor}A`, cursor.repeat(10)])
    await expect(openPlace(odd, 'shop-a', SECRET), odd).rejects.toMatchObject(refused)
})

test('a cursor tells nothing of how much all shops send: neither a number nor its length', async () => {
  const few = await sealPlace(place({ firstWaiting: 1, readThrough: 2 }), 'shop-a', SECRET)
  const object = '2026-01-01/100000000-900000000.ndjson'
  const many = await sealPlace(place({ phase: 'archive', readThrough: 900_000_000, object }), 'shop-a', SECRET)
  expect(many.length).toBe(few.length)
  expect(shown(await sealPlace(place(), 'shop-a', SECRET))).not.toMatch(/770077|880088|waiting/)
  // Control: a cursor that is only written in base64 tells it all.
  expect(shown(encodeCursor(['waiting', 770_077, 880_088]))).toMatch(/770077.*880088/)
})

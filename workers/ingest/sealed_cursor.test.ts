import { expect, test } from 'vitest'
import { fromBase64url } from '../../shared/base/hash.ts'
import type { ExportPlace } from '../../shared/ingest/export_shopper.ts'
import type { EventPlace } from '../../shared/store/event_reads.ts'
import { encodeCursor } from './paging.ts'
import { sealedCursors } from './sealed_cursor.ts'

const SECRET = 'a secret of the tests'
const cursors = sealedCursors<EventPlace>(['events', 'shop-a'], SECRET)
const place = (over: Partial<EventPlace> = {}): EventPlace => ({
  ...{ phase: 'waiting', firstWaiting: 770_077, readThrough: 880_088, object: '', offset: 3 },
  ...over,
})
/** Everything that a cursor says to whoever takes it apart. */
const shown = (cursor: string) =>
  `${cursor} ${new TextDecoder().decode(fromBase64url(cursor.replace(/^v1\./, '')) ?? new Uint8Array())}`

test('a place comes back for what it was sealed for, with its own secret, and for nothing else', async () => {
  const cursor = await cursors.seal(place())
  expect(await cursors.open(cursor)).toEqual(place())
  expect(await cursors.open(undefined)).toBeNull()
  const refused = { code: 'invalid_request' }
  for (const others of [
    sealedCursors(['events', 'shop-b'], SECRET),
    sealedCursors(['shopper', 'shop-a'], SECRET),
    sealedCursors(['events', 'shop-a'], 'another secret'),
  ])
    await expect(others.open(cursor)).rejects.toMatchObject(refused)
  for (const odd of ['', 'x', cursor.slice(0, -2), `${cursor}A`, cursor.repeat(10)])
    await expect(cursors.open(odd), odd).rejects.toMatchObject(refused)
})

test('a cursor tells nothing of how much all shops send: neither a number nor its length', async () => {
  const few = await cursors.seal(place({ firstWaiting: 1, readThrough: 2 }))
  const object = '2026-01-01/100000000-900000000.ndjson'
  const many = await cursors.seal(place({ phase: 'archive', readThrough: 900_000_000, object }))
  const shoppers = sealedCursors<ExportPlace>(['shopper', 'shop-a', 'u'], SECRET)
  const own = [
    await shoppers.seal({ where: 'waiting', from: '1' }),
    await shoppers.seal({ where: 'impressions', from: `2026-01-01/${'0'.repeat(60)}.ndjson` }),
  ]
  expect([many, ...own].map(({ length }) => length)).toEqual(Array(3).fill(few.length))
  expect(shown(await cursors.seal(place()))).not.toMatch(/770077|880088|waiting/)
  // Control: a cursor that is only written in base64 tells it all.
  expect(shown(encodeCursor(['waiting', 770_077, 880_088]))).toMatch(/770077.*880088/)
})

/** One suite for both: R2 in memory, and R2 of the real local runtime. */
import type { R2Bucket, R2Objects } from '@cloudflare/workers-types'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../shared/base/clock.ts'
import { errorOf } from '../testing/outcome.ts'
import { startStores } from '../testing/runtime.ts'
import { createMemoryR2 } from './memory_r2.ts'

const BACKENDS = [
  { name: 'memory', start: async () => ({ r2: createMemoryR2({ clock: systemClock }), dispose: async () => {} }) },
  { name: 'workerd', start: startStores },
]
const MD5_OF_HELLO = '5d41402abc4b2a76b9719d911017c592'

describe.each(BACKENDS)('R2 on $name', ({ start }) => {
  let r2: R2Bucket
  let dispose: () => Promise<void>
  const keys = (page: R2Objects) => page.objects.map((object) => object.key)

  beforeAll(async () => {
    const started = await start()
    r2 = started.r2
    dispose = started.dispose
  }, 30_000)
  afterAll(() => dispose())
  beforeEach(async () => {
    await r2.delete(keys(await r2.list()))
  })

  test('gives back what was put, with its facts', async () => {
    const put = await r2.put('a', 'hello', { httpMetadata: { contentType: 'text/plain' }, customMetadata: { x: '1' } })
    const facts = {
      key: 'a',
      size: 5,
      etag: MD5_OF_HELLO,
      httpEtag: `"${MD5_OF_HELLO}"`,
      httpMetadata: { contentType: 'text/plain' },
      customMetadata: { x: '1' },
    }
    expect(put).toMatchObject(facts)
    expect(put!.version).toMatch(/^[0-9a-f]{32}$/)
    expect(put.uploaded).toBeInstanceOf(Date)
    expect(await r2.head('a')).toMatchObject({ ...facts, version: put!.version, range: { offset: 0, length: 5 } })
    const object = await r2.get('a')
    expect(object).toMatchObject(facts)
    expect(await object!.text()).toBe('hello')
    expect(object!.bodyUsed).toBe(true)
    expect(await errorOf(() => object!.text())).toMatch(/used|unusable|read/i)
  })

  test('takes bytes, text and nothing', async () => {
    await r2.put('bytes', new Uint8Array([1, 2, 3]))
    expect([...new Uint8Array(await (await r2.get('bytes'))!.arrayBuffer())]).toEqual([1, 2, 3])
    await r2.put('json', '{"a":1}')
    expect(await (await r2.get('json'))!.json()).toEqual({ a: 1 })
    expect((await r2.put('nothing', null))!.size).toBe(0)
    expect(await errorOf(() => r2.put('number', 5 as never))).toContain("Failed to execute 'put' on 'R2Bucket'")
  })

  test('misses', async () => {
    expect(await r2.get('none')).toBeNull()
    expect(await r2.head('none')).toBeNull()
    await r2.delete('none')
  })

  test.each([
    [{ offset: 1, length: 2 }, 'el', { offset: 1, length: 2 }],
    [{ suffix: 2 }, 'lo', { offset: 3, length: 2 }],
    [{ offset: 3 }, 'lo', { offset: 3, length: 2 }],
    [{ length: 9 }, 'hello', { offset: 0, length: 5 }],
  ])('reads the range %o', async (range, text, actual) => {
    await r2.put('a', 'hello')
    const object = await r2.get('a', { range })
    expect(await object!.text()).toBe(text)
    expect(object!.range).toEqual(actual)
  })

  test('refuses a range beyond the end', async () => {
    await r2.put('a', 'hello')
    expect(await errorOf(() => r2.get('a', { range: { offset: 10 } }))).toBe(
      'get: The requested range is not satisfiable (10039)',
    )
  })

  test('conditions', async () => {
    await r2.put('a', 'hello')
    expect(await r2.put('a', 'again', { onlyIf: { etagDoesNotMatch: '*' } })).toBeNull()
    expect(await r2.put('a', 'again', { onlyIf: { etagMatches: 'other' } })).toBeNull()
    expect((await r2.put('new', 'x', { onlyIf: { etagDoesNotMatch: '*' } }))?.key).toBe('new')
    const skipped = await r2.get('a', { onlyIf: { etagMatches: 'other' } })
    expect(skipped).toMatchObject({ key: 'a', etag: MD5_OF_HELLO })
    expect(skipped && 'body' in skipped ? skipped.body : undefined).toBeUndefined()
    expect((await r2.put('a', 'again', { onlyIf: { etagMatches: MD5_OF_HELLO } }))?.size).toBe(5)
  })

  test('lists by prefix, page and delimiter', async () => {
    for (const key of ['a', 'b/1', 'b/2', 'b/c/3', 'z']) await r2.put(key, 'x', { customMetadata: { k: key } })
    const all = await r2.list()
    expect(keys(all)).toEqual(['a', 'b/1', 'b/2', 'b/c/3', 'z'])
    expect(all).toMatchObject({ truncated: false, delimitedPrefixes: [] })
    expect(all.objects[0]!.customMetadata).toEqual({})
    expect((await r2.list({ include: ['customMetadata'] })).objects[0]!.customMetadata).toEqual({ k: 'a' })
    expect(keys(await r2.list({ prefix: 'b/' }))).toEqual(['b/1', 'b/2', 'b/c/3'])
    expect(keys(await r2.list({ startAfter: 'b/2' }))).toEqual(['b/c/3', 'z'])
    const first = await r2.list({ limit: 2 })
    if (!first.truncated) throw new Error('expected a second page')
    expect(keys(await r2.list({ limit: 3, cursor: first.cursor }))).toEqual(['b/2', 'b/c/3', 'z'])
    const grouped = await r2.list({ delimiter: '/' })
    expect([keys(grouped), grouped.delimitedPrefixes]).toEqual([['a', 'z'], ['b/']])
    expect((await r2.list({ delimiter: '/', prefix: 'b/' })).delimitedPrefixes).toEqual(['b/c/'])
  })

  test('refuses bad pages and names', async () => {
    for (const limit of [0, 1_001]) {
      expect(await errorOf(() => r2.list({ limit }))).toBe(
        'list: MaxKeys params must be positive integer <= 1000. (10022)',
      )
    }
    expect(await errorOf(() => r2.put('é'.repeat(513), 'x'))).toBe(
      'put: The specified object name is not valid. (10020)',
    )
    expect(await errorOf(() => r2.get('é'.repeat(513)))).toBe('get: The specified object name is not valid. (10020)')
  })

  test('deletes one or many', async () => {
    for (const key of ['a', 'b', 'c']) await r2.put(key, 'x')
    await r2.delete(['a', 'none'])
    await r2.delete('b')
    expect(keys(await r2.list())).toEqual(['c'])
  })
})

/** One suite for both: KV in memory, and KV of the real local runtime. */
import type { KVNamespace } from '@cloudflare/workers-types'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../shared/base/clock.ts'
import { errorOf } from '../testing/outcome.ts'
import { startStores } from '../testing/runtime.ts'
import { createMemoryKv } from './memory_kv.ts'

const BACKENDS = [
  { name: 'memory', start: async () => ({ kv: createMemoryKv({ clock: systemClock }), dispose: async () => {} }) },
  { name: 'workerd', start: startStores },
]
const LONG = 'é'.repeat(257)

describe.each(BACKENDS)('KV on $name', ({ start }) => {
  let kv: KVNamespace
  let dispose: () => Promise<void>

  beforeAll(async () => {
    const started = await start()
    kv = started.kv
    dispose = started.dispose
  }, 30_000)
  afterAll(() => dispose())
  beforeEach(async () => {
    for (const { name } of (await kv.list()).keys) await kv.delete(name)
  })

  test('reads what was put, in every type', async () => {
    await kv.put('a', '{"n":1}', { metadata: { m: 1 } })
    expect(await kv.get('a')).toBe('{"n":1}')
    expect(await kv.get('a', 'json')).toEqual({ n: 1 })
    expect(await kv.get('a', { type: 'json', cacheTtl: 30 })).toEqual({ n: 1 })
    expect(new TextDecoder().decode((await kv.get('a', 'arrayBuffer'))!)).toBe('{"n":1}')
    expect(await kv.getWithMetadata('a')).toEqual({ value: '{"n":1}', metadata: { m: 1 }, cacheStatus: null })
    await kv.put('bytes', new Uint8Array([104, 105]))
    expect(await kv.get('bytes')).toBe('hi')
    await kv.put('empty', '')
    expect(await kv.get('empty')).toBe('')
  })

  test('misses', async () => {
    expect(await kv.get('none')).toBeNull()
    expect(await kv.getWithMetadata('none')).toEqual({ value: null, metadata: null, cacheStatus: null })
    await kv.delete('none')
  })

  test('reads many keys at once', async () => {
    await kv.put('a', '1', { metadata: { m: 1 } })
    await kv.put('b', 'text')
    expect([...(await kv.get(['a', 'none', 'b']))]).toEqual([
      ['a', '1'],
      ['none', null],
      ['b', 'text'],
    ])
    expect([...(await kv.get(['a', 'none'], 'json'))]).toEqual([
      ['a', 1],
      ['none', null],
    ])
    const found = await kv.getWithMetadata(['a', 'b', 'none'])
    expect(found.get('a')).toMatchObject({ value: '1', metadata: { m: 1 } })
    expect(found.get('b')).toMatchObject({ value: 'text', metadata: null })
    expect(found.get('none')).toBeNull()
  })

  test('refuses bad bulk reads', async () => {
    await kv.put('b', 'text')
    const keys = Array.from({ length: 101 }, (_, i) => `k${i}`)
    expect((await kv.get(keys.slice(1))).size).toBe(100)
    expect(await errorOf(() => kv.get(keys))).toBe('KV GET_BULK failed: 400 You can request a maximum of 100 keys')
    expect(await errorOf(() => kv.get([]))).toBe('KV GET_BULK failed: 400 You must request a minimum of 1 key')
    expect(await errorOf(() => kv.get(['b'], 'json'))).toBe(
      'KV GET_BULK failed: 400 At least one of the requested keys corresponds to a non-json value',
    )
    expect(await errorOf(() => kv.get(['b'], 'arrayBuffer' as 'text'))).toBe(
      'KV GET_BULK failed: 400 "arrayBuffer" is not a valid type. Use "json" or "text"',
    )
  })

  test('refuses bad keys', async () => {
    const tooLong = (operation: string) =>
      `KV ${operation} failed: 414 UTF-8 encoded length of 514 exceeds key length limit of 512.`
    expect(await errorOf(() => kv.get(''))).toBe('Key name cannot be empty.')
    expect(await errorOf(() => kv.get('.'))).toBe('"." is not allowed as a key name.')
    expect(await errorOf(() => kv.put('..', 'x'))).toBe('".." is not allowed as a key name.')
    expect(await errorOf(() => kv.get(LONG))).toBe(tooLong('GET'))
    expect(await errorOf(() => kv.put(LONG, 'x'))).toBe(tooLong('PUT'))
    expect(await errorOf(() => kv.delete(LONG))).toBe(tooLong('DELETE'))
    await kv.put('é'.repeat(256), 'x')
  })

  test.each([
    [{ expirationTtl: 59 }, '400 Invalid expiration_ttl of 59. Expiration TTL must be at least 60.'],
    [{ expirationTtl: 0 }, '400 Invalid expiration_ttl of 0. Please specify integer greater than 0.'],
    [
      { expiration: 5 },
      '400 Invalid expiration of 5. Please specify integer greater than the current number of seconds since the UNIX epoch.',
    ],
    [{ metadata: 'x'.repeat(1_023) }, '413 Metadata length of 1025 exceeds limit of 1024.'],
  ])('refuses to put with %o', async (options, text) => {
    expect(await errorOf(() => kv.put('a', 'x', options))).toBe(`KV PUT failed: ${text}`)
    expect(await kv.get('a')).toBeNull()
  })

  test('accepts the limits themselves', async () => {
    await kv.put('a', 'x', { expirationTtl: 60, metadata: 'x'.repeat(1_022) })
    const [key] = (await kv.list()).keys
    expect(key!.expiration! - Date.now() / 1_000).toBeGreaterThan(55)
    await kv.put('big', 'x'.repeat(25 * 1_024 * 1_024))
    expect(await errorOf(() => kv.put('big', 'x'.repeat(25 * 1_024 * 1_024 + 1)))).toBe(
      'KV PUT failed: 413 Value length of 26214401 exceeds limit of 26214400.',
    )
  })

  test('refuses objects as values, and other readings', async () => {
    expect(await errorOf(() => kv.put('a', { a: 1 } as never))).toContain('KV put() accepts only strings')
    await kv.put('a', 'x')
    expect(await errorOf(() => kv.get('a', { type: 'text', cacheTtl: 29 }))).toBe(
      'KV GET failed: 400 Invalid cache_ttl of 29. Cache TTL must be at least 30.',
    )
    expect(await errorOf(() => kv.get('a', 'other' as 'text'))).toContain('Unknown response type')
    expect(await errorOf(() => kv.get('a', 'json'))).toContain('JSON')
  })

  test('lists in UTF-8 order, by prefix and by page', async () => {
    const names = ['\u{1F600}', '\uffee', 'Z', 'é', 'a/1', 'a/2']
    for (const name of names) await kv.put(name, 'x', name === 'Z' ? { metadata: { m: 1 } } : {})
    const all = await kv.list()
    expect(all.keys.map((key) => key.name)).toEqual(['Z', 'a/1', 'a/2', 'é', '\uffee', '\u{1F600}'])
    expect(all.keys[0]).toEqual({ name: 'Z', metadata: { m: 1 } })
    expect(all).toMatchObject({ list_complete: true, cacheStatus: null })
    expect((await kv.list({ prefix: 'a/' })).keys).toHaveLength(2)
    const first = await kv.list({ limit: 4 })
    if (first.list_complete) throw new Error('expected a second page')
    const second = await kv.list({ limit: 4, cursor: first.cursor })
    expect(second.keys.map((key) => key.name)).toEqual(['\uffee', '\u{1F600}'])
    expect(second.list_complete).toBe(true)
    expect((await kv.list({ limit: 6 })).list_complete).toBe(true)
    expect(await errorOf(() => kv.list({ limit: 1_001 }))).toBe(
      'KV GET failed: 400 Invalid key_count_limit of 1001. Please specify an integer less than 1000.',
    )
  })
})

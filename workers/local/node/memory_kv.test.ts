import { expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { createMemoryKv } from './memory_kv.ts'

test('values expire on the clock, in reads and in lists', async () => {
  const clock = manualClock(1_000_000_000)
  const kv = createMemoryKv({ clock })
  await kv.put('ttl', 'x', { expirationTtl: 60 })
  await kv.put('at', 'x', { expiration: 1_000_090 })
  await kv.put('ever', 'x')
  clock.advance(59_999)
  expect(await kv.get('ttl')).toBe('x')
  expect((await kv.list()).keys).toEqual([
    { name: 'at', expiration: 1_000_090 },
    { name: 'ever' },
    { name: 'ttl', expiration: 1_000_060 },
  ])
  clock.advance(1)
  expect(await kv.get('ttl')).toBeNull()
  clock.advance(30_000)
  expect((await kv.list()).keys).toEqual([{ name: 'ever' }])
  expect((await kv.get(['at', 'ever'])).get('at')).toBeNull()
})

test('what was stored cannot be changed from outside', async () => {
  const kv = createMemoryKv({ clock: manualClock(0) })
  const bytes = new Uint8Array([1, 2])
  await kv.put('a', bytes)
  bytes[0] = 9
  const read = new Uint8Array((await kv.get('a', 'arrayBuffer'))!)
  expect([...read]).toEqual([1, 2])
  read[0] = 9
  expect([...new Uint8Array((await kv.get('a', 'arrayBuffer'))!)]).toEqual([1, 2])
})

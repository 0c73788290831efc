import type { KVNamespace } from '@cloudflare/workers-types'
import { beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { createKvWorld } from './kv_location.ts'
import { createMemoryKv } from './memory_kv.ts'

let clock: ReturnType<typeof manualClock>
let near: KVNamespace
let far: KVNamespace

beforeEach(() => {
  clock = manualClock(1_000_000)
  const world = createKvWorld({ truth: createMemoryKv({ clock }), clock })
  near = world.location()
  far = world.location()
})

test('a location sees its own writes at once, and others theirs within a minute', async () => {
  await near.put('a', 'one')
  expect([await near.get('a'), await far.get('a')]).toEqual(['one', 'one'])
  clock.advance(1_000)
  await near.put('a', 'two')
  expect([await near.get('a'), await far.get('a')]).toEqual(['two', 'one'])
  clock.advance(58_999)
  expect(await far.get('a')).toBe('one')
  clock.advance(1)
  expect(await far.get('a')).toBe('two')
})

test('a miss is kept as long as a value, in bulk reads too', async () => {
  expect(await far.get('late')).toBeNull()
  expect(await far.get(['late'])).toEqual(new Map([['late', null]]))
  await near.put('late', 'here')
  clock.advance(59_000)
  expect([await far.get('late'), (await far.get(['late'])).get('late')]).toEqual([null, null])
  clock.advance(1_000)
  expect((await far.get(['late'])).get('late')).toBe('here')
})

test('a shorter cacheTtl looks again sooner, a deleted value lingers elsewhere', async () => {
  await near.put('a', 'one')
  await far.get('a')
  clock.advance(30_000)
  await near.delete('a')
  expect([await near.get('a'), await far.get('a')]).toEqual([null, 'one'])
  expect(await far.get('a', { cacheTtl: 30 })).toBeNull()
})

test('one write a second and key, wherever it comes from', async () => {
  await near.put('a', 'one')
  await expect(near.put('a', 'two')).rejects.toThrow('KV PUT failed: 429')
  await expect(far.delete('a')).rejects.toThrow('KV DELETE failed: 429')
  await far.put('b', 'other keys are free')
  clock.advance(1_000)
  await near.put('a', 'two')
  expect(await near.get('a')).toBe('two')
})

test('negative control: KV of the local runtime has none of this', async () => {
  const plain = createMemoryKv({ clock })
  expect(await plain.get('late')).toBeNull()
  await plain.put('late', 'one')
  await plain.put('late', 'two')
  expect(await plain.get('late')).toBe('two')
})

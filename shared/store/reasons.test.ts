import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { manualClock } from '../base/clock.ts'
import type { ToldReason } from '../domain/told_reason.ts'
import { kvKeys } from './keys.ts'
import { createReasonStore } from './reasons.ts'

const fact = { item: null, attribute: null, value: null, count: null, market: null, since: null, effect: true }
const reason: ToldReason = { evidence: 'h', text: 'Popular.', facts: [{ ...fact, id: 'p', kind: 'popular' }] }
const kept = { v: 1, key: 'key', reason }
const pack = { v: 1 as const, key: 'key', locale: 'en', reasons: { i: reason }, madeAtMs: NOW }

function setUp() {
  const clock = manualClock(NOW)
  const kv = createMemoryKv({ clock })
  return { clock, kv, store: createReasonStore(kv) }
}

test('reasons and packs come back as they were put, until their time', async () => {
  const { clock, store } = setUp()
  await store.putReason('shop', { digest: 'd', key: 'key', reason })
  await store.putPack('shop', 'd', pack)
  expect(await store.reasons('shop', [{ digest: 'd', key: 'key' }])).toEqual(new Map([['d', reason]]))
  expect(await store.pack('shop', 'd', 'key')).toEqual(pack)
  expect(await store.reasons('other', [{ digest: 'd', key: 'key' }])).toEqual(new Map())
  expect(await store.pack('other', 'd', 'key')).toBeNull()
  clock.advance(8 * 86_400_000)
  expect(await store.reasons('shop', [{ digest: 'd', key: 'key' }])).toEqual(new Map())
  expect(await store.pack('shop', 'd', 'key')).toBeNull()
})

test('many are read in portions that KV takes', async () => {
  const { store } = setUp()
  const wanted = Array.from({ length: 230 }, (_, at) => ({ digest: `d${at}`, key: `k${at}` }))
  for (const own of wanted) await store.putReason('shop', { ...own, reason })
  expect((await store.reasons('shop', wanted)).size).toBe(230)
})

test.each<[string, string]>([
  ['of another key', JSON.stringify({ ...kept, key: 'foreign' })],
  ['of another version', JSON.stringify({ ...kept, v: 2 })],
  ['cut off', JSON.stringify(kept).slice(0, 60)],
  ['without facts', JSON.stringify({ ...kept, reason: { ...reason, facts: [] } })],
  ['with a foreign field', JSON.stringify({ ...kept, reason: { ...reason, html: '<b>' } })],
  ['no JSON', 'x'],
])('a value %s is a miss', async (_name, text) => {
  const { kv, store } = setUp()
  await kv.put(kvKeys.reason('shop', 'd'), text)
  await kv.put(kvKeys.reasonPack('shop', 'd'), text)
  expect(await store.reasons('shop', [{ digest: 'd', key: 'key' }])).toEqual(new Map())
  expect(await store.pack('shop', 'd', 'key')).toBeNull()
})

import type { KVNamespace } from '@cloudflare/workers-types'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { demoShop, type ShopData } from '../../tests/support/shops.ts'
import { printed } from './print.ts'
import { type Replayed, replay } from './replay.ts'
import { perShelf, reportOf } from './report.ts'

const ITEMS = 24
const OPTIONS = { warmUpMinutes: 1, minutes: 2, requestsPerSecond: 1 }

/** A small part of a demo shop. */
function smallShop(): ShopData {
  const data = demoShop('hearth-and-field')
  const items = data.items.slice(0, ITEMS)
  const sold = new Set(items.map(({ id }) => id))
  const events = data.events.filter((event) => sold.has((event as { item_id: string }).item_id))
  return { ...data, items, events }
}

// Ids and draws come from the platform: a replay that is to be the same again has them from a seed.
beforeEach(() => {
  const rng = seededRng(1)
  let ids = 0
  vi.spyOn(crypto, 'randomUUID').mockImplementation(() => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`)
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const bytes = new Uint8Array(array!.buffer, array!.byteOffset, array!.byteLength)
    for (let at = 0; at < bytes.length; at++) bytes[at] = rng.int(256)
    return array
  })
})
afterEach(() => vi.restoreAllMocks())

/** KV that keeps a count of its own, below the one that is tested. */
function watched(kv: KVNamespace, seen: { reads: number; writes: number }): KVNamespace {
  const read = vi.fn((key: string | string[]) => {
    seen.reads += [key].flat().length
  })
  return {
    ...kv,
    get: (...args: [never]) => {
      read(args[0])
      return kv.get(...args)
    },
    getWithMetadata: (...args: [never]) => {
      read(args[0])
      return kv.getWithMetadata(...args)
    },
    put: (...args: Parameters<KVNamespace['put']>) => {
      seen.writes += 1
      return kv.put(...args)
    },
  } as KVNamespace
}

const inAll = ({ meter }: Replayed, resource: string) =>
  meter.accounts().reduce((sum, account) => sum + (meter.counts(account)[resource] ?? 0), 0)

test('counts are what the stores were asked, and one more read a shelf is seen', async () => {
  const seen = { reads: 0, writes: 0 }
  const plain = await replay(smallShop(), { ...OPTIONS, stand: (kv) => watched(kv, seen) })
  expect(plain.failures).toEqual([])
  expect([inAll(plain, 'kv.reads'), inAll(plain, 'kv.writes')]).toEqual([seen.reads, seen.writes])
  expect(plain.shelves).toBe(OPTIONS.minutes * 60 * OPTIONS.requestsPerSecond)
  // A request each shelf and each event; the pulse and the minute's work, and no slow cron in the counted minutes.
  expect(plain.counts.shelves['workers.requests']).toBe(plain.shelves)
  expect(plain.counts.events['workers.requests']).toBe(plain.events)
  expect(plain.counts.crons['workers.requests']).toBe(2 * OPTIONS.minutes)
  // Every item is understood and embedded, and has a vector of each view.
  expect(plain.counts.night['tokens.embedding']).toBeGreaterThan(0)
  expect(plain.counts.night['vectorize.storedDimensions']).toBe(2 * ITEMS * 256)
  expect(plain.transactions.length).toBeGreaterThan(plain.shelves)

  const planted = await replay(smallShop(), {
    ...OPTIONS,
    beside: async (shop) => void (await shop.platform.bindings.CACHE.get('planted')),
  })
  const more = (resource: string) => (perShelf(planted)[resource] ?? 0) - (perShelf(plain)[resource] ?? 0)
  expect(more('kv.reads')).toBe(1)
  expect(more('kv.reads')).toBeLessThan(1.1)
  expect(Math.abs(more('workers.requests'))).toBeLessThan(0.05)

  const [once, twice] = [reportOf(plain, 1e6), reportOf(plain, 2e6)]
  expect(twice.shelves.dollars).toBeCloseTo(2 * once.shelves.dollars, 9)
  expect(twice.shelves.perMillion).toBeCloseTo(once.shelves.perMillion, 9)
  expect(twice.night).toEqual(once.night)
  expect(reportOf(planted, 1e6).shelves.dollars).toBeGreaterThan(once.shelves.dollars + 0.4)
  const text = printed(once).join('\n')
  expect(text).toContain('Workers Paid, a month')
  expect(text).not.toMatch(/NaN|undefined|Infinity/)
})

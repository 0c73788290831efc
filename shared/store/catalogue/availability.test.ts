import { expect, test } from 'vitest'
import {
  createCatalogue,
  iso,
  itemWrite,
  NOW,
  OTHER_SHOP,
  SHOP,
  tombstone,
} from '../../../tests/support/unit_catalogue.ts'
import { laggingD1 } from '../../../workers/local/node/lag.ts'
import { manualClock } from '../../base/clock.ts'
import type { Offer } from '../../domain/item.ts'
import { FRESHNESS } from '../../domain/limits.ts'
import { createAvailabilityReader } from './availability.ts'
import { createEnrichmentStore } from './enrichment.ts'
import { createItemWriter } from './item_writes.ts'

const offer = (market: string, over: Partial<Offer> = {}): Offer => ({ market, currency: 'EUR', price: 1_000, ...over })

async function setUp(options: { lagMs?: number; freshness?: 'replica' | 'primary' } = {}) {
  const primary = await createCatalogue()
  const clock = manualClock(NOW)
  const lag = { ms: options.lagMs ?? 0 }
  const db = laggingD1({ primary, clock, lagMs: () => lag.ms })
  return {
    clock,
    lag,
    writer: createItemWriter(primary),
    pulse: () => createEnrichmentStore(primary).writePulse(clock.now()),
    reader: createAvailabilityReader(db, clock, options.freshness ?? 'replica'),
  }
}

const put = (id: string, ms: number, offers: Offer[]) => itemWrite({ id, updated_at: iso(NOW + ms), offers })

test('names every offer that cannot be sold, by market and shop', async () => {
  const { writer, reader } = await setUp({ freshness: 'primary' })
  await writer.apply(
    SHOP,
    [
      put('sold-out', 0, [offer('DE', { stock: 0 }), offer('FR')]),
      put('hidden', 0, [offer('*', { visible: false })]),
      put('fine', 0, [offer('*')]),
    ],
    NOW,
  )
  await writer.apply(OTHER_SHOP, [put('foreign', 0, [offer('DE', { stock: 0 })])], NOW)
  await writer.apply(SHOP, [put('gone', 0, [offer('*')])], NOW)
  await writer.apply(SHOP, [tombstone('gone', NOW + 1)], NOW)
  const { unsellable, epoch, asOfMs } = await reader.all(SHOP)
  expect(unsellable.sort()).toEqual([
    ['gone', '*'],
    ['hidden', '*'],
    ['sold-out', 'DE'],
  ])
  expect([epoch, asOfMs]).toEqual([3, NOW])
})

test('tells what changed since an epoch, tombstones included, and nothing else', async () => {
  const { writer, reader } = await setUp({ freshness: 'primary' })
  await writer.apply(SHOP, [put('a', 0, [offer('*')]), put('b', 0, [offer('DE', { stock: 1 })])], NOW)
  const { epoch } = await reader.since(SHOP, 0)
  await writer.apply(SHOP, [put('b', 1, [offer('DE', { stock: 0 })]), tombstone('never', NOW)], NOW)
  const { changes, complete } = await reader.since(SHOP, epoch)
  expect(changes.sort((x, y) => (x.id < y.id ? -1 : 1))).toMatchObject([
    { id: 'b', epoch: 2, offers: [{ market: 'DE', sellable: false }] },
    { id: 'never', epoch: 2, offers: [] },
  ])
  expect(complete).toBe(true)
  expect((await reader.since(SHOP, 2)).changes).toEqual([])
})

test('a replica says how old it is, and never claims a commit that it does not have', async () => {
  const { clock, lag, pulse, writer, reader } = await setUp()
  await pulse()
  clock.advance(2_000)
  await writer.apply(SHOP, [put('a', 0, [offer('*', { stock: 0 })])], NOW)
  await pulse()
  clock.advance(4_000)
  lag.ms = 4_001
  const behind = await reader.all(SHOP)
  expect([behind.unsellable, behind.epoch, behind.asOfMs]).toEqual([[], 0, NOW])
  lag.ms = 4_000
  const caughtUp = await reader.all(SHOP)
  expect([caughtUp.unsellable, caughtUp.epoch, caughtUp.asOfMs]).toEqual([[['a', '*']], 1, NOW + 2_000])
})

test('beyond ten seconds of lag the primary is asked; control: just below, the stale replica still answers', async () => {
  const lateBy = async (ms: number) => {
    const { clock, lag, pulse, writer, reader } = await setUp()
    await pulse()
    await reader.all(SHOP)
    lag.ms = 1_000_000
    await writer.apply(SHOP, [put('a', 0, [offer('*', { stock: 0 })])], NOW)
    clock.advance(ms)
    return (await reader.all(SHOP)).unsellable
  }
  expect(await lateBy(FRESHNESS.replicaLagMs + 1)).toEqual([['a', '*']])
  expect(await lateBy(FRESHNESS.replicaLagMs)).toEqual([])
})

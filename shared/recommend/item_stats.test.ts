/** Item statistics where KV does not answer: D1 is asked as its other reads are, or not at all. */
import { expect, test } from 'vitest'
import { createBreaker } from '../base/breaker.ts'
import { manualClock } from '../base/clock.ts'
import { DeadlineExceeded } from '../base/deadline.ts'
import { createLru } from '../base/lru.ts'
import { type ItemStatsText, packColumn, STAT_COLUMNS } from '../domain/item_stats.ts'
import { DEADLINES } from '../domain/limits.ts'
import { createStages } from '../observe/stages.ts'
import { D1Refused } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import { readItemStats, STATS_HELD_MS } from './item_stats.ts'

const SHOP = 'shop-a'
const NOW = Date.parse('2026-06-01T00:00:00Z')
const GATHER_MS = 60
/** Failures in a row that open a breaker, and its pause. */
const TO_OPEN = 5
const PAUSE_MS = 5_000

const TEXT = JSON.stringify({
  ...{ v: 1, asOfMs: NOW, yearKnown: false, ids: [] },
  columns: Object.fromEntries(STAT_COLUMNS.map((name) => [name, packColumn(new Int16Array(0))])),
  scenes: { markets: [], shifts: [0], lifts: '' },
} as unknown as ItemStatsText)

/** An isolate whose KV fails after a time, and whose D1 does as told; counts what D1 is asked. */
function isolate(d1: () => Promise<string | null>, kvMs = 0) {
  const clock = manualClock(NOW)
  const seen = { asked: 0 }
  const memory = { stats: createLru(1, STATS_HELD_MS), d1: createBreaker(clock), kv: createBreaker(clock) }
  const deps = {
    ...{ clock, memory, deadlines: { ...DEADLINES, gather: GATHER_MS }, defer: () => {} },
    cache: {
      async stats() {
        clock.advance(kvMs)
        throw new Error('KV is down')
      },
    },
    async stats() {
      seen.asked += 1
      return d1()
    },
  } as unknown as ShelfDeps
  const read = () => readItemStats(SHOP, true, deps, createStages(clock))
  return { clock, memory, seen, read }
}
const well = async () => TEXT
const down = () => Promise.reject(new Error('D1 is down'))
const hanging = () => new Promise<string | null>(() => {})
const open = ({ memory }: ReturnType<typeof isolate>) => {
  for (let n = 0; n < TO_OPEN; n++) memory.d1.failed()
}

test('without KV the statistics come from D1, once', async () => {
  const own = isolate(well)
  expect((await own.read())?.asOfMs).toBe(NOW)
  expect((await own.read())?.asOfMs).toBe(NOW)
  expect(own.seen.asked).toBe(1)
})

test('a D1 that is taken for down is not asked, and its probe is left to the reads that every shelf needs', async () => {
  const own = isolate(well)
  open(own)
  await expect(own.read()).rejects.toThrow(D1Refused)
  own.clock.advance(PAUSE_MS)
  await expect(own.read()).rejects.toThrow(D1Refused)
  expect([own.seen.asked, own.memory.d1.allows()]).toEqual([0, true])
  // Control: it is the breaker that keeps it from being asked.
  own.memory.d1.succeeded()
  await own.read()
  expect(own.seen.asked).toBe(1)
})

test('a D1 that hangs costs no more than the wave’s deadline, what KV took included', async () => {
  await expect(isolate(hanging, 45).read()).rejects.toThrow('item_stats did not answer within 15 ms')
  // Control: where KV fails at once all of it is left.
  await expect(isolate(hanging).read()).rejects.toThrow(`item_stats did not answer within ${GATHER_MS} ms`)
  await expect(isolate(hanging, 10 * GATHER_MS).read()).rejects.toThrow('within 1 ms')
})

test.each([
  ['fails', down, Error],
  ['hangs', hanging, DeadlineExceeded],
] as const)('a value of megabytes whose read %s is not held against D1', async (_how, d1, kind) => {
  const own = isolate(d1, GATHER_MS)
  for (let n = 0; n < 2 * TO_OPEN; n++) await expect(own.read()).rejects.toThrow(kind)
  expect([own.memory.d1.open, own.memory.kv.open]).toEqual([false, true])
})

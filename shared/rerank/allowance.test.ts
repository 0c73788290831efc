import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { HOUR_MS, MINUTE_MS, manualClock, SECOND_MS } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import {
  ALLOWANCE,
  type AllowanceSettings,
  type AudienceKind,
  callsOf,
  createAllowance,
  type RefreshFailure,
} from './allowance.ts'

const EAGER: AllowanceSettings = {
  ...{ ...ALLOWANCE, initial: 60, oftenMin: 0 },
  wantedMin: { everyone: 0, cluster: 0, exact: 0 },
}

function setUp(settings: Partial<AllowanceSettings> = {}) {
  const clock = manualClock(NOW)
  return { clock, allowance: createAllowance(clock, { ...EAGER, ...settings }) }
}

test('every shelf earns its share, up to a burst, and each shop for itself', () => {
  const { allowance } = setUp({ initial: 0 })
  for (let shelf = 0; shelf < 60; shelf++) allowance.earn('a')
  expect([allowance.left('a'), allowance.left('b')]).toEqual([expect.closeTo(3.6), 0])
  expect(allowance.withheld('a', 'd', 'cluster')).toBeNull()
  expect(allowance.withheld('b', 'd', 'cluster')).toBe('allowance')
  allowance.begin('a', 'd', 'cluster')
  expect(allowance.left('a')).toBeCloseTo(0.6)
  for (let shelf = 0; shelf < 10_000; shelf++) allowance.earn('a')
  expect(allowance.left('a')).toBe(ALLOWANCE.burst)
})

test('an order of one history leaves a reserve to those that many share', () => {
  const { allowance } = setUp({ initial: ALLOWANCE.exactReserve })
  expect(allowance.withheld('a', 'd', 'exact')).toBe('allowance')
  expect(allowance.withheld('a', 'd', 'cluster')).toBeNull()
})

test('what is wanted often is asked in several passes, what is not in one, and leaves them what they cost', () => {
  const { oftenMin } = ALLOWANCE
  const { allowance } = setUp({ initial: 3, oftenReserve: 3, oftenMin })
  expect([allowance.passesOf('d', 'everyone'), allowance.withheld('a', 'd', 'everyone')]).toEqual([1, 'allowance'])
  for (let times = 0; times < oftenMin; times++) allowance.wanted('d')
  expect([allowance.passesOf('d', 'everyone'), allowance.withheld('a', 'd', 'everyone')]).toEqual([3, null])
  expect(allowance.passesOf('d', 'exact')).toBe(1)
  allowance.begin('a', 'd', 'everyone')
  expect(allowance.left('a')).toBe(0)
})

test('a call costs what it tells, and a shelf adds its share of what a call about it would tell', () => {
  expect(callsOf(24)).toBe(1)
  expect([callsOf(15), callsOf(50)].map((calls) => calls.toFixed(2))).toEqual(['0.70', '1.87'])
  const { allowance } = setUp({ initial: 3 })
  expect(allowance.withheld('a', 'd', 'cluster', false, callsOf(15))).toBeNull()
  expect(allowance.withheld('a', 'd', 'cluster', false, callsOf(50))).toBe('allowance')
  allowance.begin('a', 'd', 'cluster', 0.5)
  expect(allowance.left('a')).toBe(1.5)
  allowance.earn('a', 2)
  expect(allowance.left('a')).toBeCloseTo(1.5 + 2 * ALLOWANCE.callsPerShelf)
})

test('what is rarely wanted is not asked for, and forgotten after a while', () => {
  const { clock, allowance } = setUp({ wantedMin: ALLOWANCE.wantedMin })
  allowance.wanted('d')
  expect(allowance.withheld('a', 'd', 'exact')).toBe('rare')
  clock.advance(31 * MINUTE_MS)
  allowance.wanted('d')
  expect(allowance.withheld('a', 'd', 'exact')).toBe('rare')
  allowance.wanted('d')
  expect(allowance.withheld('a', 'd', 'exact')).toBeNull()
})

test('a context is made once at a time, a few at once, and a lost one blocks it for a minute at most', () => {
  const { clock, allowance } = setUp()
  allowance.begin('a', 'd', 'exact')
  expect(allowance.withheld('a', 'd', 'exact')).toBe('in_flight')
  for (const digest of ['e', 'f', 'g']) allowance.begin('a', digest, 'exact')
  expect(allowance.withheld('a', 'h', 'exact')).toBe('busy')
  allowance.end('e', null)
  expect(allowance.withheld('a', 'h', 'exact')).toBeNull()
  clock.advance(MINUTE_MS)
  expect(allowance.withheld('a', 'd', 'exact')).toBeNull()
})

test('a failure is not repeated for a while, longer each time, until an order is made', () => {
  const { clock, allowance } = setUp()
  const waits: number[] = []
  for (let failed = 0; failed < 9; failed++) {
    allowance.end('d', 'unavailable')
    const from = clock.now()
    while (allowance.withheld('a', 'd', 'exact') === 'backoff') clock.advance(30 * SECOND_MS)
    waits.push((clock.now() - from) / SECOND_MS)
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
  allowance.end('d', null)
  allowance.end('d', 'unavailable')
  clock.advance(30 * SECOND_MS)
  expect(allowance.withheld('a', 'd', 'exact')).toBeNull()
  allowance.end('d', 'budget')
  clock.advance(9 * MINUTE_MS)
  expect(allowance.withheld('a', 'd', 'exact')).toBe('backoff')
  clock.advance(HOUR_MS)
  expect(allowance.withheld('a', 'd', 'exact')).toBeNull()
})

/** The most by which calls were ever above what shelves had earned. */
function overspent(make: typeof createAllowance): number {
  const clock = manualClock(NOW)
  const allowance = make(clock, { ...EAGER, initial: 6 })
  const rng = seededRng(20_261_121)
  const kinds: AudienceKind[] = ['exact', 'cluster', 'everyone']
  let [calls, shelves, worst] = [0, 0, Number.NEGATIVE_INFINITY]
  for (let step = 0; step < 50_000; step++) {
    clock.advance(rng.int(2_000))
    allowance.earn('a')
    shelves += 1
    for (let tries = rng.int(3); tries > 0; tries--) {
      const [digest, kind] = [`d${rng.int(500)}`, rng.pick(kinds)]
      if (allowance.withheld('a', digest, kind) !== null) continue
      allowance.begin('a', digest, kind)
      calls += ALLOWANCE.passes[kind]
      if (rng.int(10) > 0) allowance.end(digest, rng.int(3) === 0 ? 'unavailable' : null)
    }
    worst = Math.max(worst, calls - (6 + ALLOWANCE.callsPerShelf * shelves))
  }
  return worst
}

test('whatever is asked for and however it ends, no more is spent than was earned', () => {
  expect(overspent(createAllowance)).toBeLessThanOrEqual(1e-6)
})

test('control: an allowance that gives back what failed is caught', () => {
  const generous: typeof createAllowance = (clock, settings) => {
    const own = createAllowance(clock, settings)
    return {
      ...own,
      end(digest, failure) {
        own.end(digest, failure)
        if (failure !== null) for (let shelf = 0; shelf < 50; shelf++) own.earn('a')
      },
    }
  }
  expect(overspent(generous)).toBeGreaterThan(100)
})

const FAILED_IN_A_ROW = 5

test('a model that failed for a shop five times in a row is left alone, then tried with one thing at a time', () => {
  const { clock, allowance } = setUp({ oftenMin: 1_000 })
  const fail = (digest: string, reason: RefreshFailure) => {
    allowance.begin('a', digest, 'cluster')
    allowance.end(digest, reason)
  }
  // Money says nothing of the model, and an order in between tells that it works.
  for (let at = 0; at < 2 * FAILED_IN_A_ROW; at++) fail(`b${at}`, 'budget')
  for (let at = 0; at < FAILED_IN_A_ROW - 1; at++) fail(`c${at}`, 'unavailable')
  allowance.begin('a', 'd', 'cluster')
  allowance.end('d', null)
  expect(allowance.isDown('a')).toBe(false)
  for (let at = 0; at < FAILED_IN_A_ROW; at++) fail(`e${at}`, at % 2 === 0 ? 'late' : 'useless')
  expect([allowance.isDown('a'), allowance.isDown('b')]).toEqual([true, false])
  expect(allowance.withheld('a', 'new', 'cluster')).toBe('down')
  // Nobody who waits is made to wait for it.
  expect(allowance.withheld('a', 'new', 'exact', true)).toBe('down')
  expect(allowance.withheld('b', 'new', 'cluster')).toBeNull()
  clock.advance(10 * SECOND_MS)
  expect(allowance.withheld('a', 'new', 'cluster')).toBeNull()
  allowance.begin('a', 'new', 'cluster')
  expect(allowance.withheld('a', 'other', 'cluster')).toBe('down')
  allowance.end('new', 'unavailable')
  clock.advance(19 * SECOND_MS)
  expect(allowance.isDown('a')).toBe(true)
  clock.advance(SECOND_MS)
  allowance.begin('a', 'other', 'cluster')
  allowance.end('other', null)
  expect(allowance.withheld('a', 'third', 'cluster')).toBeNull()
})

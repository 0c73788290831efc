/** What a soak is judged by; the soak itself: `npm run soak -- 10m`, a short one in tests/faults/ladder.test.ts. */
import { expect, test } from 'vitest'
import { brokenInSoak, drift, recoveredAfter, type SoakReport } from './soak.ts'
import type { Second } from './soak_load.ts'

const kept: SoakReport = {
  capacity: 100,
  soak: { requests: 1_000, good: 1_000, refused: 0, wrong: 0, p50Ms: 5, p99Ms: 20 },
  memoryMb: { from: 400, to: 410, driftShare: 0.025, samples: 100 },
  tenthsMb: [400, 410],
  overload: { perSecond: 500, due: 5_000, goodPerSecond: 95, refused: 4_000, wrong: 0, goodputShare: 0.95 },
  recoveredAfterS: 2,
}

test('each promise that is not kept is named', () => {
  expect(brokenInSoak(kept)).toEqual([])
  const planted: Array<Partial<SoakReport>> = [
    { soak: { ...kept.soak, good: 999 } },
    { memoryMb: { ...kept.memoryMb, driftShare: 0.05 } },
    { memoryMb: { ...kept.memoryMb, driftShare: Number.NaN } },
    { overload: { ...kept.overload, goodputShare: 0.89 } },
    { overload: { ...kept.overload, wrong: 1 } },
    { recoveredAfterS: 11 },
    { recoveredAfterS: Number.POSITIVE_INFINITY },
  ]
  for (const one of planted) expect(brokenInSoak({ ...kept, ...one }), JSON.stringify(one)).toHaveLength(1)
})

test('memory that grows steadily is seen through its noise, and steady memory is not', () => {
  const noise = (n: number) => (n % 7) - 3
  const growing = drift(Array.from({ length: 200 }, (_, n) => 400 + 0.2 * n + noise(n)))
  expect(growing.driftShare).toBeCloseTo(0.1, 2)
  const steady = drift(Array.from({ length: 200 }, (_, n) => 400 + noise(n)))
  expect(Math.abs(steady.driftShare)).toBeLessThan(0.005)
})

test('normal is what stays normal', () => {
  const second = (inTime: number): Second => ({
    ...{ due: 10, good: inTime, inTime, refused: 10 - inTime, wrong: 0, latenciesMs: [] },
  })
  const all = (...list: number[]) => recoveredAfter(list.map(second))
  expect([all(10, 10, 10), all(0, 3, 10, 10), all(10, 9, 10), all(10, 10, 9)]).toEqual([
    0,
    2,
    2,
    Number.POSITIVE_INFINITY,
  ])
})

import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { visitTimes } from './calendar.ts'

const ENDS_AT = Date.parse('2026-11-20T20:00:00Z')
const HOUR_MS = 3_600_000
const many = (utcOffsetHours: number) =>
  Array.from({ length: 300 }, (_, seed) => visitTimes(seededRng(seed), 20, 60, ENDS_AT, utcOffsetHours)).flat()

test('visits stay inside the period, ascend, and keep their distance', () => {
  const times = visitTimes(seededRng(1), 40, 60, ENDS_AT, 9)
  expect(times.length).toBeGreaterThan(30)
  expect(times[0]).toBeGreaterThanOrEqual(ENDS_AT - 60 * 24 * HOUR_MS)
  expect(times.at(-1)).toBeLessThan(ENDS_AT)
  for (const [i, atMs] of times.slice(1).entries()) expect(atMs - times[i]!).toBeGreaterThanOrEqual(2 * HOUR_MS)
})

test.each([0, 9])('the busiest hours are the local evening, at UTC+%i', (utcOffsetHours) => {
  const hours = many(utcOffsetHours).map((atMs) => new Date(atMs + utcOffsetHours * HOUR_MS).getUTCHours())
  const share = (from: number, below: number) =>
    hours.filter((hour) => hour >= from && hour < below).length / hours.length
  expect(share(19, 23)).toBeGreaterThan(0.25)
  expect(share(0, 6)).toBeLessThan(0.08)
})

test('Sundays are busier than Tuesdays', () => {
  const days = many(0).map((atMs) => new Date(atMs).getUTCDay())
  expect(days.filter((day) => day === 0).length).toBeGreaterThan(1.15 * days.filter((day) => day === 2).length)
})

import { expect, test } from 'vitest'
import { isAmbiguousDate, parseMoment } from './moment.ts'

const iso = (text: string, order: 'dmy' | 'mdy' | null = null) => {
  const ms = parseMoment(text, order)
  return ms === null ? null : new Date(ms).toISOString()
}

test('moments as feeds and shops write them', () => {
  expect(iso('2010-12-01 08:26:00')).toBe('2010-12-01T08:26:00.000Z')
  expect(iso('2024-05-01 10:00:00 -0400')).toBe('2024-05-01T14:00:00.000Z')
  expect(iso('2016-02-24T11:07+0100')).toBe('2016-02-24T10:07:00.000Z')
  expect(iso('2022-02-23T10:27:42+00:00')).toBe('2022-02-23T10:27:42.000Z')
  expect(iso('2026-01-02')).toBe('2026-01-02T00:00:00.000Z')
  expect(iso('2026-01-02T03:04:05.678901Z')).toBe('2026-01-02T03:04:05.678Z')
  expect(iso('1291191960')).toBe('2010-12-01T08:26:00.000Z')
  expect(iso('1291191960000')).toBe('2010-12-01T08:26:00.000Z')
})

test('a date that could be two is taken only when its order is told', () => {
  expect(iso('3/4/2025 8:26')).toBeNull()
  expect(isAmbiguousDate('3/4/2025 8:26')).toBe(true)
  expect(iso('3/4/2025 8:26', 'dmy')).toBe('2025-04-03T08:26:00.000Z')
  expect(iso('3/4/2025 8:26', 'mdy')).toBe('2025-03-04T08:26:00.000Z')
  expect(iso('12/31/2010 8:26')).toBe('2010-12-31T08:26:00.000Z')
  expect(iso('31.12.2010')).toBe('2010-12-31T00:00:00.000Z')
})

test('what is no moment is none', () => {
  for (const text of ['', 'yesterday', '2025-02-31', '2025-13-01', '31/12/2010 25:00', '12', '2025-01-01T00:61'])
    expect(iso(text), text).toBeNull()
})

import { describe, expect, test } from 'vitest'
import { eventSchema } from '../../shared/domain/event.ts'
import { buildCatalogue } from './catalogue.ts'
import { simulateHistory } from './history.ts'
import { demoConfig, readItems, toJsonLines } from './write.ts'

describe.each(['hearth-and-field', 'tsukimi'])('%s', (shop) => {
  const items = readItems(shop)
  const config = demoConfig(shop)
  const events = simulateHistory(items, config)

  test('complements name categories that exist', () => {
    const { categories } = buildCatalogue(items, 1)
    for (const { from, to } of config.complements) expect(categories).toEqual(expect.arrayContaining([from, to]))
  })

  test('every event passes the public schema and only purchases carry money', () => {
    for (const event of events) {
      expect(eventSchema.safeParse(event).success).toBe(true)
      expect(event.price !== undefined).toBe(event.type === 'purchase')
    }
  })

  test('is of the promised size', () => {
    expect(events.length).toBeGreaterThan(6_000)
    expect(events.length).toBeLessThan(9_000)
    expect(Buffer.byteLength(toJsonLines(events))).toBeLessThan(1_600_000)
  })
})

test('an unknown shop is refused', () => expect(() => demoConfig('nowhere')).toThrow(RangeError))

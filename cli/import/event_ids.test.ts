import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventIds } from './event_ids.ts'
import { momentOf } from './survey.ts'

const idsOf = (events: readonly unknown[], sorted: boolean): string[] => {
  const ids = createEventIds(sorted, (content) => momentOf(content, 'dataset'))
  return events.map((event) => ids.next(event))
}

describe('event ids', () => {
  it('are the same for the same file, whatever the order of an event’s fields', () => {
    const first = idsOf([{ user: 'a', item: 'b', ts: 1 }], false)
    expect(idsOf([{ ts: 1, item: 'b', user: 'a' }], false)).toEqual(first)
    expect(first[0]).toMatch(/^[\w-]{22}$/)
  })

  it('tell identical lines apart', () => {
    const line = { user: 'a', item: 'b', ts: 1 }
    expect(new Set(idsOf([line, line, line], false)).size).toBe(3)
  })

  it('do not depend on whether the file is known to be sorted', () => {
    const event = fc.record({ user: fc.constantFrom('a', 'b'), ts: fc.integer({ min: 0, max: 5 }) })
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const sorted = events.toSorted((a, b) => a.ts - b.ts)
        expect(idsOf(sorted, true)).toEqual(idsOf(sorted, false))
        expect(new Set(idsOf(events, false)).size).toBe(events.length)
      }),
    )
  })
})

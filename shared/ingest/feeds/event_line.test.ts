import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventSchema, type Interaction } from '../../domain/event.ts'
import { toInteractions } from '../interactions.ts'
import { eventLines } from './event_line.ts'
import { NOW } from './testing/read.ts'

const id = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ':', '|', 'é'), minLength: 1, maxLength: 12 })
const who = fc.oneof(fc.record({ user_id: id }), fc.record({ anonymous_id: id }), fc.record({ session_id: id }))
const bought = fc.record(
  { item_id: id, quantity: fc.integer({ min: 1, max: 9 }), price: fc.nat(9_999) },
  { requiredKeys: ['item_id'] },
)
const what = fc.oneof(
  fc.record({ type: fc.constantFrom('view', 'click'), item_id: id }),
  fc.record({ type: fc.constant('add_to_cart'), item_id: id, quantity: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant('impression'), item_ids: fc.array(id, { minLength: 1, maxLength: 5 }) }),
  fc.record({ type: fc.constantFrom('purchase', 'refund'), items: fc.array(bought, { minLength: 1, maxLength: 4 }) }),
  fc.record({
    type: fc.constant('feedback'),
    item_id: id,
    value: fc.oneof(
      fc.constantFrom('like', 'dislike', 'hide'),
      fc.integer({ min: 0, max: 10 }).map((half) => half / 2),
    ),
  }),
)

const stored = (line: unknown, eventId: string): Interaction[] => toInteractions(eventSchema.parse(line), eventId, NOW)

test('a stored event, written as a line and stored again, is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(who, what), { minLength: 1, maxLength: 6 }), (events) => {
      const before = events.flatMap(([shopper, content], at) => stored({ ...shopper, ...content }, `sk:e${at}`))
      const lines = eventLines(before)
      expect(lines).toHaveLength(events.length)
      expect(lines.flatMap((line) => stored(line, `sk:${String(line.event_id)}`))).toEqual(before)
    }),
    { numRuns: 300 },
  )
})

test('events of browser keys keep apart from those of servers, however long their ids', () => {
  const [view] = stored({ type: 'view', item_id: 'a', user_id: 'u' }, 'x') as [Interaction]
  const ids = ['sk:1', 'pk:1', `pk:${'x'.repeat(128)}`].map(
    (eventId) => eventLines([{ ...view, eventId }])[0]!.event_id,
  )
  expect(ids).toEqual(['1', 'pk:1', expect.stringMatching(/^pk:#[0-9a-f]{16}$/)])
})

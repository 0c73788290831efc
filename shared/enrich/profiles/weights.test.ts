import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, interaction, NOW } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import type { Interaction } from '../../domain/event.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { itemWeights } from './weights.ts'

const SEED = 20_261_125

const event = fc
  .record({
    item: fc.constantFrom('a', 'b', 'c'),
    type: fc.constantFrom('view', 'purchase', 'refund', 'add_to_cart', 'feedback'),
    value: fc.constantFrom(1, -1, 0.5),
    atMs: fc.constantFrom(NOW, NOW - DAY, NOW - 90 * DAY),
    market: fc.constantFrom('DE', 'FR', null),
    eventId: fc.uuid(),
  })
  .map(({ value, ...own }) =>
    interaction({ ...own, value: own.type === 'feedback' ? value : null } as Partial<Interaction>),
  )
const events = fc.array(event, { minLength: 1, maxLength: 30 })

test('the order of events of equal time changes nothing', () => {
  fc.assert(
    fc.property(events, fc.integer(), (list, seed) => {
      expect(itemWeights(seededRng(seed).shuffle(list))).toEqual(itemWeights(list))
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('control: the last to arrive having the last word is told apart', () => {
  const lastWord = (list: readonly Interaction[]) => new Map(list.map((one) => [one.item, one.type]))
  const details = fc.check(
    fc.property(events, fc.integer(), (list, seed) => {
      expect(lastWord(seededRng(seed).shuffle(list))).toEqual(lastWord(list))
    }),
    { seed: SEED, numRuns: 300, endOnFailure: true },
  )
  expect(details.failed).toBe(true)
})

test('weights stay in [-1, 1], and halve with every half life', () => {
  fc.assert(
    fc.property(events, (list) => itemWeights(list).every(({ weight }) => Math.abs(weight) <= 1 && weight !== 0)),
    { seed: SEED, numRuns: 300 },
  )
  const weights = itemWeights([
    interaction({ item: 'new', atMs: NOW }),
    interaction({ item: 'old', atMs: NOW - PROFILE_LIMITS.halfLifeMs }),
  ])
  expect(weights.map((own) => [own.item, own.weight])).toEqual([
    ['new', 1],
    ['old', 0.5],
  ])
})

test('a refund of the same moment as the purchase counts against', () => {
  const both = [interaction({ item: 'a' }), interaction({ item: 'a', type: 'refund' })]
  expect(itemWeights(both)[0]!.weight).toBeLessThan(0)
})

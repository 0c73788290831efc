import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calibration, miscalibration } from './calibration.ts'
import { interestsOf, type WeightedItem } from './interests.ts'

const SEED = 20_261_133

const item = (...categories: string[]) => ({ categories })
const past = (...paths: string[]): WeightedItem[] => paths.map((path) => ({ categories: [path], weight: 1 }))
const path = fc.constantFrom('K > T', 'K > P', 'G', 'G > S > W')
const lists = fc.array(fc.record({ categories: fc.uniqueArray(path, { maxLength: 2 }) }), {
  minLength: 1,
  maxLength: 8,
})

test('a list with the shares of the past is calibrated, one with none of them is not at all', () => {
  const interests = interestsOf(past('K > T', 'K > T', 'K > P', 'G'))!
  expect(miscalibration(interests, [item('K > P'), item('K > T'), item('G'), item('K > T')])).toBeCloseTo(0, 6)
  expect(miscalibration(interests, [item('O > F'), item()])).toBeCloseTo(1, 6)
  const oneSided = miscalibration(interests, [item('K > T'), item('K > T'), item('K > T'), item('K > T')])
  expect(oneSided).toBeGreaterThan(0.1)
  expect(miscalibration(interests, [item('O')])).toBeGreaterThan(oneSided)
})

test('the greedy gain orders items as the divergence of the longer list does', () => {
  fc.assert(
    fc.property(lists, lists, fc.array(path, { minLength: 1, maxLength: 6 }), (held, candidates, paths) => {
      const interests = interestsOf(past(...paths))!
      const calibration = new Calibration(interests, [...held, ...candidates])
      for (const index of held.keys()) calibration.add(index)
      const measured = candidates.map((one, index) => ({
        gain: calibration.gain(held.length + index),
        after: miscalibration(interests, [...held, one]),
      }))
      for (const a of measured)
        for (const b of measured) {
          expect(a.gain).toBeGreaterThanOrEqual(0)
          expect(a.gain).toBeLessThanOrEqual(1)
          if (a.gain > b.gain + 1e-9) expect(a.after).toBeLessThan(b.after + 1e-9)
        }
    }),
    { seed: SEED, numRuns: 300 },
  )
})

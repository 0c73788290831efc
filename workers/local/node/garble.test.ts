import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { garble } from './garble.ts'

const SEED = 20_261_122
const answer = {
  items: [
    { id: 'a', price: 1, tags: ['x'] },
    { id: 'b', price: 2, tags: [] },
  ],
  byName: new Map([['a', { n: 1 }]]),
  vector: new Float32Array([1, 2]),
}

test('what is spoilt is never what it was, and the original stays whole', () => {
  const before = structuredClone(answer)
  const rng = seededRng(SEED)
  const seen = new Set<string>()
  for (let n = 0; n < 2_000; n++) {
    const spoilt = garble(answer, rng)
    expect(spoilt).not.toEqual(before)
    seen.add(JSON.stringify(spoilt, (_key, value) => (value instanceof Map ? [...value] : value)))
  }
  expect(answer).toEqual(before)
  expect(seen.size).toBeGreaterThan(40)
})

test('equal seeds spoil equally', () => {
  const run = (seed: number) =>
    Array.from(
      { length: 20 },
      (
        (rng) => () =>
          garble(answer, rng)
      )(seededRng(seed)),
    )
  expect(run(1)).toEqual(run(1))
  expect(run(1)).not.toEqual(run(2))
})

test('a Map keeps its methods; nothing is spoilt into something', () => {
  for (let seed = 0; seed < 50; seed++)
    expect(garble(new Map([['a', 1]]), seededRng(seed))).toSatisfy((map: Map<string, unknown>) => map.get('a') !== 1)
  expect(garble(null, seededRng(1))).not.toBeNull()
})

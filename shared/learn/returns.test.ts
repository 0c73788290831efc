import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learned as learnedBy } from '../../tests/support/learned.ts'
import { interaction } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { LEARNERS } from './learners.ts'

const SEED = 20_261_126

/** Everything that is learned, without items of which nothing is known. */
async function learned(rows: readonly Interaction[]) {
  const { popularity = [], ...others } = await learnedBy(LEARNERS, rows)
  return { ...others, popularity: popularity.filter((row) => row[2] !== 0) }
}
const buy = (shopper: string, item: string, over: Partial<Interaction> = {}) => interaction({ shopper, item, ...over })
const giveBack = (shopper: string, item: string, quantity = 1) => buy(shopper, item, { type: 'refund', quantity })

const pairs = [buy('u:1', 'a'), buy('u:1', 'b'), buy('u:2', 'a'), buy('u:2', 'c'), buy('u:3', 'c')]

test('what was given back was not bought: it is no neighbour, not popular and no trend', async () => {
  const sold = [...pairs, buy('u:3', 'd'), buy('u:3', 'b')]
  expect(await learned([...sold, giveBack('u:3', 'd'), giveBack('u:3', 'b')])).toEqual(await learned(pairs))
})

test('what was kept in part counts, and what was bought again counts', async () => {
  const twice = [...pairs, buy('u:3', 'a', { quantity: 2 })]
  expect(await learned([...twice, giveBack('u:3', 'a')])).toEqual(await learned(twice))
  const again = [...pairs, buy('u:3', 'a'), buy('u:3', 'a')]
  expect(await learned([...again, giveBack('u:3', 'a')])).toEqual(await learned(again))
  expect(await learned([...again, giveBack('u:3', 'a', 2)])).toEqual(await learned(pairs))
})

test('a look at what was given back is still a look, and a return of what was never bought is nothing', async () => {
  const looked = [...pairs, buy('u:3', 'd', { type: 'view' })]
  expect(await learned([...looked, buy('u:3', 'd'), giveBack('u:3', 'd')])).toEqual(await learned(looked))
  expect(await learned([...looked, giveBack('u:3', 'd'), giveBack('u:9', 'z')])).toEqual(await learned(looked))
})

const row = fc.record({
  shopper: fc.constantFrom('u:1', 'u:2', 'u:3'),
  item: fc.constantFrom('a', 'b', 'c'),
  type: fc.constantFrom('purchase' as const, 'refund' as const, 'view' as const),
  quantity: fc.integer({ min: 1, max: 3 }),
})
const anyOrder = (learn: (rows: readonly Interaction[]) => Promise<unknown>) =>
  fc.asyncProperty(fc.array(row, { maxLength: 14 }), fc.integer(), async (list, seed) => {
    const rows = list.map((own) => interaction(own))
    expect(await learn(seededRng(seed).shuffle(rows))).toEqual(await learn(rows))
  })

test('the order of purchases and returns changes nothing', async () => {
  await fc.assert(anyOrder(learned), { seed: SEED, numRuns: 100 })
})

test('control: striking the purchase that a return finds depends on the order', async () => {
  const striking = (rows: readonly Interaction[]) => {
    const open: Interaction[] = []
    for (const one of rows) {
      const at = open.findIndex(
        (own) => own.shopper === one.shopper && own.item === one.item && own.type === 'purchase',
      )
      if (one.type === 'refund' && at !== -1) open.splice(at, 1)
      else if (one.type !== 'refund') open.push(one)
    }
    return learned(open)
  }
  expect((await fc.check(anyOrder(striking), { seed: SEED, numRuns: 100 })).failed).toBe(true)
})

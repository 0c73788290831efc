import { expect, test } from 'vitest'
import { learnFrom } from '../../tests/support/learned.ts'
import { interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { readBucket } from './bucket_rows.ts'
import { readNumbers } from './number_step.ts'

const SEED = 20_261_142
const robot = Array.from({ length: 2_000 }, (_, index) =>
  interaction({ shopper: 'a:robot', item: `i${index % 50}`, atMs: NOW + index * 1_000, type: 'view' }),
)
const people = Array.from({ length: 100 }, (_, index) => interaction({ shopper: `u:${index}`, item: 'i1' }))

async function rowsOf(interactions: readonly Interaction[]) {
  const run = await learnFrom([], interactions)
  const columns = await readBucket(run, await readNumbers(run), 0, { bucketRowsMax: 500, eventsPerShopperMax: 200 })
  return [...columns.at.keys()].map((row) => `${columns.item[row]} ${columns.at[row]} ${columns.intent[row]}`).sort()
}

test('of a robot a sample is read, of everybody else all; which sample depends on no order', async () => {
  const rows = await rowsOf([...robot, ...people])
  const sampled = rows.filter((row) => !row.endsWith(' 1'))
  expect(rows.length - sampled.length).toBe(people.length)
  expect(sampled.length).toBeGreaterThan(100)
  expect(sampled.length).toBeLessThan(300)
  expect(await rowsOf(seededRng(SEED).shuffle([...robot, ...people]))).toEqual(rows)
})

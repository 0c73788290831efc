/** Crons overlap, queues deliver twice, and runs sleep through their lease: one at a time, and no late writes. */
import { expect, test } from 'vitest'
import { itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import { MINUTE_MS } from '../base/clock.ts'
import type { LeaseStore } from '../store/operations/leases.ts'
import { alone, LeaseLost } from './run.ts'

const FIRES = 50
const ROUNDS = 1_000
/** Turns of the event loop that a run's work takes, so that runs overlap. */
const TURNS = 3

async function holders(rounds: number, adapt: (leases: LeaseStore) => LeaseStore = (leases) => leases) {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const fired = { ...deps, fencing: null, leases: adapt(deps.leases) }
  const counts: number[] = []
  for (let round = 0; round < rounds; round++) {
    let holding = 0
    let most = 0
    let done = 0
    await Promise.all(
      Array.from({ length: FIRES }, () =>
        alone('work', fired, async () => {
          holding += 1
          most = Math.max(most, holding)
          for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
          holding -= 1
          done += 1
        }),
      ),
    )
    counts.push(most === 1 ? done : Number.NaN)
    world.clock.advance(MINUTE_MS)
  }
  return counts
}

test('of fifty overlapping fires, a thousand times, exactly one holds the lease', async () => {
  expect((await holders(ROUNDS)).filter((count) => count !== 1)).toEqual([])
}, 120_000)

test('control: a lease that is given to everybody has fifty holders', async () => {
  const generous = (leases: LeaseStore): LeaseStore => ({
    ...leases,
    take: async (name, holder) => ({ name, holder, fence: 1, stolen: false }),
  })
  expect((await holders(3, generous)).every((count) => Number.isNaN(count))).toBe(true)
})

/** A run that sleeps through its lease and then writes what it had learned; its successor has written already. */
async function lateWrite(fenced: boolean) {
  const world = await setUp()
  await world.writer.apply(SHOP, [itemWrite({ id: 'a' }), itemWrite({ id: 'b' })], NOW)
  const deps = { ...depsOf(world, scriptedModel([])), ...(fenced ? {} : { fencing: null }) }
  const popularity = () => world.catalogue.prepare(`SELECT popularity FROM items WHERE id = 'a'`).first('popularity')
  let after: unknown
  const outcome = await alone('learn', deps, async (_keep, held) => {
    world.clock.advance(3 * MINUTE_MS)
    await alone('learn', deps, async (_own, successor) => successor.learning.putPopularity(SHOP, [['a', 0.75]]))
    await held.learning.putPopularity(SHOP, [['a', 0.25]]).finally(async () => {
      after = await popularity()
    })
    return 'late'
  })
  return { outcome, after, now: await popularity() }
}

test('what a run writes after it lost its lease is refused, and the run ends quietly', async () => {
  expect(await lateWrite(true)).toEqual({ outcome: null, after: 0.75, now: 0.75 })
})

test('control: without the fence the late write goes through', async () => {
  expect(await lateWrite(false)).toMatchObject({ outcome: 'late', now: 0.25 })
})

test('a holder that took an expired lease need not write anything to shut the former out', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const outcome = await alone('learn', deps, async (_keep, held) => {
    world.clock.advance(3 * MINUTE_MS)
    await alone('learn', deps, async () => 'nothing written')
    await held.jobs.due(SHOP, 'learn')
    return 'late'
  })
  expect([outcome, await deps.jobs.get(SHOP, 'learn')]).toEqual([null, null])
})

test('a run that cannot keep its lease ends quietly; another failure is told', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const lost = await alone('work', deps, async (keep) => {
    world.clock.advance(3 * MINUTE_MS)
    await alone('work', deps, async () => 'successor')
    await keep()
    return 'never'
  })
  expect(lost).toBeNull()
  await expect(alone('work', deps, async () => Promise.reject(new TypeError('own')))).rejects.toThrow('own')
  expect(new LeaseLost('work').message).toContain('lost')
})

test('a long run is kept alive by keeping, at little cost', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  let renewals = 0
  const leases: LeaseStore = {
    ...deps.leases,
    renew: (...args) => {
      renewals += 1
      return deps.leases.renew(...args)
    },
  }
  const result = await alone('work', { ...deps, leases }, async (keep) => {
    for (let step = 0; step < 600; step++) {
      world.clock.advance(1_000)
      await keep()
    }
    return alone('work', deps, async () => 'stolen')
  })
  expect([result, renewals]).toEqual([null, 20])
})

test('a fence that could not be raised is raised by the next holder', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  await deps.leases.take('work', 'died', world.clock.now(), MINUTE_MS)
  const raised: number[] = []
  const fencing = (fails: boolean) => ({
    ...deps.fencing!,
    raise: async (lease: { fence: number }) => {
      if (fails) throw new Error('D1 is away')
      raised.push(lease.fence)
    },
  })
  world.clock.advance(2 * MINUTE_MS)
  await expect(alone('work', { ...deps, fencing: fencing(true) }, async () => 1)).rejects.toThrow('away')
  world.clock.advance(3 * MINUTE_MS)
  expect(await alone('work', { ...deps, fencing: fencing(false) }, async () => 1)).toBe(1)
  expect(raised).toEqual([3])
})

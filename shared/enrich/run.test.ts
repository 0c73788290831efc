/** What one failure, one old vector or one odd item may cost: itself, and nothing beside it. */
import { expect, test } from 'vitest'
import { demoShop } from '../../tests/support/shops.ts'
import { type World, worldsOf } from '../../tests/support/world.ts'
import { SECOND_MS } from '../base/clock.ts'
import { beat } from './heartbeat.ts'
import { runLearning } from './learn_shops.ts'
import { runFold, runOutbox, runShops } from './run.ts'

const demo = demoShop('hearth-and-field')
const small = worldsOf({ ...demo, events: demo.events.slice(0, 400) })

const work = async (world: World) => {
  await runOutbox(world.enrich)
  await runFold(world.enrich)
  await runShops(world.enrich)
}

async function similarOf(world: World, id: string): Promise<string[]> {
  const [item] = await world.enrich.catalogue.storedItems(world.shop, [id], world.clock.now())
  return item!.similar.map(([other]) => other)
}

test('a learning run that failed is repeated, and shows no more than the kind of its failure', async () => {
  const world = await small()
  await world.sendEvents([{ type: 'view', item_id: 'tp-001', user_id: 'u-1' }])
  await runFold(world.enrich)
  world.clock.advance(11 * 60 * SECOND_MS)
  const { learning } = world.enrich
  const broken = { ...learning, putPopularity: () => Promise.reject(new TypeError('D1_ERROR: a secret')) }
  await runLearning({ ...world.enrich, fencing: null, learning: broken })
  expect(await world.enrich.jobs.get(world.shop, 'learn')).toMatchObject({
    state: 'failed',
    due: true,
    error: 'TypeError',
  })
  await runLearning(world.enrich)
  expect(await world.enrich.jobs.get(world.shop, 'learn')).toMatchObject({ state: 'idle', due: false, error: null })
})

test('neighbours are made of the new vector, however late the index shows it', async () => {
  const world = await small()
  const before = await similarOf(world, 'tp-001')
  const other = world.data.items.find((item) => item.categories?.[0]?.startsWith('Garden'))!
  await world.putItems([{ ...other, id: 'tp-001', updated_at: new Date(world.clock.now()).toISOString() }])
  // At once: the index still has the old vector, and nothing may be made of it.
  await work(world)
  expect(await similarOf(world, 'tp-001')).toEqual(before)
  expect((await world.enrich.jobs.get(world.shop, 'similar'))?.due).toBe(true)
  world.clock.advance(2 * SECOND_MS)
  await work(world)
  const after = await similarOf(world, 'tp-001')
  expect(after.filter((id) => before.includes(id)).length).toBeLessThan(before.length / 2)
  expect((await world.enrich.jobs.get(world.shop, 'similar'))?.due).toBe(false)
})

test('an item without a word in it is done at once, and keeps nobody waiting', async () => {
  const world = await small()
  await world.putItems([{ id: 'star', title: '★', offers: [{ market: '*', currency: 'GBP', price: 1 }] }])
  await work(world)
  world.clock.advance(2 * SECOND_MS)
  await work(world)
  expect((await world.enrich.jobs.get(world.shop, 'similar'))?.due).toBe(false)
})

test("one shop's trouble leaves the other its snapshot, and the pulse its beat", async () => {
  const world = await small()
  await world.enrich.shops.put('another', world.data.body, world.clock.now())
  const written: string[] = []
  const deps = {
    ...world.enrich,
    cache: {
      ...world.enrich.cache,
      putVeto: async (shop: string) => {
        if (shop === 'another') throw new Error('down')
        written.push(shop)
      },
    },
  }
  const startedAt = world.clock.now()
  await beat(deps, async (ms) => world.clock.advance(ms))
  expect(written.filter((shop) => shop === world.shop)).toHaveLength(3)
  const [outcome] = world.rawCatalogue.execute([{ sql: 'SELECT at FROM pulse', params: [] }])
  expect(outcome!.rows[0]![0]).toBeGreaterThanOrEqual(startedAt + 55 * SECOND_MS)
})

import { expect, test } from 'vitest'
import { depsOf, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { runEnrichments } from './enrich_shops.ts'

const IDLE = Array.from({ length: 300 }, (_, index) => `idle-${String(index).padStart(3, '0')}`)

/** Shops that take a second each to be looked at. */
async function manyShops() {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const visited: string[] = []
  const shops = { ...deps.shops }
  shops.config = async (shop) => {
    visited.push(shop)
    world.clock.advance(1_000)
    return null
  }
  for (const shop of [...IDLE, 'busy', 'waiting'])
    await deps.jobs.finished(shop, 'enrich', world.clock.now(), JSON.stringify({ recipe: 'r', failures: 0 }))
  await deps.jobs.started('busy', 'enrich', 1, world.clock.now())
  await deps.jobs.waits('waiting', 'enrich', 'budget', world.clock.now() + 60 * MINUTE_MS, null)
  const catalogue = { ...deps.catalogue, shops: async () => [...IDLE, 'busy', 'waiting'] }
  return { world, visited, deps: { ...deps, fencing: null, shops, catalogue } }
}

test('a shop with work is looked at before any number of shops without, and each of those has its turn', async () => {
  const { world, visited, deps } = await manyShops()
  await runEnrichments(deps)
  expect(visited[0]).toBe('busy')
  expect(visited.length).toBeLessThan(60)
  const seen = new Set(visited)
  for (let minute = 0; minute < 60; minute++) {
    world.clock.advance(MINUTE_MS)
    await runEnrichments(deps)
    for (const shop of visited) seen.add(shop)
  }
  // One in six a minute: after an hour the chance that one of them was never reached is one in a hundred.
  expect(IDLE.filter((shop) => !seen.has(shop))).toEqual([])
})

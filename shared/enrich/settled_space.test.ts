/** When a shop's own embedder is learned anew: never so late that it knows too little, never from half an import for good. */
import { expect, test } from 'vitest'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type World } from '../../tests/support/world.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { ensureSpaces } from './embedder.ts'
import { enrichShop } from './enrich_run.ts'
import { runEnrichment } from './enrich_shops.ts'

const demo = demoShop('hearth-and-field')
const worldOf = (items: number) => createWorld({ ...demo, items: demo.items.slice(0, items), events: [] })

/** A minute of the crons that see to vectors; what is understood comes behind them. */
async function minute(world: World): Promise<void> {
  await world.catchUp()
  await runEnrichment(world.shop, 'all', world.enrich)
  world.clock.advance(MINUTE_MS)
}

const spaces = (world: World) => world.enrich.spaces.all(world.shop)
/** What is in use once all that was begun has ended. */
async function settled(world: World) {
  for (let at = 0; at < 4; at++) await minute(world)
  return (await spaces(world)).find(({ role }) => role === 'active')!
}

test('an embedder that was learned in the middle of an import is the same in the end as one that saw all at once', async () => {
  const whole = await settled(await worldOf(demo.items.length))
  const some = await worldOf(demo.items.length - 12)
  await minute(some)
  await some.putItems(demo.items.slice(-12))
  const early = (await spaces(some))[0]!
  expect(early.settled).toBe(false)
  expect(await settled(some)).toMatchObject({ version: whole.version, documents: whole.documents, settled: true })
  expect(early.version).not.toBe(whole.version)
})

test('what items were expanded by, once their shop was learned, is in its embedder', async () => {
  const world = await createWorld(demo)
  // All is understood, and an embedder is learned of it, before anything is expanded.
  await enrichShop(world.shop, 'all', world.enrich, async () => {})
  await world.catchUp()
  const { version } = await settled(world)
  // Learned from what there is now it is the same.
  await ensureSpaces(world.shop, world.enrich, true)
  expect((await spaces(world)).filter(({ role }) => role !== 'old').map((space) => space.version)).toEqual([version])
})

test('a shop that grows by an item a minute outgrows its embedder, and not every minute', async () => {
  const world = await worldOf(60)
  const first = await settled(world)
  const seen = new Set([first.version])
  for (const item of demo.items.slice(60, 100)) {
    await world.putItems([item])
    await minute(world)
    for (const { version } of await spaces(world)) seen.add(version)
  }
  const last = await settled(world)
  expect(last.documents).toBeGreaterThan(first.documents * 1.25)
  expect(seen.size).toBeGreaterThanOrEqual(2)
  expect(seen.size).toBeLessThanOrEqual(4)
})

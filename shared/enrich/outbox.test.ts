import fc from 'fast-check'
import { expect, test } from 'vitest'
import { iso, itemWrite, NOW, SHOP, tombstone } from '../../tests/support/unit_catalogue.ts'
import { depsOf, SPACE, scriptedModel, setUp, type World } from '../../tests/support/unit_enrich.ts'
import { faulty } from '../../workers/local/node/faulty.ts'
import { seededRng } from '../base/rng.ts'
import { createCacheStore } from '../store/cache.ts'
import { createVectorStore } from '../store/vectors.ts'
import { drainOutbox, emptyOutbox } from './outbox.ts'
import { alone, runOutbox } from './run.ts'

const SEED = 20_261_135

async function shown(world: World) {
  world.clock.advance(10_000)
  const cache = createCacheStore(world.kv)
  const items = await cache.items(SHOP, ['a', 'b'])
  const vectors = await createVectorStore({ a: world.index }).get(SPACE, 'text', ['a', 'b'])
  const titles = [...items.values()].map((item) => item.title).sort()
  const lengths = [...vectors].map(([id, vector]) => [id, vector.values.indexOf(1)]).sort()
  return { titles, lengths, veto: (await cache.veto(SHOP))?.unsellable }
}

test('a committed write becomes a card, a vector and a veto; a delete takes them back', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  expect(await drainOutbox(deps)).toBe(0)
  const soldOut = [{ market: 'DE', currency: 'EUR', price: 1, stock: 0 }]
  await world.writer.apply(
    SHOP,
    [itemWrite({ id: 'a', title: 'four' }), itemWrite({ id: 'b', title: 'seven77', offers: soldOut })],
    NOW,
  )
  expect(await drainOutbox(deps)).toBe(2)
  expect(await shown(world)).toMatchObject({
    titles: ['four', 'seven77'],
    lengths: [
      ['a', 4],
      ['b', 7],
    ],
    veto: { DE: ['b'] },
  })
  await world.writer.apply(SHOP, [tombstone('a', NOW + 1)], NOW)
  await drainOutbox(deps)
  expect(await shown(world)).toMatchObject({
    titles: ['seven77'],
    lengths: [['b', 7]],
    veto: { '*': ['a'], DE: ['b'] },
  })
  expect(await drainOutbox(deps)).toBe(0)
})

/** A run over an outbox into which somebody writes `during` each of its first rounds; what it paused, and its rounds. */
async function runBeside(before: number, during: number, roundsWritten: number) {
  const world = await setUp()
  let written = 0
  const write = async (count: number) => {
    const items = Array.from({ length: count }, () => itemWrite({ id: `i${++written}`, title: 'four' }))
    for (let from = 0; from < items.length; from += 200)
      await world.writer.apply(SHOP, items.slice(from, from + 200), NOW)
  }
  await write(before)
  const [paused, rounds] = [[] as number[], [] as number[]]
  const deps = depsOf(world, scriptedModel([]))
  const run = {
    ...deps,
    pause: async (ms: number) => {
      paused.push(ms)
      world.clock.advance(ms)
    },
    catalogue: {
      ...deps.catalogue,
      clearOutbox: async (seqs: readonly number[]) => {
        if (rounds.length < roundsWritten) await write(during)
        rounds.push(seqs.length)
        await deps.catalogue.clearOutbox(seqs)
      },
    },
  }
  await emptyOutbox(run, async () => {})
  return { paused, rounds, left: (await deps.catalogue.outbox(1_000)).length }
}

test('changes that come one after the other are gathered: a round is paid once a second', async () => {
  expect(await runBeside(1, 2, 3)).toEqual({ paused: [1_000, 1_000, 1_000], rounds: [1, 2, 2, 2], left: 0 })
})

test('a backlog is emptied without a pause', async () => {
  expect(await runBeside(450, 0, 0)).toEqual({ paused: [], rounds: [200, 200, 50], left: 0 })
})

test('under changes without end a run ends, for other work waits behind it; under a backlog it goes on', async () => {
  const { paused, rounds, left } = await runBeside(1, 1, Number.POSITIVE_INFINITY)
  expect([paused.length, rounds.length, left]).toEqual([20, 21, 1])
  expect((await runBeside(250, 200, 5)).left).toBe(0)
})

test('a text is embedded once, whatever happens to its price', async () => {
  const world = await setUp()
  const asked: string[] = []
  const deps = depsOf(world, scriptedModel(asked))
  for (const [step, price] of [1, 2, 2, 3].entries()) {
    const offers = [{ market: '*', currency: 'EUR', price }]
    await world.writer.apply(SHOP, [itemWrite({ id: 'a', offers, updated_at: iso(NOW + step) })], NOW)
    await drainOutbox(deps)
  }
  expect(asked).toEqual(['Teapot'])
})

test('a text that changes while it is embedded is embedded again', async () => {
  const world = await setUp()
  const asked: string[] = []
  let changed = false
  const model = scriptedModel(asked, async () => {
    if (changed) return
    changed = true
    await world.writer.apply(SHOP, [itemWrite({ id: 'a', title: 'A new title', updated_at: iso(NOW + 1) })], NOW)
  })
  await world.writer.apply(SHOP, [itemWrite({ id: 'a', title: 'four' })], NOW)
  while ((await drainOutbox(depsOf(world, model))) > 0);
  expect(asked).toEqual(['four', 'A new title'])
  expect((await shown(world)).lengths).toEqual([['a', 'A new title'.length]])
})

test('a drain that dies anywhere is repeated until everything stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
      const world = await setUp()
      const rng = seededRng(seed)
      const cut = (after: boolean) => ({ fault: { mode: 'error' as const, message: 'cut', after }, probability: 0.15 })
      const plan = { rng, rules: [cut(false), cut(true)] }
      const over = { db: faulty(world.catalogue, plan), kv: faulty(world.kv, plan), index: faulty(world.index, plan) }
      const shaky = depsOf(world, scriptedModel([]), over)
      await world.writer.apply(
        SHOP,
        [itemWrite({ id: 'a', title: 'four' }), itemWrite({ id: 'b', title: 'six666' })],
        NOW,
      )
      for (let attempt = 0; attempt < 4; attempt++) await drainOutbox(shaky).catch(() => 0)
      await world.writer.apply(SHOP, [itemWrite({ id: 'b', title: 'eight888', updated_at: iso(NOW + 1) })], NOW)
      for (let attempt = 0; attempt < 4; attempt++) await drainOutbox(shaky).catch(() => 0)
      // A fault that keeps coming back looks like the item's own; what was put aside for it is tried again later.
      const well = depsOf(world, scriptedModel([]))
      for (let wait = 0; wait < 6; wait++) {
        while ((await drainOutbox(well)) > 0);
        world.clock.advance(4 ** wait * 600_000)
        await well.quarantine.retryDue(world.clock.now())
      }
      const { titles, lengths } = await shown(world)
      expect([titles, lengths], `fault seed ${seed}`).toEqual([
        ['eight888', 'four'],
        [
          ['a', 4],
          ['b', 8],
        ],
      ])
    }),
    { seed: SEED, numRuns: 40 },
  )
})

test('control: an outbox that is cleared before the work loses it', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  await world.writer.apply(SHOP, [itemWrite({ id: 'a', title: 'four' })], NOW)
  const early = { ...deps, cache: { ...deps.cache, putItem: async () => Promise.reject(new Error('cut')) } }
  const entries = await deps.catalogue.outbox(10)
  await deps.catalogue.clearOutbox(entries.map((entry) => entry.seq))
  await drainOutbox(early).catch(() => 0)
  await drainOutbox(deps)
  expect((await shown(world)).titles).toEqual([])
})

test('work under a lease runs once at a time, and stops when the lease is lost', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const result = await alone('work', deps, async (keep) => {
    expect(await alone('work', deps, async () => 'second')).toBeNull()
    await keep()
    world.clock.advance(3 * 60_000)
    expect(await alone('work', deps, async () => 'successor')).toBe('successor')
    await expect(keep()).rejects.toThrow('lost')
    return 'first'
  })
  expect(result).toBe('first')
})

test('a provider that takes longer than a step usually does keeps its run: nobody takes over and pays again', async () => {
  const world = await setUp()
  const ids = Array.from({ length: 150 }, (_, index) => `i${index}`)
  await world.writer.apply(
    SHOP,
    ids.map((id) => itemWrite({ id, title: `Title of ${id}` })),
    NOW,
  )
  const rivals: unknown[] = []
  const twice: string[] = []
  const asked: string[] = []
  const slow = scriptedModel(asked, async () => {
    world.clock.advance(25_000)
    rivals.push(await runOutbox(depsOf(world, scriptedModel(twice))))
  })
  expect(await runOutbox(depsOf(world, slow))).not.toBeNull()
  expect(rivals).toEqual([null, null])
  expect([asked.length, twice]).toEqual([150, []])
  expect(await world.catalogue.prepare('SELECT COUNT(*) AS left FROM outbox').first('left')).toBe(0)
})

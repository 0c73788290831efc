import { expect, test } from 'vitest'
import { iso, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, SPACE, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import { createCacheStore } from '../store/cache.ts'
import { bisect } from './bisect.ts'
import type { EnrichDeps } from './deps.ts'
import { drainOutbox } from './outbox.ts'

const ids = Array.from({ length: 100 }, (_, index) => `i${String(index).padStart(3, '0')}`)

const poisoned = (poison: ReadonlySet<string>, done: Set<string>, calls = { count: 0 }) => ({
  calls,
  work: async (part: readonly string[]) => {
    calls.count += 1
    if (part.some((id) => poison.has(id))) throw new TypeError('poison')
    for (const id of part) done.add(id)
  },
})

const fine = async () => {}

test('one poison item of a hundred, at every position: the others are done in one pass, in few calls', async () => {
  for (const poison of ids) {
    const done = new Set<string>()
    const found: string[] = []
    const { work, calls } = poisoned(new Set([poison]), done)
    await bisect(ids, work, fine, async (id) => void found.push(id))
    expect(found, poison).toEqual([poison])
    expect(done.size).toBe(99)
    expect(calls.count).toBeLessThanOrEqual(17)
  }
})

test('control: without halving one poison item stops everybody', async () => {
  const done = new Set<string>()
  const { work } = poisoned(new Set([ids[50]!]), done)
  await work(ids).catch(() => {})
  expect(done.size).toBe(0)
})

test('several poison items are all found', async () => {
  const poison = new Set(['i000', 'i001', 'i050', 'i099'])
  const done = new Set<string>()
  const found: string[] = []
  await bisect(ids, poisoned(poison, done).work, fine, async (id) => void found.push(id))
  expect([new Set(found), done.size]).toEqual([poison, 96])
})

test('an outage accuses nobody and costs few calls', async () => {
  const { work, calls } = poisoned(new Set(ids), new Set())
  const down = () => Promise.reject(new Error('down'))
  const found: string[] = []
  await expect(bisect(ids, work, down, async (id) => void found.push(id))).rejects.toThrow('poison')
  expect(found).toEqual([])
  expect(calls.count).toBeLessThanOrEqual(8)
})

test('an outage that begins in the middle accuses nobody either', async () => {
  let calls = 0
  let isDown = false
  const work = async (part: readonly string[]) => {
    calls += 1
    if (calls > 6) isDown = true
    if (isDown || part.includes('i010')) throw new Error('down')
  }
  const found: string[] = []
  const probe = async () => {
    if (isDown) throw new Error('down')
  }
  await expect(bisect(ids, work, probe, async (id) => void found.push(id))).rejects.toThrow('down')
  expect(found).toEqual([])
})

test('a failure that does not come again is nobody’s', async () => {
  let failures = 7
  const found: string[] = []
  await bisect(
    ids,
    async () => {
      if (failures-- > 0) throw new Error('busy')
    },
    fine,
    async (id) => void found.push(id),
  )
  expect(found).toEqual([])
})

/** Each stage of the outbox with one item that it cannot take; `work` is what a broken dependency refuses. */
const STAGES: Record<string, (deps: EnrichDeps, poison: string) => EnrichDeps> = {
  cards: (deps, poison) => ({
    ...deps,
    cache: {
      ...deps.cache,
      putItem: (shop, item) =>
        item.id === poison ? Promise.reject(new TypeError('poison')) : deps.cache.putItem(shop, item),
    },
  }),
  vectors: (deps, poison) => ({
    ...deps,
    found: {
      ...deps.found,
      due: async (shop, limit, among) => {
        if (among?.includes(poison)) throw new RangeError('poison')
        return deps.found.due(shop, limit, among)
      },
    },
  }),
  embed: (deps, poison) => ({
    ...deps,
    model: {
      ...deps.model,
      embedItems: async (shop, version, items) => {
        if (items.some((fields) => fields[0]!.text === `Title ${poison}`)) throw new SyntaxError('poison')
        return deps.model.embedItems(shop, version, items)
      },
    },
  }),
}

test.each(Object.keys(STAGES))(
  'of a hundred changed items with one that the stage %s cannot take, at every position, 99 come out',
  async (stage) => {
    const world = await setUp()
    const well = depsOf(world, scriptedModel([]))
    for (const [round, poison] of ids.entries()) {
      const writes = ids.map((id) => itemWrite({ id, title: `Title ${id}`, updated_at: iso(NOW + round) }))
      // Only what changes is in the outbox: every round changes everything, or nothing would be at stake.
      const priced = writes.map((write) => ({ ...write, contentHash: `${write.id} ${round}` }))
      await world.writer.apply(SHOP, priced, NOW)
      await world.catalogue.prepare('DELETE FROM item_vectors').run()
      const cards = new Set<string>()
      const deps = STAGES[stage]!(well, poison)
      const watched: EnrichDeps = {
        ...deps,
        cache: {
          ...deps.cache,
          putItem: async (shop, item) => deps.cache.putItem(shop, item).then(() => void cards.add(item.id)),
        },
      }
      expect(await drainOutbox(watched), poison).toBe(100)
      expect((await well.quarantine.list(SHOP, 10)).map((row) => [row.item, row.stage])).toEqual([[poison, stage]])
      expect(cards.size).toBe(stage === 'cards' ? 99 : 100)
      const vectors = await well.ledger.due(SPACE, 'text', 200)
      expect(vectors.length).toBe(0)
      const { results } = await world.catalogue.prepare('SELECT item FROM item_vectors').all<{ item: string }>()
      expect(results.length).toBe(stage === 'embed' ? 99 : 100)
      await world.catalogue.prepare('DELETE FROM quarantine').run()
    }
  },
  60_000,
)

test('what is put aside comes out when its text changes, when an operator asks, and by itself after a while', async () => {
  const world = await setUp()
  const well = depsOf(world, scriptedModel([]))
  const broken = STAGES.cards!(well, 'a')
  const card = async () => (await createCacheStore(world.kv).items(SHOP, ['a'])).get('a')?.title
  const write = (title: string, at: number) => itemWrite({ id: 'a', title, updated_at: iso(at) })
  await world.writer.apply(SHOP, [write('One', NOW)], NOW)
  await drainOutbox(broken)
  expect([await card(), await well.quarantine.count(SHOP)]).toEqual([undefined, 1])
  await world.writer.apply(SHOP, [write('Two', NOW + 1)], NOW)
  expect(await well.quarantine.count(SHOP)).toBe(0)
  await drainOutbox(broken)
  expect(await well.quarantine.release(SHOP, NOW)).toBe(1)
  await drainOutbox(well)
  expect(await card()).toBe('Two')
  await world.writer.apply(SHOP, [write('Three', NOW + 2)], NOW)
  await drainOutbox(broken)
  expect(await well.quarantine.retryDue(world.clock.now())).toBe(0)
  world.clock.advance(10 * 60_000)
  expect(await well.quarantine.retryDue(world.clock.now())).toBe(1)
  await drainOutbox(broken)
  expect((await well.quarantine.list(SHOP, 1))[0]).toMatchObject({ item: 'a', attempts: 2, error: 'TypeError' })
  world.clock.advance(40 * 60_000)
  await well.quarantine.retryDue(world.clock.now())
  await drainOutbox(well)
  world.clock.advance(10_000)
  expect(await card()).toBe('Three')
  expect(await world.catalogue.prepare('SELECT COUNT(*) AS rows FROM quarantine').first('rows')).toBe(0)
})

test('a cache that takes no writes accuses no item, and the outbox keeps everything', async () => {
  const world = await setUp()
  const well = depsOf(world, scriptedModel([]))
  await world.writer.apply(SHOP, [itemWrite({ id: 'a' }), itemWrite({ id: 'b' })], NOW)
  const down = () => Promise.reject(new Error('KV PUT failed: 500'))
  const broken = { ...well, cache: { ...well.cache, putItem: down, putVeto: down } }
  await expect(drainOutbox(broken)).rejects.toThrow('KV PUT failed')
  expect([await well.quarantine.count(SHOP), (await well.catalogue.outbox(10)).length]).toEqual([0, 2])
})

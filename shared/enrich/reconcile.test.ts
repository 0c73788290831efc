/** Whatever happens to a copy, the sweep brings it back to what D1 says. */
import { expect, test } from 'vitest'
import { demoShop } from '../../tests/support/shops.ts'
import { understand } from '../../tests/support/understood.ts'
import { type World, worldsOf } from '../../tests/support/world.ts'
import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { type Rng, seededRng } from '../base/rng.ts'
import { VECTOR_VIEWS } from '../domain/vector_space.ts'
import { createTextIndexStore } from '../store/catalogue/text_index.ts'
import { tenantToken } from '../store/keys.ts'
import { type Differences, type ReconcileDeps, readCursor, reconcileShops } from './reconcile.ts'

const SEED = 20_261_141

const demo = demoShop('hearth-and-field')
const newWorld = worldsOf({ ...demo, events: demo.events.slice(0, 200) })

async function setUp() {
  const world = await newWorld()
  const ids = world.data.items.map((item) => item.id)
  const understood = ids.slice(0, 60).map((item, index) => ({
    item,
    hash: `h${index}`,
    understanding: { queries: [`word${index} something`] },
  }))
  await understand(world.rawCatalogue, world.shop, understood)
  for (const id of ids.slice(50, 70)) await world.deleteItem(id)
  await world.catchUp()
  const deps: ReconcileDeps = { ...world.enrich, texts: createTextIndexStore(world.rawCatalogue) }
  return { world, deps, live: [...ids.slice(0, 50), ...ids.slice(70)], dead: ids.slice(50, 70) }
}
type Scene = Awaited<ReturnType<typeof setUp>>

const run = (world: World, sql: string, ...params: Array<string | number>) =>
  world.rawCatalogue.execute([{ sql, params }])[0]!
const spaceOf = (world: World) => ({ shop: world.shop, ...world.config.search.space! })

/** Does every kind of damage to some items of its choice. */
async function damage({ world, live, dead }: Scene, rng: Rng): Promise<void> {
  const { shop, enrich } = world
  const space = spaceOf(world)
  const some = (list: readonly string[], count: number) => rng.shuffle([...list]).slice(0, count)
  const vector = () => {
    const values = Float32Array.from({ length: space.dimensions }, () => rng.next() - 0.5)
    const length = Math.hypot(...values)
    return values.map((value) => value / length)
  }
  const seqs = (ids: readonly string[]) =>
    run(world, 'SELECT seq FROM items WHERE id IN (SELECT value FROM json_each(?1))', JSON.stringify(ids)).rows.map(
      ([seq]) => seq as number,
    )
  for (const view of VECTOR_VIEWS) {
    await enrich.vectors.remove(space, view, some(live, 7))
    const wrong = [...some(live, 5), ...some(dead, 4)].map((item) => ({ item, values: vector(), stamp: 'older' }))
    await enrich.vectors.upsert(space, view, wrong)
  }
  run(world, 'DELETE FROM item_vectors WHERE item IN (SELECT value FROM json_each(?1))', JSON.stringify(some(live, 6)))
  for (const table of ['item_text', 'found_text'])
    run(
      world,
      `DELETE FROM ${table} WHERE rowid IN (SELECT value FROM json_each(?1))`,
      JSON.stringify(seqs(some(live, 8))),
    )
  for (const seq of seqs(some(dead, 5))) {
    run(
      world,
      'INSERT INTO item_text (rowid, tenant, title, body, segmented) VALUES (?1, ?2, ?3, ?3, ?3)',
      seq,
      tenantToken(shop),
      'ghost',
    )
    run(
      world,
      'INSERT INTO found_text (rowid, tenant, found, segmented) VALUES (?1, ?2, ?3, ?3)',
      seq,
      tenantToken(shop),
      'ghost',
    )
  }
  run(world, 'DELETE FROM item_found WHERE item IN (SELECT value FROM json_each(?1))', JSON.stringify(some(live, 3)))
  const [kept] = [...(await enrich.cache.items(shop, some(live, 1))).values()]
  for (const id of some(live, 5)) await enrich.cache.removeItem(shop, id)
  for (const id of [...some(dead, 4), ...some(live, 4)]) await enrich.cache.putItem(shop, { ...kept!, id, epoch: -1 })
}

/** Everything in which a copy does not agree with D1, told without the code under test. */
async function disagreements({ world, live, dead }: Scene): Promise<string[]> {
  const { shop, enrich } = world
  const space = spaceOf(world)
  const all = [...live, ...dead]
  const found: string[] = []
  const say = (condition: boolean, what: string) => condition && found.push(what)
  const rows = run(
    world,
    `SELECT i.id, i.seq, i.epoch, i.text_hash, e.hash FROM items i LEFT JOIN enrichments e ON e.shop = i.shop AND e.item = i.id
     AND e.text_hash = i.text_hash WHERE i.deleted_at IS NULL`,
  ).rows as Array<[string, number, number, string, string | null]>
  const facts = new Map(rows.map(([id, seq, epoch, text, hash]) => [id, { seq, epoch, text, found: hash }]))
  for (const view of VECTOR_VIEWS) {
    const vectors = await enrich.vectors.get(space, view, all)
    for (const id of all)
      say((vectors.get(id)?.stamp ?? null) !== (facts.get(id)?.[view] ?? null), `${view} vector of ${id}`)
  }
  for (const [table, wanted] of [
    ['item_text', [...facts.values()].map((fact) => fact.seq)],
    ['found_text', [...facts.values()].flatMap((fact) => (fact.found === null ? [] : [fact.seq]))],
  ] as const) {
    const token = `tenant : ${tenantToken(shop)}`
    const has = run(world, `SELECT rowid FROM ${table} WHERE ${table} MATCH ?1`, token).rows.map(
      ([seq]) => seq as number,
    )
    for (const seq of wanted) say(!has.includes(seq), `${table} lacks ${seq}`)
    for (const seq of has) say(!wanted.includes(seq), `${table} has ${seq}`)
  }
  const cards = await enrich.cache.items(shop, all)
  for (const id of all) say((cards.get(id)?.epoch ?? null) !== (facts.get(id)?.epoch ?? null), `card of ${id}`)
  return found
}

const keep = async () => {}

/** Passes until one finds nothing. */
async function untilQuiet({ world }: Scene, deps: ReconcileDeps, most: number): Promise<Differences[]> {
  const passes: Differences[] = []
  for (let pass = 0; pass < most; pass++) {
    await deps.jobs.due(world.shop, 'reconcile')
    await reconcileShops(deps, keep)
    passes.push(readCursor((await deps.jobs.get(world.shop, 'reconcile'))!.cursor).differences)
    world.clock.advance(3 * MINUTE_MS)
    if (Object.values(passes.at(-1)!).every((count) => count === 0)) return passes
  }
  return passes
}

test(`every store agrees again after any damage (seed ${SEED})`, async () => {
  const scene = await setUp()
  expect(await disagreements(scene)).toEqual([])
  expect(await untilQuiet(scene, scene.deps, 1)).toMatchObject([
    { vectors_missing: 0, text_missing: 0, cards_stale: 0 },
  ])
  for (let round = 0; round < 4; round++) {
    await damage(scene, seededRng(SEED + round))
    scene.world.clock.advance(3 * MINUTE_MS)
    expect((await disagreements(scene)).length, 'control: the damage is seen').toBeGreaterThan(40)
    const passes = await untilQuiet(scene, scene.deps, 4)
    expect(await disagreements(scene), `seed ${SEED + round}`).toEqual([])
    expect(passes.length, JSON.stringify(passes)).toBeLessThan(4)
    const [first] = passes
    for (const [name, count] of Object.entries(first!))
      expect(count, `${name}, seed ${SEED + round}`).toBeGreaterThan(0)
  }
})

test('a mended row finds what the first one found', async () => {
  const scene = await setUp()
  const { world, deps } = scene
  const hits = () =>
    run(world, `SELECT rowid FROM item_text WHERE item_text MATCH 'teapot' ORDER BY bm25(item_text), rowid`).rows.flat()
  const before = hits()
  expect(before.length).toBeGreaterThan(2)
  run(world, 'DELETE FROM item_text WHERE rowid IN (SELECT value FROM json_each(?1))', JSON.stringify(before))
  expect(hits()).toEqual([])
  await untilQuiet(scene, deps, 3)
  expect(hits()).toEqual(before)
})

test('negative control: a sweep that leaves one store out leaves it as it is', async () => {
  const scene = await setUp()
  await damage(scene, seededRng(SEED))
  scene.world.clock.advance(3 * MINUTE_MS)
  const blind: ReconcileDeps = {
    ...scene.deps,
    texts: { ...scene.deps.texts, compare: async () => ({ missing: [], extra: [] }), mendFound: async () => 0 },
  }
  await untilQuiet(scene, blind, 4)
  expect((await disagreements(scene)).some((what) => what.startsWith('item_text'))).toBe(true)
})

test('a vector that is on its way is not made again', async () => {
  const scene = await setUp()
  const { world, deps } = scene
  let embedded = 0
  const model = {
    ...deps.model,
    embedItems: (...args: Parameters<typeof deps.model.embedItems>) => {
      embedded += args[2].length
      return deps.model.embedItems(...args)
    },
  }
  const space = spaceOf(world)
  const id = scene.live[0]!
  await deps.vectors.remove(space, 'text', [id])
  world.clock.advance(2 * SECOND_MS)
  run(world, 'UPDATE item_vectors SET written_at = ?1 WHERE item = ?2', world.clock.now(), id)
  await untilQuiet(scene, { ...deps, model }, 1)
  expect(embedded).toBe(0)
  await untilQuiet(scene, { ...deps, model }, 2)
  expect(embedded).toBe(1)
})

test('a pass that dies is gone on with where it stood', async () => {
  const scene = await setUp()
  const { world, deps } = scene
  await damage(scene, seededRng(SEED + 9))
  world.clock.advance(3 * MINUTE_MS)
  await deps.jobs.due(world.shop, 'reconcile')
  await expect(
    reconcileShops({ ...deps, jobs: { ...deps.jobs, failed: async () => {} } }, async () =>
      Promise.reject(new Error('lost')),
    ),
  ).resolves.toBeUndefined()
  const stood = readCursor((await deps.jobs.get(world.shop, 'reconcile'))!.cursor)
  expect(stood.afterSeq).toBeGreaterThan(0)
  await reconcileShops(deps, keep)
  world.clock.advance(3 * MINUTE_MS)
  await untilQuiet(scene, deps, 3)
  expect(await disagreements(scene)).toEqual([])
})

test('a lost embedder is learned again', async () => {
  const scene = await setUp()
  const { world, deps } = scene
  const { version } = world.config.search.space!
  await deps.embedders.remove(world.shop, version)
  await untilQuiet(scene, deps, 1)
  const roles = (await deps.spaces.all(world.shop)).map((space) => space.role)
  // Twenty items are gone since, so it is another one; it fills its own space and follows.
  expect(roles).toEqual(['active', 'next'])
})

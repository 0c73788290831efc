/** One embedder follows another while shoppers search: never an empty answer, never one of two embedders. */
import { expect, test } from 'vitest'
import { ask } from '../../tests/support/ask.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { DIMENSIONS_B, worldsOf } from '../../tests/support/world.ts'
import { faulty } from '../../workers/local/node/faulty.ts'
import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { hash32 } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import type { ShopConfig } from '../domain/shop.ts'
import type { EmbedderChoice, EmbedderRpc } from '../model/embedder_rpc.ts'
import type { EnrichDeps } from './deps.ts'
import { NoVectorIndex } from './embedder.ts'
import { drainOutbox } from './outbox.ts'
import { prepareVectors, SPACE_GRACE_MS } from './prepare_vectors.ts'

const SEED = 20_261_140
const QUERY = 'a kettle for tea'
const PROVIDER: EmbedderChoice = { kind: 'provider', version: 'scripted/words/256', dimensions: 256 }
const WIDER: EmbedderChoice = { kind: 'local', dimensions: DIMENSIONS_B }
/** A reader that learns of nothing for as long as one may. */
const SLOWEST_READER_MS = SPACE_GRACE_MS - MINUTE_MS

/** Words as signed random directions: another embedder of as many dimensions as the local one. */
function scripted(choice: { current: EmbedderChoice }, local: EmbedderRpc, asked: string[]): EmbedderRpc {
  const embed = (text: string): Float32Array => {
    const vector = new Float32Array(256)
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const hash = hash32(word)
      vector[hash % 256]! += hash & 512 ? 1 : -1
    }
    const length = Math.hypot(...vector) || 1
    return vector.map((value) => value / length)
  }
  const isOurs = (version: string) => version.startsWith('scripted/')
  return {
    embedder: async () => choice.current,
    async embedItems(shop, version, items) {
      if (!isOurs(version)) return local.embedItems(shop, version, items)
      const texts = items.map((fields) => fields.map((field) => field.text).join(' '))
      asked.push(...texts)
      return { ok: true, vectors: texts.map(embed) }
    },
    embedQuery: async (shop, version, text) => (isOurs(version) ? embed(text) : local.embedQuery(shop, version, text)),
  }
}

const demo = demoShop('hearth-and-field')
const newWorld = worldsOf({ ...demo, events: demo.events.slice(0, 200) })

async function setUp() {
  const world = await newWorld()
  const choice: { current: EmbedderChoice } = { current: { kind: 'local', dimensions: 256 } }
  const asked: string[] = []
  const model = { ...world.enrich.model, ...scripted(choice, world.enrich.model, asked) }
  const deps: EnrichDeps = { ...world.enrich, model }
  return { world, deps, choice, asked }
}
type Scene = Awaited<ReturnType<typeof setUp>>

/** What a reader with this configuration finds by meaning. */
async function found({ deps }: Scene, config: ShopConfig): Promise<string[]> {
  const space = { shop: config.shop, ...config.search.space! }
  const vector = (await deps.model.embedQuery(config.shop, space.version, QUERY))!
  return (await deps.vectors.near(space, 'text', vector, 10)).map((match) => match.id)
}

/** Readers that hold their configuration for different times; every answer is kept with the embedder it should be of. */
function readers(scene: Scene) {
  const { world } = scene
  const held = [0, 30 * SECOND_MS, SLOWEST_READER_MS].map((holdMs) => ({
    holdMs,
    config: world.config,
    readAtMs: world.clock.now(),
  }))
  const answers = new Map<string, Set<string>>()
  return {
    answers,
    async search() {
      for (const reader of held) {
        if (world.clock.now() - reader.readAtMs >= reader.holdMs) {
          reader.config = (await world.enrich.shops.config(world.shop))!
          reader.readAtMs = world.clock.now()
        }
        const ids = await found(scene, reader.config)
        const { version } = reader.config.search.space!
        answers.set(version, (answers.get(version) ?? new Set()).add(ids.join(' ')))
      }
    },
  }
}

/** Runs the crons for a while; searches go on at every step. */
async function live(scene: Scene, deps: EnrichDeps, search: () => Promise<void>, minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 2; step++) {
    await prepareVectors(scene.world.shop, deps, search).catch(() => {})
    await search()
    scene.world.clock.advance(30 * SECOND_MS)
    await search()
  }
}

const roles = async ({ world }: Scene) =>
  (await world.enrich.spaces.all(world.shop)).map((space) => [space.role, space.binding, space.dimensions])
const ledgerOf = ({ world }: Scene) =>
  world.rawCatalogue
    .execute([{ sql: 'SELECT version, COUNT(*) FROM item_vectors GROUP BY version', params: [] }])[0]!
    .rows.map((row) => row[1])

for (const [name, next, binding, dimensions] of [
  ['another provider with as many dimensions', PROVIDER, 'a', 256],
  ['other dimensions in the other index', WIDER, 'b', DIMENSIONS_B],
] as const) {
  test(`${name}: every answer is whole and of one embedder, and the old vectors go`, async () => {
    const scene = await setUp()
    const { world, deps, choice } = scene
    const before = world.config.search.space!.version
    const { answers, search } = readers(scene)
    await search()
    choice.current = next
    await live(scene, deps, search, SPACE_GRACE_MS / MINUTE_MS + 3)
    const after = (await world.enrich.shops.config(world.shop))!.search.space!.version
    expect([...answers.keys()]).toEqual([before, after])
    // One list a version: neither a half-filled nor an emptied space was ever asked.
    for (const lists of answers.values()) {
      expect(lists.size).toBe(1)
      expect([...lists][0]!.split(' ')).toHaveLength(10)
    }
    expect(await roles(scene)).toEqual([['active', binding, dimensions]])
    expect(ledgerOf(scene)).toEqual([world.data.items.length])
    expect(await world.enrich.embedders.artefact(world.shop, before)).toBeNull()
    // Nothing of the former embedder is left in its index.
    const old = { shop: world.shop, version: before, binding: 'a', dimensions: 256 } as const
    const ids = world.data.items.map((item) => item.id)
    expect((await world.enrich.vectors.get(old, 'text', ids)).size).toBe(0)
    await world.reread()
    const { answer } = await ask(
      (await world.location()).isolate((parts) => ({ ...parts, embed: deps.model.embedQuery })),
      world.config,
      { query: QUERY },
    )
    expect(answer.sourceCounts.vector_text).toBeGreaterThan(10)
  })
}

test('negative control: switching at once shows empty or half answers', async () => {
  const scene = await setUp()
  const { world, deps, choice } = scene
  const { answers, search } = readers(scene)
  await search()
  choice.current = PROVIDER
  const atOnce = (version: string) =>
    world.rawCatalogue.execute([
      { sql: `UPDATE vector_spaces SET role = 'old', retired_at = 0 WHERE role = 'active'`, params: [] },
      { sql: `UPDATE vector_spaces SET role = 'active' WHERE version = ?1`, params: [version] },
    ])
  const spaces = {
    ...deps.spaces,
    async open(...args: Parameters<typeof deps.spaces.open>) {
      await deps.spaces.open(...args)
      atOnce(args[0].version)
    },
  }
  await live(scene, { ...deps, spaces }, search, 2)
  expect([...answers.values()].some((lists) => lists.size > 1)).toBe(true)
})

test(`a run that dies at any step is gone on with (seed ${SEED})`, async () => {
  for (let run = 0; run < 4; run++) {
    const scene = await setUp()
    const { world, deps, choice } = scene
    const rng = seededRng(SEED + run)
    const { answers, search } = readers(scene)
    await search()
    choice.current = run % 2 === 0 ? PROVIDER : WIDER
    const cut = (after: boolean) => ({ fault: { mode: 'error' as const, message: 'cut', after }, probability: 0.04 })
    const plan = { rng, rules: [cut(false), cut(true)] }
    const shaky: EnrichDeps = {
      ...deps,
      spaces: faulty(deps.spaces, plan),
      ledger: faulty(deps.ledger, plan),
      vectors: faulty(deps.vectors, plan),
      embedders: faulty(deps.embedders, plan),
    }
    await live(scene, shaky, search, 12)
    await live(scene, deps, search, SPACE_GRACE_MS / MINUTE_MS + 2)
    expect(
      (await roles(scene)).map(([role]) => role),
      `run ${run}`,
    ).toEqual(['active'])
    expect(ledgerOf(scene), `run ${run}`).toEqual([world.data.items.length])
    for (const lists of answers.values()) expect(lists.size, `run ${run}`).toBe(1)
  }
}, 60_000)

test('items that are written meanwhile are found before and after the switch', async () => {
  const scene = await setUp()
  const { world, deps, choice } = scene
  choice.current = PROVIDER
  await prepareVectors(world.shop, deps, async () => {})
  const kettle = {
    id: 'late',
    title: 'Kettle for tea, a very late one',
    offers: [{ market: '*', currency: 'GBP', price: 1 }],
  }
  await world.putItems([kettle])
  while ((await drainOutbox(deps)) > 0);
  world.clock.advance(2 * SECOND_MS)
  expect(await found(scene, (await world.enrich.shops.config(world.shop))!)).toContain('late')
  await prepareVectors(world.shop, deps, async () => {})
  const config = (await world.enrich.shops.config(world.shop))!
  expect(config.search.space!.version).toBe('scripted/words/256')
  expect(await found(scene, config)).toContain('late')
  expect(await world.enrich.cache.shop(world.shop)).toMatchObject({ search: config.search })
})

test('dimensions that no index has fail with what to create, and the shop goes on with what it has', async () => {
  const scene = await setUp()
  const { world, deps, choice } = scene
  choice.current = { kind: 'provider', version: 'other/large/512', dimensions: 512 }
  await expect(prepareVectors(world.shop, deps, async () => {})).rejects.toThrow(NoVectorIndex)
  await expect(prepareVectors(world.shop, deps, async () => {})).rejects.toThrow(/--dimensions=512.*ITEM_VECTORS_B/)
  await world.putItems([
    { id: 'one-more', title: 'One more kettle', offers: [{ market: '*', currency: 'GBP', price: 1 }] },
  ])
  await prepareVectors(world.shop, deps, async () => {}).catch(() => {})
  world.clock.advance(2 * SECOND_MS)
  expect(await found(scene, world.config)).toHaveLength(10)
  expect(await deps.ledger.countDue({ shop: world.shop, ...world.config.search.space! }, 'text')).toBe(0)
  choice.current = { kind: 'local', dimensions: 256 }
  await prepareVectors(world.shop, deps, async () => {})
  expect(await roles(scene)).toEqual([['active', 'a', 256]])
})

test('a text is embedded once, whatever dies in between', async () => {
  const { world, deps, choice, asked } = await setUp()
  choice.current = PROVIDER
  // Dies after the vectors were written and before that was noted.
  const forgetful = { ...deps, ledger: { ...deps.ledger, wrote: () => Promise.reject(new Error('cut')) } }
  await prepareVectors(world.shop, forgetful, async () => {}).catch(() => {})
  const once = asked.length
  expect(once).toBeGreaterThan(50)
  world.clock.advance(2 * SECOND_MS)
  for (let run = 0; run < 3; run++) {
    await prepareVectors(world.shop, deps, async () => {})
    world.clock.advance(2 * SECOND_MS)
  }
  expect(new Set(asked).size).toBe(asked.length)
})

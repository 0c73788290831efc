/** Learning as the cron does it: in turns, one run a shop, never twice, and forgotten when its shoppers are. */
import { expect, test } from 'vitest'
import { interaction, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import type { Interaction } from '../domain/event.ts'
import { shopperHash, shopperHigh } from '../domain/shopper_hash.ts'
import { encodeArrays } from '../learn/arrays.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { digestOf, type Manifest } from '../learn/manifest_step.ts'
import { OBJECTS } from '../learn/step.ts'
import { dayOf } from '../store/keys.ts'
import { createHabitStore } from '../store/live/habits.ts'
import { createErasureStore } from '../store/operations/erasures.ts'
import type { EnrichDeps } from './deps.ts'
import { eraseShoppers } from './erase.ts'
import { runLearning } from './learn_shops.ts'
import { alone } from './run.ts'

const ITEMS = ['a', 'b', 'c', 'd']
const bought = (shopper: string, ...items: string[]) => items.map((item) => interaction({ shopper, item }))
const EVENTS = ['1', '2', '3'].flatMap((name) => bought(`u:${name}`, 'a', 'b')).concat(bought('u:4', 'b', 'c'))

async function shopOf(events: readonly Interaction[] = EVENTS) {
  const world = await setUp()
  const writes = ITEMS.map((id) => itemWrite({ id }))
  await world.writer.apply(SHOP, writes, NOW)
  const deps = depsOf(world, scriptedModel([]))
  const tell = async (told: readonly Interaction[], batch: string) => {
    const accepted = told.map((one, at) => ({ eventId: `${batch}-${at}`, interactions: [one] }))
    await deps.inbox.accept(SHOP, accepted, batch, NOW, null)
    await foldEvents(deps.inbox, deps.archive, async () => deps.jobs.due(SHOP, 'learn'))
  }
  await tell(events, 'first')
  const neighbours = async () => {
    const { results } = await world.catalogue
      .prepare(`SELECT item, bought FROM neighbours WHERE shop = ?1 AND bought <> '[]' ORDER BY item`)
      .bind(SHOP)
      .all<{ item: string; bought: string }>()
    return Object.fromEntries(
      results.map((row) => [row.item, (JSON.parse(row.bought) as unknown[][]).map(([id]) => id)]),
    )
  }
  return { world, deps, tell, neighbours }
}

const toTheEnd = (deps: EnrichDeps) => runLearning(deps, { units: Number.POSITIVE_INFINITY })
const objectsOf = async ({ artefacts }: EnrichDeps) => [
  ...(await artefacts.runs(SHOP, 'own')),
  ...(await artefacts.runs(SHOP, 'offered')),
]

test('a run goes on turn by turn, and ends as if it had been one', async () => {
  const [whole, cut] = [await shopOf(), await shopOf()]
  await toTheEnd(whole.deps)
  let turns = 0
  do {
    await runLearning(cut.deps, { units: 1 })
    turns += 1
  } while ((await cut.deps.learnRuns.running(SHOP)) !== null)
  expect(turns).toBeGreaterThan(10)
  expect(await cut.neighbours()).toEqual(await whole.neighbours())
  expect(await whole.neighbours()).toMatchObject({ a: ['b'], b: ['a', 'c'], c: ['b'] })
  const job = await cut.deps.jobs.get(SHOP, 'learn')
  expect(job).toMatchObject({ state: 'idle', cursor: '8', error: null })
  const manifests = await Promise.all(
    [whole, cut].map(async ({ deps }) => {
      const run = (await deps.learnRuns.published(SHOP))!
      return deps.artefacts.folder(SHOP, 'own', run.run).text(OBJECTS.manifest)
    }),
  )
  expect(manifests[1]).toBe(manifests[0])
})

test('the same events are not learned twice; new ones are', async () => {
  const { deps, world, tell, neighbours } = await shopOf()
  await toTheEnd(deps)
  const first = (await deps.learnRuns.published(SHOP))!
  world.clock.advance(11 * MINUTE_MS)
  await deps.jobs.due(SHOP, 'learn')
  await toTheEnd(deps)
  expect(await deps.learnRuns.published(SHOP)).toEqual(first)
  expect((await deps.jobs.get(SHOP, 'learn'))?.due).toBe(false)
  await tell(bought('u:5', 'c', 'd'), 'second')
  world.clock.advance(11 * MINUTE_MS)
  await toTheEnd(deps)
  expect((await deps.learnRuns.published(SHOP))!.run).not.toBe(first.run)
  expect((await neighbours()).d).toEqual(['c'])
  // The former run's objects are gone.
  expect(await objectsOf(deps)).toHaveLength(1)
})

test('nothing that names a shopper outlives the publication', async () => {
  const { deps } = await shopOf()
  await toTheEnd(deps)
  const { run } = (await deps.learnRuns.published(SHOP))!
  const folder = deps.artefacts.folder(SHOP, 'own', run)
  const named = [OBJECTS.chunk(0), OBJECTS.visits(0), OBJECTS.state('bought'), OBJECTS.rows('habits', 0)]
  expect(await Promise.all(named.map((name) => folder.has(name)))).toEqual(named.map(() => false))
  expect(await folder.has(OBJECTS.rows('popularity', 0))).toBe(true)
})

test('events that come while a run is under way wait for the next', async () => {
  const { deps, tell, world, neighbours } = await shopOf()
  await runLearning(deps, { units: 2 })
  const { run } = (await deps.learnRuns.running(SHOP))!
  await tell(bought('u:5', 'c', 'd'), 'second')
  await toTheEnd(deps)
  expect((await deps.learnRuns.published(SHOP))!.run).toBe(run)
  expect((await neighbours()).d).toBeUndefined()
  expect((await deps.jobs.get(SHOP, 'learn'))?.due).toBe(true)
  world.clock.advance(11 * MINUTE_MS)
  await toTheEnd(deps)
  expect((await neighbours()).d).toEqual(['c'])
})

test('much that comes while a shop is learned is learned next; a little waits, and its moment is told', async () => {
  const { deps, tell, world } = await shopOf()
  const crowd = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => bought(`u:${from + n}`, 'c', 'd')).flat()
  await toTheEnd(deps)
  const finishedAtMs = (await deps.jobs.get(SHOP, 'learn'))!.finishedAtMs!
  await tell(bought('u:5', 'c', 'd'), 'second')
  world.clock.advance(MINUTE_MS)
  await toTheEnd(deps)
  expect(await deps.jobs.get(SHOP, 'learn')).toMatchObject({ due: true, nextRunAtMs: finishedAtMs + 10 * MINUTE_MS })
  await tell(crowd(100, 60), 'third')
  await toTheEnd(deps)
  expect(await deps.jobs.get(SHOP, 'learn')).toMatchObject({ due: false, nextRunAtMs: null })
})

test('a shop whose history is still coming in is learned once it is there; a trickle keeps nothing waiting', async () => {
  const { deps, tell } = await shopOf()
  const crowd = Array.from({ length: 60 }, (_, n) => bought(`u:${100 + n}`, 'c', 'd')).flat()
  const accept = (events: readonly Interaction[], batch: string) => {
    const accepted = events.map((one, at) => ({ eventId: `${batch}-${at}`, interactions: [one] }))
    return deps.inbox.accept(SHOP, accepted, batch, NOW, null)
  }
  await accept(crowd, 'second')
  await toTheEnd(deps)
  expect(await deps.learnRuns.published(SHOP)).toBeNull()
  expect(await deps.jobs.get(SHOP, 'learn')).toMatchObject({ due: true, finishedAtMs: null })
  await tell([], 'folded')
  await accept(bought('u:7', 'c', 'd'), 'third')
  await toTheEnd(deps)
  expect(await deps.learnRuns.published(SHOP)).not.toBeNull()
})

test('events that were erased are not waited for', async () => {
  const { deps, tell, world } = await shopOf()
  await tell(Array.from({ length: 60 }, (_, n) => bought(`u:${100 + n}`, 'c', 'd')).flat(), 'second')
  await toTheEnd(deps)
  for (let n = 0; n < 60; n++) await erase(deps, world, `u:${100 + n}`)
  world.clock.advance(11 * MINUTE_MS)
  await toTheEnd(deps)
  const { run } = (await deps.learnRuns.published(SHOP))!
  await tell(bought('u:5', 'c', 'd'), 'third')
  world.clock.advance(MINUTE_MS)
  await toTheEnd(deps)
  // Fewer are learned than were ever accepted: this alone is no growth.
  expect((await deps.learnRuns.published(SHOP))!.run).toBe(run)
  expect((await deps.jobs.get(SHOP, 'learn'))?.due).toBe(true)
})

/** Forgets a shopper as the cron does. */
async function erase(deps: EnrichDeps, world: Awaited<ReturnType<typeof setUp>>, shopper: string) {
  const none = { list: async () => [], get: async () => null, remove: async () => false }
  const rows = {
    otherNames: async () => [],
    eventIds: async () => {},
    waitingEvents: async () => 0,
    orders: async () => 0,
  }
  const erasures = createErasureStore(world.operations)
  await erasures.ask(SHOP, 'shopify', `r-${shopper}`, [shopper], NOW)
  const personalValues = { removePage: async () => ({ removed: 0, next: null }) }
  const modelCalls = { forgetPersonal: async () => 0 }
  const liveFence = { raise: async () => {} }
  const parts = {
    ...deps,
    erasures,
    rows,
    liveEraser: { erase: async () => 0 },
    deadLetters: none,
    personalValues,
    modelCalls,
    liveFence,
  }
  const whileNobodyFolds = async (work: (keep: () => Promise<void>) => Promise<void>) => {
    await work(async () => {})
    return true
  }
  const whileNobodyLearns = async (work: () => Promise<void>) =>
    (await alone('learn', deps, () => whileNobodyFolds(work))) ?? false
  const free = { keep: async () => {}, whileNobodyFolds, whileNobodyLearns }
  return eraseShoppers(parts as never, free)
}

test('an erasure ends the run, deletes what it had made, and the next knows the shopper no more', async () => {
  const { deps, world, neighbours } = await shopOf()
  await runLearning(deps, { units: 4 })
  const { run } = (await deps.learnRuns.running(SHOP))!
  expect(await objectsOf(deps)).toEqual([run])
  expect(await erase(deps, world, 'u:4')).toBe(1)
  expect(await deps.learnRuns.running(SHOP)).toBeNull()
  expect(await objectsOf(deps)).toEqual([])
  world.clock.advance(11 * MINUTE_MS)
  await toTheEnd(deps)
  expect((await deps.learnRuns.published(SHOP))!.run).not.toBe(run)
  expect(await neighbours()).toEqual({ a: ['b'], b: ['a'] })
})

test('a runner that slept through an erasure cannot go on, and what it writes late is swept away', async () => {
  const { deps, world } = await shopOf()
  await runLearning(deps, { units: 3 })
  const before = (await deps.learnRuns.running(SHOP))!
  await erase(deps, world, 'u:4')
  await deps.artefacts.folder(SHOP, 'own', before.run).put(OBJECTS.visits(0), 'late')
  await expect(deps.learnRuns.commit(before, { step: 'visits', cursor: 1 }, NOW)).rejects.toThrow('not under way')
  world.clock.advance(11 * MINUTE_MS)
  await toTheEnd(deps)
  expect(await objectsOf(deps)).not.toContain(before.run)
})

test('control: without ending its rows the run would publish the erased shopper', async () => {
  const { deps, world, neighbours } = await shopOf()
  await runLearning(deps, { units: 4 })
  const careless = {
    ...deps,
    learnRuns: { ...deps.learnRuns, endAll: async () => {} },
    artefacts: { ...deps.artefacts, removeAll: async () => 0 },
  }
  await erase(careless, world, 'u:4')
  await toTheEnd(deps)
  expect((await neighbours()).c).toEqual(['b'])
})

/** A shop whose shoppers were shown shelves, with a run that did so many units of work. */
async function learnedHalfway(units: number) {
  const shop = await shopOf()
  const { deps } = shop
  const shelf = (shopper: string) => ({
    ...{
      v: 1,
      recommendation_id: shopper,
      shop: SHOP,
      at: NOW + 1,
      strategy: 'home',
      market: 'DE',
      shopper,
      rung: 'L2',
    },
    ...{ query: null, seeds: [], cart: [], by_rule: [], candidates: ITEMS.map((id) => [id, 1, []]) },
  })
  const lines = ['u:1', 'u:4', 'u:looked'].map((shopper) => JSON.stringify(shelf(shopper)))
  await deps.archive.putImpressions(SHOP, dayOf(NOW), 'one', lines)
  if (units > 0) await runLearning(deps, { units })
  return shop
}

/** What tells of u:4, who alone bought b and c, and of u:looked, in rows that shelves read and objects that are kept. */
async function traces({ deps, neighbours, world }: Awaited<ReturnType<typeof learnedHalfway>>): Promise<string[]> {
  const found: string[] = []
  if ((await neighbours()).c !== undefined) found.push('neighbours')
  const habits = createHabitStore(world.live)
  for (const shopper of ['u:4', 'u:looked']) {
    if ((await habits.get(SHOP, shopperHash(shopper))) !== null) found.push(`habits of ${shopper}`)
    for (const run of await deps.artefacts.runs(SHOP, 'own')) {
      const folder = deps.artefacts.folder(SHOP, 'own', run)
      for (const name of [OBJECTS.state('shown'), OBJECTS.part('ranker.shown', 1)])
        if ((await folder.has(name)) && (await folder.text(name)).includes(String(shopperHigh(shopper))))
          found.push(`${name} of ${shopper}`)
    }
  }
  return found
}

/** Units of a whole run, with a shelf to learn from. */
async function unitsOfRun(): Promise<string[]> {
  const { deps } = await learnedHalfway(0)
  const steps: string[] = []
  do {
    await runLearning(deps, { units: 1 })
    steps.push((await deps.learnRuns.running(SHOP))?.step ?? 'done')
  } while (steps.at(-1) !== 'done')
  return steps
}

test('wherever a run stands when shoppers are erased, nothing that is published from then on knows of them', async () => {
  const steps = await unitsOfRun()
  const cuts = [
    'visits',
    'habits.rows',
    'bought.rows',
    'ranker.lists',
    'manifest',
    'publish',
    'retire',
    'sweep',
    'done',
  ]
  for (const step of cuts) {
    const shop = await learnedHalfway(1 + steps.lastIndexOf(step))
    const before = await traces(shop)
    if (step === 'ranker.lists') expect(before).toContain('state/shown.bin of u:looked')
    if (step === 'done') expect(before).toContain('habits of u:4')
    for (const shopper of ['u:4', 'u:looked']) expect(await erase(shop.deps, shop.world, shopper), step).toBe(1)
    // What shelves read is replaced by the next run; what names somebody is gone at once.
    expect(
      (await traces(shop)).filter((trace) => trace !== 'neighbours'),
      step,
    ).toEqual([])
    expect(await objectsOf(shop.deps), step).toEqual([])
    shop.world.clock.advance(11 * MINUTE_MS)
    await toTheEnd(shop.deps)
    expect(await shop.neighbours(), step).toEqual({ a: ['b'], b: ['a'] })
    expect(await traces(shop), step).toEqual([])
  }
})

test('control: a run that outlives the erasure publishes whom it knew', async () => {
  const shop = await learnedHalfway(1 + (await unitsOfRun()).lastIndexOf('ranker.lists'))
  const learnRuns = { ...shop.deps.learnRuns, endAll: async () => {} }
  const artefacts = { ...shop.deps.artefacts, removeAll: async () => 0 }
  await erase({ ...shop.deps, learnRuns, artefacts }, shop.world, 'u:4')
  expect(await traces(shop)).toContain('state/shown.bin of u:looked')
  await toTheEnd(shop.deps)
  expect(await traces(shop)).toContain('neighbours')
})

test('an erasure is not done while a unit is under way, which would publish what it has read', async () => {
  const shop = await learnedHalfway(3)
  const waited = await alone('learn', shop.deps, () => erase(shop.deps, shop.world, 'u:4'))
  expect(waited).toBe(0)
  // What is there goes at once all the same: the holder of the lease may be dead.
  expect([await shop.deps.learnRuns.running(SHOP), await objectsOf(shop.deps)]).toEqual([null, []])
  await shop.deps.artefacts.folder(SHOP, 'own', 'late').put(OBJECTS.plan, 'of u:4')
  expect(await erase(shop.deps, shop.world, 'u:4')).toBe(1)
  expect(await objectsOf(shop.deps)).toEqual([])
})

test('an object that is missing begins the run anew instead of failing for ever', async () => {
  const { deps, neighbours } = await shopOf()
  await runLearning(deps, { units: 4 })
  const { run } = (await deps.learnRuns.running(SHOP))!
  await deps.artefacts.remove(SHOP, 'own', run, (name) => name === OBJECTS.plan)
  await toTheEnd(deps)
  await toTheEnd(deps)
  expect((await deps.learnRuns.published(SHOP))!.run).toBe(run)
  expect((await neighbours()).a).toEqual(['b'])
})

test('objects of a release that wrote others begin the run anew as well', async () => {
  const { deps, neighbours } = await shopOf()
  while ((await deps.learnRuns.running(SHOP))?.step !== 'census') await runLearning(deps, { units: 1 })
  const { run } = (await deps.learnRuns.running(SHOP))!
  await runLearning(deps, { units: 1 })
  await deps.artefacts.folder(SHOP, 'own', run).put(OBJECTS.visits(0), encodeArrays({ shopperHigh: Uint32Array.of(1) }))
  await toTheEnd(deps)
  await toTheEnd(deps)
  expect((await deps.learnRuns.published(SHOP))!.run).toBe(run)
  expect((await neighbours()).a).toEqual(['b'])
})

test('two runners never learn at once, and learning does not hold what vectors need', async () => {
  const { deps } = await shopOf()
  const answers = await alone('learn', deps, async () => [
    await runLearning(deps),
    await alone('shops', deps, async () => 'free'),
  ])
  expect(answers).toEqual([null, 'free'])
})

test('a runner whose lease went to another notes no step', async () => {
  const { deps, world } = await shopOf()
  await runLearning(deps, { units: 1 })
  const run = (await deps.learnRuns.running(SHOP))!
  const slept = await alone('learn', deps, async (_keep, held) => {
    world.clock.advance(10 * MINUTE_MS)
    await runLearning(deps, { units: 1 })
    return held.learnRuns.commit(run, { step: 'done', cursor: 0 }, NOW)
  })
  expect(slept).toBeNull()
  expect((await deps.learnRuns.running(SHOP))!.step).not.toBe('done')
})

test('too much for a worker is refused with where to go, and not asked again each minute', async () => {
  const { deps, world } = await shopOf()
  let asked = 0
  const total = async () => {
    asked += 1
    return 6_000_000
  }
  const inbox = { ...deps.inbox, total }
  const many = { ...deps, fencing: null, inbox }
  await toTheEnd(many)
  const job = await deps.jobs.get(SHOP, 'learn')
  expect(job?.state).toBe('failed')
  expect(job?.error).toMatch(/more than 5000000 events: learn with tier 1, shelfwise learn run/)
  await toTheEnd(many)
  expect(asked).toBe(1)
  expect((await deps.jobs.get(SHOP, 'learn'))?.state).toBe('failed')
  world.clock.advance(2 * HOUR_MS)
  await toTheEnd(deps)
  expect(await deps.jobs.get(SHOP, 'learn')).toMatchObject({ state: 'idle', error: null })
})

/** Artefacts as another machine hands them in. */
async function offer(deps: EnrichDeps, lines: readonly unknown[], change: (manifest: Manifest) => void = () => {}) {
  const bytes = new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join('\n'))
  const name = 'rows/elsewhere-00000.ndjson'
  const manifest: Manifest = {
    ...{ schema: 1, shop: SHOP, run: 'elsewhere', newest_ms: NOW, events: 9, items: 4, learners: { als: '1' } },
    objects: [{ name, bytes: bytes.length, rows: lines.length, sha256: await digestOf(bytes) }],
  }
  change(manifest)
  const folder = deps.artefacts.folder(SHOP, 'offered', 'elsewhere')
  await folder.put(name, bytes)
  await folder.put(OBJECTS.manifest, JSON.stringify(manifest))
  await deps.artefacts.putOffer(SHOP, 'elsewhere')
}

test('what another machine learned is checked and published, once', async () => {
  const { deps } = await shopOf([])
  await toTheEnd(deps)
  await offer(deps, [['trending', 'DE', [['d', 0.5, 3]]]])
  await toTheEnd(deps)
  expect((await deps.learning.lists(SHOP, 'DE')).trending).toEqual([['d', 0.5, 3]])
  const published = await deps.learnRuns.published(SHOP)
  expect(published).toMatchObject({ origin: 'offered', run: 'elsewhere' })
  await toTheEnd(deps)
  expect(await deps.learnRuns.published(SHOP)).toEqual(published)
})

const REFUSED: ReadonlyArray<readonly [string, unknown, (manifest: Manifest) => void, RegExp]> = [
  ['another shop', ['trending', 'DE', []], (own) => Object.assign(own, { shop: 'shop-b' }), /of the shop shop-b/],
  ['another schema', ['trending', 'DE', []], (own) => Object.assign(own, { schema: 2 }), /manifest.json: schema/],
  [
    'other bytes',
    ['trending', 'DE', []],
    (own) => Object.assign(own.objects[0]!, { sha256: 'x'.repeat(43) }),
    /its bytes/,
  ],
  ['a number that is none', ['trending', 'DE', [['b', null, 1]]], () => {}, /row 1/],
  [
    'items of nobody',
    [
      'trending',
      'DE',
      [
        ['x', 1, 1],
        ['y', 0.5, 1],
      ],
    ],
    () => {},
    /2 of 2 items are not known/,
  ],
  ['an unknown kind', ['gossip', 'a'], () => {}, /no known kind/],
  ['parts of a whole', ['popularity', 'a', 1], () => {}, /stand together/],
]
test.each(REFUSED)('artefacts are refused: %s', async (_name, line, change, why) => {
  const { deps } = await shopOf([])
  await toTheEnd(deps)
  await offer(deps, [line], change)
  await toTheEnd(deps)
  const job = await deps.jobs.get(SHOP, 'learn')
  expect(job).toMatchObject({ state: 'failed' })
  expect(job!.error).toMatch(why)
  expect((await deps.learning.lists(SHOP, 'DE')).trending).toEqual([])
  expect(await deps.learnRuns.running(SHOP)).toBeNull()
})

/** What is paid for, what is not, and what stands meanwhile; the real door and ledger against a provider over HTTP. */
import { afterEach, expect, test } from 'vitest'
import { DAY, iso, itemWrite, NOW, SHOP, tombstone } from '../../tests/support/unit_catalogue.ts'
import {
  type CompleterOptions,
  completerOf,
  depsOf,
  emptyAnswer,
  scriptedModel,
  setUp,
  titleAsked,
  type World,
} from '../../tests/support/unit_enrich.ts'
import {
  type ChatRequest,
  completion,
  type Reply,
  startProvider,
  type UnitProvider,
} from '../../tests/support/unit_provider.ts'
import { createEnrichmentAdmin } from '../store/enrichment_admin.ts'
import type { EnrichDeps } from './deps.ts'
import { runEnrichment, runEnrichments } from './enrich_shops.ts'
import { drainOutbox } from './outbox.ts'

const started: UnitProvider[] = []
afterEach(async () => {
  for (const provider of started.splice(0)) await provider.close()
})

const answering = (asked: ChatRequest): Reply => ({ body: completion(emptyAnswer(asked)) })

async function shopWith(items: number, chat: (asked: ChatRequest, count: number) => Reply = answering) {
  const provider = await startProvider(chat)
  started.push(provider)
  const world = await setUp()
  const titles = Array.from({ length: items }, (_, index) => `Item ${String(index).padStart(3, '0')}`)
  await write(
    world,
    titles.map((title, index) => ({ id: `i${index}`, title })),
  )
  return { world, provider, titles, deps: (options?: CompleterOptions) => withModel(world, provider, options) }
}

function withModel(world: World, provider: UnitProvider, options: CompleterOptions = {}): EnrichDeps {
  return depsOf(world, { ...scriptedModel([]), ...completerOf(world, provider, options) })
}

let written = 0
async function write(world: World, lines: Array<Parameters<typeof itemWrite>[0]>) {
  written += 1
  const writes = lines.map((line) =>
    itemWrite({
      // The first is the newest, and so the first to be asked about.
      created_at: iso(NOW - Number(line!.id!.slice(1)) * 1_000),
      updated_at: iso(NOW + written),
      ...line,
    }),
  )
  for (let start = 0; start < writes.length; start += 200)
    await world.writer.apply(SHOP, writes.slice(start, start + 200), NOW + written)
}

const drain = async (deps: EnrichDeps) => {
  while ((await drainOutbox(deps)) > 0);
}
const rowsOf = async (world: World) =>
  (
    await world.catalogue
      .prepare(
        'SELECT item, state, error, facets, recipe, attempts FROM enrichments ORDER BY CAST(substr(item, 2) AS INTEGER)',
      )
      .all<{ item: string; state: string; error: string | null; facets: string; recipe: string; attempts: number }>()
  ).results
const byModel = async (world: World) =>
  (await rowsOf(world)).filter((row) => row.facets !== '{}').map((row) => row.item)
const jobOf = (deps: EnrichDeps) => deps.jobs.get(SHOP, 'enrich')

test('a new item is asked about once, however often it is sent, seen or swept', async () => {
  const { world, provider, deps, titles } = await shopWith(40)
  const signalled: string[] = []
  const first = { ...deps(), signalEnrich: async (shop: string) => void signalled.push(shop) }
  await drain(first)
  expect(signalled).toEqual([SHOP])
  await runEnrichment(SHOP, 'new', first)
  expect(provider.chats.map(titleAsked).sort()).toEqual(titles)
  // Sent again, with another price, by another process, from fifty overlapping crons.
  await write(
    world,
    titles.map((title, index) => ({ id: `i${index}`, title })),
  )
  const offers = [{ market: '*', currency: 'EUR', price: 9 }]
  await write(
    world,
    titles.map((title, index) => ({ id: `i${index}`, title, offers })),
  )
  const second = deps()
  await drain(second)
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 50 }, () => runEnrichments(deps())))
  expect(provider.chats).toHaveLength(40)
  expect(await byModel(world)).toHaveLength(40)
  expect(await jobOf(second)).toMatchObject({ state: 'idle', due: false, error: null })
})

test('when texts change exactly theirs are asked about', async () => {
  const { world, provider, deps, titles } = await shopWith(60)
  await drain(deps())
  await runEnrichments(deps())
  provider.chats.length = 0
  await write(
    world,
    [3, 17, 42].map((index) => ({ id: `i${index}`, title: `Changed ${index}` })),
  )
  await drain(deps())
  await runEnrichments(deps())
  await runEnrichments(deps())
  expect(provider.chats.map(titleAsked).sort()).toEqual(['Changed 17', 'Changed 3', 'Changed 42'])
  // Back to a former text: it is still known.
  await write(world, [{ id: 'i3', title: titles[3]! }])
  await drain(deps())
  await runEnrichments(deps())
  expect(provider.chats).toHaveLength(3)
})

test('a run that dies after its calls and before its rows pays for nothing again', async () => {
  const { provider, deps, world } = await shopWith(10)
  await drain(deps())
  const dying = deps()
  const lost = {
    ...dying,
    fencing: null,
    enrichments: { ...dying.enrichments, put: () => Promise.reject(new Error('killed')) },
  }
  await runEnrichment(SHOP, 'new', {
    ...lost,
    quarantine: { ...lost.quarantine, count: () => Promise.reject(new Error('killed')) },
  })
  expect([provider.chats.length, (await rowsOf(world)).length]).toEqual([10, 0])
  await runEnrichments(deps())
  expect([provider.chats.length, (await byModel(world)).length]).toEqual([10, 10])
})

test('another model asks again, the most popular first, one day’s budget after the other', async () => {
  // A provider that does not say what it used is charged in full.
  const { world, provider, deps } = await shopWith(30, (asked) => ({
    body: completion(emptyAnswer(asked), { usage: null }),
  }))
  await drain(deps())
  await runEnrichments(deps())
  const perCall = Number(await world.operations.prepare('SELECT MAX(max_micro) AS most FROM model_calls').first('most'))
  for (let index = 0; index < 30; index++)
    await world.catalogue
      .prepare('UPDATE items SET popularity = ?1 WHERE id = ?2')
      .bind((index * 7) % 30, `i${index}`)
      .run()
  const byPopularity = Array.from({ length: 30 }, (_, index) => index).sort((a, b) => ((b * 7) % 30) - ((a * 7) % 30))
  provider.chats.length = 0
  world.clock.advance(DAY)
  const next = { model: 'm-2', dailyMicro: Math.floor(9.5 * perCall) }
  const asked = () => provider.chats.map((one) => Number(titleAsked(one)!.slice(5)))
  await runEnrichments(deps(next))
  const first = asked().length
  expect(first).toBe(9)
  expect(new Set(asked())).toEqual(new Set(byPopularity.slice(0, first)))
  expect(await jobOf(deps())).toMatchObject({ error: 'budget', nextRunAtMs: NOW + 2 * DAY })
  // What the former model made stands until its turn comes.
  expect(await byModel(world)).toHaveLength(30)
  await runEnrichments(deps(next))
  expect(asked()).toHaveLength(first)
  for (let day = 0; day < 5; day++) {
    world.clock.advance(DAY)
    await runEnrichments(deps(next))
  }
  expect([asked().length, new Set(asked()).size]).toEqual([30, 30])
  expect((await rowsOf(world)).every((row) => row.recipe.includes('unit/m-2'))).toBe(true)
})

test('a budget that was raised is spent today', async () => {
  const { world, provider, deps } = await shopWith(6)
  const poor = { dailyMicro: 1 }
  await drain(deps(poor))
  await runEnrichments(deps(poor))
  expect([provider.chats.length, (await jobOf(deps()))?.error]).toEqual([0, 'budget'])
  await createEnrichmentAdmin(world.catalogue, world.operations).setBudget(SHOP, 1e12)
  await runEnrichments(deps(poor))
  expect([provider.chats.length, (await byModel(world)).length]).toEqual([6, 6])
})

test('of a prompt that changed only its facet is asked for again', async () => {
  const { world, provider, deps } = await shopWith(5)
  await drain(deps())
  await runEnrichments(deps())
  provider.chats.length = 0
  // As rows stand that were made before the prompt's version was raised.
  await world.catalogue
    .prepare(`UPDATE enrichments SET recipe = 'older', facets = json_set(facets, '$.queries', 'queries@0.0 unit/m-1')`)
    .run()
  await world.operations.prepare('DELETE FROM model_calls').run()
  await deps().jobs.due(SHOP, 'enrich')
  await runEnrichments(deps())
  expect(provider.chats.map((asked) => Object.keys(JSON.parse(emptyAnswer(asked)) as object))).toEqual(
    Array.from({ length: 5 }, () => ['queries']),
  )
})

test('without a model the rules answer at once; a model that comes later is asked, one that goes leaves its rows', async () => {
  const { world, provider, deps } = await shopWith(12)
  const local = depsOf(world, scriptedModel([]))
  await drain(local)
  await runEnrichment(SHOP, 'new', local)
  expect([(await rowsOf(world)).length, (await byModel(world)).length]).toEqual([12, 0])
  await runEnrichments(local)
  expect(await jobOf(local)).toMatchObject({ due: false, done: 0 })
  await runEnrichments(deps())
  expect([provider.chats.length, (await byModel(world)).length]).toEqual([12, 12])
  await runEnrichments(local)
  await runEnrichments(local)
  expect((await byModel(world)).length).toBe(12)
})

test.each<[string, Reply, string]>([
  ['refused', { status: 400, body: {} }, 'refused'],
  ['malformed', { body: completion('Sure!') }, 'malformed'],
])('an answer that is %s leaves the rules’ form, and is not asked for again', async (_name, reply, error) => {
  const { world, provider, deps } = await shopWith(6, (asked) =>
    titleAsked(asked) === 'Item 002' ? reply : answering(asked),
  )
  await drain(deps())
  for (let round = 0; round < 3; round++) await runEnrichments(deps())
  expect(provider.chats).toHaveLength(6)
  expect((await rowsOf(world)).filter((row) => row.error !== null)).toMatchObject([
    { item: 'i2', state: 'done', error, facets: '{}' },
  ])
})

test('an operator may have answers of no use asked for again, when the model or its limits were mended', async () => {
  let useless = true
  const { world, provider, deps } = await shopWith(6, (asked) =>
    useless && titleAsked(asked) === 'Item 002' ? { body: completion('Sure!') } : answering(asked),
  )
  await drain(deps())
  await runEnrichments(deps())
  useless = false
  const admin = createEnrichmentAdmin(world.catalogue, world.operations)
  expect(await admin.retry(SHOP, world.clock.now())).toMatchObject({ forgottenCalls: 1, items: 1 })
  await runEnrichments(deps())
  expect([provider.chats.length, (await byModel(world)).length]).toEqual([7, 6])
})

test('a call whose end is unknown is in doubt until an operator asks', async () => {
  let broken = true
  const { world, provider, deps } = await shopWith(6, (asked) =>
    broken && titleAsked(asked) === 'Item 002' ? 'reset' : answering(asked),
  )
  await drain(deps())
  for (let round = 0; round < 3; round++) await runEnrichments(deps())
  expect(provider.chats).toHaveLength(6)
  expect((await rowsOf(world)).filter((row) => row.state === 'in_doubt').map((row) => row.item)).toEqual(['i2'])
  broken = false
  world.clock.advance(10 * 60_000)
  const admin = createEnrichmentAdmin(world.catalogue, world.operations)
  expect(await admin.retry(SHOP, world.clock.now())).toEqual({ forgottenCalls: 1, items: 1, quarantined: 0 })
  await runEnrichments(deps())
  expect([provider.chats.length, (await byModel(world)).length]).toEqual([7, 6])
})

test('a provider that is down stops the round; rules stand in, and the job waits longer each time', async () => {
  let down = true
  const { world, provider, deps } = await shopWith(20, (asked) => (down ? { status: 503, body: {} } : answering(asked)))
  await drain(deps())
  await runEnrichment(SHOP, 'new', deps())
  expect(provider.chats.length).toBeLessThan(20)
  expect([(await rowsOf(world)).length, (await byModel(world)).length]).toEqual([20, 0])
  const waits: number[] = []
  for (let round = 0; round < 3; round++) {
    const job = (await jobOf(deps()))!
    expect(job).toMatchObject({ error: 'unavailable', due: true })
    waits.push(job.nextRunAtMs! - world.clock.now())
    world.clock.set(job.nextRunAtMs!)
    await runEnrichments(deps())
  }
  expect(waits).toEqual([60_000, 120_000, 240_000])
  expect(await deps().quarantine.count(SHOP)).toBe(0)
  down = false
  world.clock.advance(DAY)
  await runEnrichments(deps())
  expect((await byModel(world)).length).toBe(20)
})

test('an item that alone is not taken is put aside after three tries; the others are answered in the first', async () => {
  const { world, deps } = await shopWith(20, (asked) =>
    titleAsked(asked) === 'Item 000' ? { status: 500, body: {} } : answering(asked),
  )
  await drain(deps())
  await runEnrichment(SHOP, 'new', deps())
  expect((await byModel(world)).length).toBe(19)
  for (let round = 0; round < 3; round++) {
    await write(world, [{ id: `i${50 + round}`, title: `Other ${round}` }])
    await drain(deps())
    await runEnrichments(deps())
  }
  expect(await deps().quarantine.list(SHOP, 5)).toMatchObject([{ item: 'i0', stage: 'enrich' }])
  expect((await rowsOf(world))[0]).toMatchObject({ item: 'i0', state: 'quarantined', attempts: 3 })
})

test('one item that cannot be read, at every position of twenty, costs only itself', async () => {
  const { world, provider, deps } = await shopWith(20)
  await drain(deps())
  for (let poison = 0; poison < 20; poison++) {
    await world.catalogue.prepare('DELETE FROM enrichments').run()
    await world.catalogue.prepare('DELETE FROM quarantine').run()
    const well = deps()
    await well.jobs.due(SHOP, 'enrich')
    const texts: EnrichDeps['catalogue']['texts'] = async (shop, ids) =>
      (await well.catalogue.texts(shop, ids)).map((text) =>
        text.id === `i${poison}` ? { ...text, title: null as never } : text,
      )
    await runEnrichment(SHOP, 'new', { ...well, fencing: null, catalogue: { ...well.catalogue, texts } })
    expect((await byModel(world)).length, `i${poison}`).toBe(19)
    expect(await well.quarantine.list(SHOP, 5)).toMatchObject([{ item: `i${poison}`, stage: 'enrich' }])
  }
  expect(provider.chats).toHaveLength(20)
})

test('an answer about a text that changed meanwhile is not kept for the new one; a deleted item keeps none', async () => {
  const { world, deps } = await shopWith(3)
  await drain(deps())
  const slow = deps()
  let changed = false
  const put: EnrichDeps['enrichments']['put'] = async (shop, rows) => {
    if (!changed) await write(world, [{ id: 'i1', title: 'Meanwhile' }])
    changed = true
    return slow.enrichments.put(shop, rows)
  }
  await runEnrichment(SHOP, 'new', { ...slow, fencing: null, enrichments: { ...slow.enrichments, put } })
  const texts = await world.catalogue
    .prepare('SELECT COUNT(*) AS odd FROM enrichments e JOIN items i ON i.id = e.item WHERE e.text_hash <> i.text_hash')
    .first('odd')
  expect([texts, (await rowsOf(world)).length]).toEqual([0, 3])
  await world.writer.apply(SHOP, [tombstone('i0', NOW + 10_000)], NOW + 10_000)
  expect((await rowsOf(world)).map((row) => row.item)).toEqual(['i1', 'i2'])
})

test('many that are due go together; a part that failed is asked for again, a restart waits on', async () => {
  const { world, provider, deps } = await shopWith(150)
  const local = depsOf(world, scriptedModel([]))
  await drain(local)
  await runEnrichments(local)
  const batched = { batch: true }
  await runEnrichments(deps(batched))
  expect([provider.chats.length, provider.batches.size]).toEqual([0, 1])
  for (let restart = 0; restart < 3; restart++) await runEnrichments(deps(batched))
  expect([provider.chats.length, provider.uploads.length]).toEqual([0, 1])
  // Rules stand in, and a new item is answered beside the batch.
  await write(world, [{ id: 'i900', title: 'New' }])
  await drain(deps(batched))
  await runEnrichment(SHOP, 'new', deps(batched))
  expect(provider.chats.map(titleAsked)).toEqual(['New'])
  const bodies = new Map(
    provider.uploads[0]!.split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { custom_id: string; body: ChatRequest })
      .map((one) => [one.custom_id, one.body]),
  )
  const [name] = [...provider.batches.keys()]
  let lines = 0
  provider.endBatch(name!, 'expired', (key) => {
    lines += 1
    if (lines > 140) return null
    return { file: 'output', line: { response: { status_code: 200, body: completion(emptyAnswer(bodies.get(key)!)) } } }
  })
  await runEnrichments(deps(batched))
  await runEnrichments(deps(batched))
  // The ten that the batch did not do are few enough to be asked for one by one.
  expect(provider.chats).toHaveLength(11)
  expect((await byModel(world)).length).toBe(151)
  expect(await jobOf(deps())).toMatchObject({ due: false })
})

test('what items have in common with those they are bought with is counted apart, and asked for when either changes', async () => {
  const { world, provider, deps } = await shopWith(8)
  await drain(deps())
  await runEnrichments(deps())
  provider.chats.length = 0
  const purposes = async () =>
    Object.fromEntries(
      (
        await world.operations
          .prepare('SELECT purpose, calls FROM spend ORDER BY purpose')
          .all<{ purpose: string; calls: number }>()
      ).results.map((row) => [row.purpose, row.calls]),
    )
  // Before learning nothing is asked; learning says that it is due.
  expect(await purposes()).toEqual({ understand: 8 })
  const bought = (ids: string[]) => ids.map((id) => [id, 5_000, 0, 0, 3] as const)
  await deps().learning.putBought(
    SHOP,
    [
      ['i0', bought(['i1', 'i2'])],
      ['i3', bought(['i4'])],
    ],
    NOW,
  )
  await deps().jobs.due(SHOP, 'expand')
  await runEnrichments(deps())
  expect([await purposes(), provider.chats.map(titleAsked)]).toEqual([{ expand: 2, understand: 8 }, [null, null]])
  // Another order of the same neighbours is nothing new.
  await deps().learning.putBought(
    SHOP,
    [
      ['i0', bought(['i2', 'i1'])],
      ['i3', bought(['i4'])],
    ],
    NOW,
  )
  await deps().jobs.due(SHOP, 'expand')
  await runEnrichments(deps())
  expect(await purposes()).toEqual({ expand: 2, understand: 8 })
  await write(world, [{ id: 'i4', title: 'Another neighbour' }])
  await drain(deps())
  await runEnrichments(deps())
  expect(await purposes()).toEqual({ expand: 3, understand: 9 })
})

test('a provider that takes no batch to its end is asked one by one, and not handed the same batch for ever', async () => {
  const { world, provider, deps } = await shopWith(150)
  const local = depsOf(world, scriptedModel([]))
  await drain(local)
  await runEnrichments(local)
  const batched = { batch: true }
  for (let run = 0; run < 2; run++) {
    await runEnrichments(deps(batched))
    for (const name of provider.batches.keys()) provider.endBatch(name, 'failed', () => null)
  }
  expect(provider.chats).toHaveLength(150)
  expect((await byModel(world)).length).toBe(150)
})

test('a provider that answers nothing any more accuses no item, whatever it answered of the kept', async () => {
  let broken = false
  const { world, provider, deps } = await shopWith(20, (asked) => (broken ? 'reset' : answering(asked)))
  await drain(deps())
  await runEnrichments(deps())
  broken = true
  for (let round = 0; round < 6; round++) {
    // Two of a text that was paid for, then many that are new: the two are answered from the ledger.
    await write(
      world,
      Array.from({ length: 20 }, (_, index) => ({
        id: `i${index}`,
        title: index < 2 ? `Item ${String(index + round * 2).padStart(3, '0')}` : `Round ${round} ${index}`,
      })),
    )
    await drain(deps())
    world.clock.advance(DAY)
    await runEnrichments(deps())
  }
  expect(provider.chats.length).toBeLessThan(20 + 6 * 20)
  expect((await rowsOf(world)).map((row) => row.attempts).filter((attempts) => attempts > 0)).toEqual([])
  expect(await deps().quarantine.count(SHOP)).toBe(0)
})

test('rules too say what neighbours share in bites of a bounded time, and the next run goes on', async () => {
  const { world } = await shopWith(250)
  const local = depsOf(world, scriptedModel([]))
  await drain(local)
  await runEnrichments(local)
  const all = Array.from({ length: 250 }, (_, index) => index)
  await local.learning.putBought(
    SHOP,
    all.map((index) => [`i${index}`, [[`i${(index + 1) % 250}`, 5_000, 0, 0, 3] as const]] as const),
    NOW,
  )
  const read: number[] = []
  const slow: EnrichDeps = {
    ...local,
    fencing: null,
    catalogue: {
      ...local.catalogue,
      texts: async (shop, ids) => {
        world.clock.advance(20_000)
        read.push(ids.length)
        return local.catalogue.texts(shop, ids)
      },
    },
  }
  const made = async () =>
    Number(
      await world.catalogue
        .prepare(`SELECT COUNT(*) AS made FROM enrichments WHERE neighbours_hash <> ''`)
        .first('made'),
    )
  await local.jobs.due(SHOP, 'expand')
  const steps: number[] = []
  for (let run = 0; run < 3; run++) {
    await runEnrichment(SHOP, 'all', slow)
    steps.push(await made())
  }
  expect(steps).toEqual([200, 250, 250])
  expect(await local.jobs.get(SHOP, 'expand')).toMatchObject({ due: false, state: 'idle' })
  // What stands is passed over unread.
  const before = read.length
  await local.jobs.due(SHOP, 'expand')
  await runEnrichment(SHOP, 'all', slow)
  expect(read.length).toBe(before)
})

test('a new item does not have its whole shop counted; the cron does that, and finds nothing left', async () => {
  const { world, provider, deps } = await shopWith(5)
  await drain(deps())
  const own = deps()
  let counted = 0
  const watched: EnrichDeps = {
    ...own,
    fencing: null,
    enrichments: {
      ...own.enrichments,
      counts(shop, recipe) {
        counted += 1
        return own.enrichments.counts(shop, recipe)
      },
      countOutdated(shop, recipe, byRules) {
        counted += 1
        return own.enrichments.countOutdated(shop, recipe, byRules)
      },
    },
  }
  await runEnrichment(SHOP, 'new', watched)
  expect([counted, provider.chats.length, (await byModel(world)).length]).toEqual([0, 5, 5])
  expect(await jobOf(own)).toMatchObject({ done: 5, total: 5, due: true })
  await runEnrichments(watched)
  expect(counted).toBeGreaterThan(0)
  expect(await jobOf(own)).toMatchObject({ state: 'idle', due: false })
})

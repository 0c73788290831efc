import { expect, test } from 'vitest'
import {
  createCatalogue,
  createLive,
  createOperations,
  interaction,
  NOW,
  OTHER_SHOP,
  SHOP,
} from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock } from '../base/clock.ts'
import { shopperHash } from '../domain/shopper_hash.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { silentLog } from '../observe/log.ts'
import { createArchive } from '../store/archive.ts'
import { createDeliveryStore } from '../store/catalogue/deliveries_store.ts'
import { createLearningArtefacts } from '../store/learning_artefacts.ts'
import { createD1LiveFence } from '../store/live/fence.ts'
import { createD1LiveEraser } from '../store/live/forget.ts'
import { createHabitStore, HABITS_END } from '../store/live/habits.ts'
import { createD1LiveStore } from '../store/live/live_d1.ts'
import { createProfileStore } from '../store/live/profiles.ts'
import { createDeadLetterStore } from '../store/operations/dead_letters.ts'
import { createErasureStore, type ErasedShoppers } from '../store/operations/erasures.ts'
import { createShopperRows } from '../store/operations/erasures_rows.ts'
import { createEventInbox, forgottenId } from '../store/operations/event_inbox.ts'
import { createForgottenStore } from '../store/operations/forgotten.ts'
import { createJobStore } from '../store/operations/jobs.ts'
import { createLearnRunStore } from '../store/operations/learn_runs.ts'
import { createModelCallStore } from '../store/operations/model_calls.ts'
import { createOrderStore } from '../store/operations/orders.ts'
import { createPersonalValueEraser } from '../store/personal_values.ts'
import { type EraseDeps, type EraseLocks, eraseShoppers } from './erase.ts'
import { namesShopper } from './names_shopper.ts'
import { LeaseLost } from './run.ts'

const atOnce = async (work: (keep: () => Promise<void>) => Promise<void>) => {
  await work(async () => {})
  return true
}
const free: EraseLocks = { keep: async () => {}, whileNobodyFolds: atOnce, whileNobodyLearns: atOnce }
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

/** Two shops with the same two shoppers, everywhere where shoppers are named. */
async function createTraces() {
  const clock = manualClock(NOW)
  const [catalogue, operations, live] = [await createCatalogue(), await createOperations(), await createLive()]
  const bucket = createMemoryR2({ clock })
  const archive = createArchive(bucket)
  const inbox = createEventInbox(operations)
  const liveStore = createD1LiveStore(live)
  const letters = createDeadLetterStore(operations)
  const accept = (id: string, shop: string, shopper: string) =>
    inbox.accept(shop, [{ eventId: id, interactions: [interaction({ eventId: id, shopper })] }], id, NOW, null)
  const profiles = createProfileStore(live)
  const habits = createHabitStore(live)
  const profile = { categories: [], brands: [], attributes: [], price: null, markets: [], topics: [], text: '' }
  for (const shop of [SHOP, OTHER_SHOP]) {
    const rows = ['u:5', 'u:55'].map((shopper) => ({ shopper, events: 9, profile, representatives: [], recipe: 'r' }))
    await profiles.put(shop, rows, await profiles.fence(shop), NOW)
    const keys = ['u:5', 'u:55'].map(shopperHash).sort()
    const shoppers = keys.map((key) => [key, [3, 1, 1, 0, 1, [], [], []]] as const)
    await habits.putRange(shop, { from: '', to: HABITS_END, shoppers }, NOW)
    for (const shopper of ['u:5', 'u:55']) await accept(`old-${shopper}`, shop, shopper)
    await accept('nobody-1', shop, 'u:5')
    const impression = (shopper: string | null) => JSON.stringify({ v: 1, shop, shopper, shown: ['5'] })
    await archive.putImpressions(shop, '2026-01-01', 'one', [impression('u:5'), impression('u:55'), impression(null)])
    await liveStore.append(
      shop,
      [{ shopper: 'u:5', events: [{ item: 'i', type: 'view', atMs: NOW, value: null }] }],
      NOW,
    )
    await createOrderStore(operations).put(
      shop,
      'shopify',
      [
        { order: '900', shopper: 'u:5' },
        { order: '901', shopper: 'u:55' },
      ],
      NOW,
    )
    const common = {
      shop,
      kind: 'delivery',
      origin: 'webhook:shopify',
      code: 'rejected',
      detail: '',
      headers: {},
    } as const
    await letters.put({ ...common, ref: 'a', topic: 'orders/create', body: bytes({ customer: { id: 5 } }) }, NOW)
    await letters.put({ ...common, ref: 'b', topic: 'orders/create', body: bytes({ customer: { id: 55 } }) }, NOW)
    await letters.put(
      { ...common, ref: 'c', topic: 'products/update', body: bytes({ id: 5, variants: [{ id: 5 }] }) },
      NOW,
    )
  }
  await foldEvents(inbox, archive, async () => {})
  for (const shop of [SHOP, OTHER_SHOP]) {
    for (const shopper of ['u:5', 'u:55']) await accept(`new-${shopper}`, shop, shopper)
    await accept('nobody-2', shop, 'u:5')
  }
  const erasures = createErasureStore(operations)
  const deps: EraseDeps = {
    ...{ clock, log: silentLog, archive, erasures },
    rows: createShopperRows(operations, catalogue),
    liveEraser: createD1LiveEraser(live),
    liveFence: createD1LiveFence(live),
    profiles,
    habits,
    deadLetters: letters,
    artefacts: createLearningArtefacts(bucket),
    learnRuns: createLearnRunStore(operations),
    jobs: createJobStore(operations),
    modelCalls: createModelCallStore(operations),
    personalValues: createPersonalValueEraser(createMemoryKv({ clock })),
  }
  /** Everything that names a shopper of a shop, as text. */
  const traces = async (shop: string) => {
    const names = [...(await archive.eventObjects(shop, null)), ...(await archive.impressionObjects(shop))]
    const objects = await Promise.all(names.map(async (name) => await (await bucket.get(name))!.text()))
    const tables = [
      operations.prepare('SELECT body FROM event_batches WHERE shop = ?1'),
      operations.prepare('SELECT shopper FROM orders WHERE shop = ?1'),
      live.prepare('SELECT shopper FROM recents WHERE shop = ?1'),
      live.prepare('SELECT shopper FROM profiles WHERE shop = ?1'),
      live.prepare('SELECT shopper FROM habits WHERE shop = ?1'),
    ]
    const rows = await Promise.all(tables.map(async (own) => (await own.bind(shop).all()).results))
    const kept = (await letters.list({ shop, origin: null, beforeSeq: null, limit: 100 })).map((one) => one.ref).sort()
    return { text: JSON.stringify([objects, rows]).replaceAll('\\', ''), letters: kept }
  }
  const ask = (shoppers: ErasedShoppers, ref = 'r-1') => erasures.ask(SHOP, 'shopify', ref, shoppers, NOW)
  const receipts = async () =>
    (await operations.prepare('SELECT state, shoppers, counts, error FROM erasures').all()).results
  return { deps, clock, traces, ask, receipts, catalogue, operations, archive, accept }
}

test('a shopper is forgotten everywhere, and nobody else is', async () => {
  const { deps, traces, ask, receipts, operations, accept } = await createTraces()
  const other = await traces(OTHER_SHOP)
  await ask(['u:5'])
  expect(await eraseShoppers(deps, free)).toBe(1)
  const after = await traces(SHOP)
  expect(after.text).not.toContain('"u:5"')
  expect(after.text).not.toContain(shopperHash('u:5'))
  expect(after.text).toContain(shopperHash('u:55'))
  expect(after.text.match(/"u:55"/g)?.length).toBeGreaterThanOrEqual(4)
  expect(after.letters).toEqual(['b', 'c'])
  expect(await traces(OTHER_SHOP)).toEqual(other)
  const [receipt] = await receipts()
  expect(receipt).toMatchObject({ state: 'done', shoppers: '[]' })
  expect(JSON.parse(String(receipt!.counts))).toEqual({
    events: 4,
    impressions: 1,
    recents: 1,
    orders: 1,
    profiles: 1,
    habits: 1,
    dead_letters: 1,
  })
  // Ids stay, so that a repeated event stays forgotten; those of the shopper as hashes.
  const ids = await operations.prepare('SELECT event_id FROM event_ids WHERE shop = ?1').bind(SHOP).all()
  const kept = ['old-u:5', 'new-u:5', 'nobody-1', 'nobody-2'].map(forgottenId)
  expect(ids.results.map((row) => row.event_id).sort()).toEqual([...kept, 'new-u:55', 'old-u:55'].sort())
  await accept('nobody-1', SHOP, 'u:55')
  const again = await operations.prepare(`SELECT body FROM event_batches WHERE body LIKE '%nobody-1%'`).all()
  expect(again.results.filter((row) => String(row.body).includes('u:55'))).toEqual([])
})

test('all shoppers of a shop', async () => {
  const { deps, traces, ask } = await createTraces()
  const other = await traces(OTHER_SHOP)
  await ask('all')
  await eraseShoppers(deps, free)
  expect(await traces(SHOP)).toEqual({ text: '[[],[[],[],[],[],[]]]', letters: [] })
  expect(await traces(OTHER_SHOP)).toEqual(other)
})

test('a run that dies anywhere is taken up again and brought to its end', async () => {
  for (let dies = 1; dies <= 12; dies++) {
    const { deps, traces, ask, receipts } = await createTraces()
    await ask(['u:5'])
    let calls = 0
    const mortal = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (own, name) => {
          const method = Reflect.get(own, name) as unknown
          if (typeof method !== 'function' || name === 'failed') return method
          return (...input: unknown[]) => {
            calls += 1
            if (calls === dies) throw new Error('died')
            return (method as (...input: unknown[]) => unknown).apply(own, input)
          }
        },
      })
    const first = {
      ...deps,
      archive: mortal(deps.archive),
      rows: mortal(deps.rows),
      erasures: mortal(deps.erasures),
      liveEraser: mortal(deps.liveEraser),
    }
    await eraseShoppers(first, free).catch((error: Error) => expect(error.message).toBe('died'))
    await eraseShoppers(deps, free)
    expect((await traces(SHOP)).text, `died at call ${dies}`).not.toContain('"u:5"')
    expect((await receipts())[0], `died at call ${dies}`).toMatchObject({ state: 'done' })
  }
})

test('a request that always fails does not hold up those after it', async () => {
  const { deps, ask, receipts } = await createTraces()
  await ask(['u:5'], 'r-1')
  await ask(['u:55'], 'r-2')
  const failing: EraseDeps = {
    ...deps,
    rows: {
      ...deps.rows,
      waitingEvents: (shop, shoppers) =>
        shoppers.includes('u:5')
          ? Promise.reject(new Error('a line is damaged'))
          : deps.rows.waitingEvents(shop, shoppers),
    },
  }
  for (let run = 0; run < 2; run++) await eraseShoppers(failing, free).catch(() => {})
  expect((await receipts()).map((row) => [row.state, row.error])).toEqual([
    ['waiting', 'Error'],
    ['done', null],
  ])
  await eraseShoppers(deps, free)
  expect((await receipts()).map((row) => row.state)).toEqual(['done', 'done'])
})

/** The rows of a store that cannot take out the waiting events of some shoppers. */
const damagedFor = (deps: EraseDeps, gone: readonly string[], tried: string[] = []): EraseDeps => ({
  ...deps,
  rows: {
    ...deps.rows,
    async waitingEvents(shop, shoppers) {
      tried.push(String(shoppers[0]))
      if (gone.some((own) => shoppers.includes(own))) throw new Error('a line is damaged')
      return deps.rows.waitingEvents(shop, shoppers)
    },
  },
})

test('one that always fails does not hold up others that failed once', async () => {
  const { deps, ask, receipts } = await createTraces()
  const names = ['u:1', 'u:2', 'u:3']
  for (const name of names) await ask([name], `of ${name}`)
  const first: string[] = []
  await expect(eraseShoppers(damagedFor(deps, names, first), free)).rejects.toThrow('a line is damaged')
  expect(first).toEqual(names)
  await expect(eraseShoppers(damagedFor(deps, ['u:1']), free)).rejects.toThrow('a line is damaged')
  expect((await receipts()).map((row) => [row.state, row.error])).toEqual([
    ['waiting', 'Error'],
    ['done', null],
    ['done', null],
  ])
})

test('those that failed take turns, even where each ends its run', async () => {
  const { deps, ask, clock } = await createTraces()
  const names = ['u:1', 'u:2', 'u:3']
  for (const name of names) await ask([name], `of ${name}`)
  const all: string[] = []
  await eraseShoppers(damagedFor(deps, names), free).catch(() => {})
  for (let run = 0; run < 3; run++) {
    clock.advance(60_000)
    const tried: string[] = []
    // Nothing can be noted any more, as when a run has used up its statements.
    const spent = damagedFor(deps, names, tried)
    const failed = () => Promise.reject(new Error('too many'))
    let reads = 0
    const next = (passed?: readonly number[]) => (reads++ > 0 ? failed() : deps.erasures.next(passed))
    await eraseShoppers({ ...spent, erasures: { ...deps.erasures, failed, next } }, free).catch(() => {})
    all.push(...tried)
  }
  expect(all).toEqual(names)
})

test('what is looked for once more is looked for whoever fails', async () => {
  const { deps, ask, clock, operations } = await createTraces()
  await ask(['u:5'])
  await eraseShoppers(deps, free)
  const late = { key: 'late', shop: SHOP, purpose: 'reasons', model: 'm', maxMicro: 1 } as const
  await createModelCallStore(operations).reserve([late], 'c', null, 1e9, NOW)
  await ask(['u:6'], 'r-2')
  clock.advance(30_000)
  await expect(eraseShoppers(damagedFor(deps, ['u:6']), free)).rejects.toThrow('a line is damaged')
  expect((await operations.prepare('SELECT key FROM model_calls').all()).results).toEqual([])
})

test('a run whose lease went to another ends at once, and is no failure of the request', async () => {
  const { deps, ask, receipts } = await createTraces()
  for (const name of ['u:1', 'u:2']) await ask([name], `of ${name}`)
  const keep = () => Promise.reject(new LeaseLost('erase'))
  await expect(eraseShoppers(deps, { ...free, keep })).rejects.toThrow(LeaseLost)
  expect((await receipts()).map((row) => [row.state, row.error])).toEqual([
    ['waiting', null],
    ['waiting', null],
  ])
})

test('a guest’s refund that waits for an order that never came is forgotten too', async () => {
  const { deps, ask, catalogue } = await createTraces()
  const waiting = (order: string) => ({
    ...({ source: 'shopify', key: `refund:${order}`, kind: 'refund', ref: order, effect: '{}' } as const),
    ...{ atMs: NOW, createdAtMs: NOW, dueAtMs: NOW },
  })
  await createDeliveryStore(catalogue).owe(SHOP, [waiting('902'), waiting('903')])
  await createDeliveryStore(catalogue).owe(OTHER_SHOP, [waiting('902')])
  await ask(['a:order:shopify:902'])
  await eraseShoppers(deps, free)
  const { results } = await catalogue.prepare('SELECT shop, ref FROM waiting_effects ORDER BY shop, ref').all()
  expect(results).toEqual([
    { shop: SHOP, ref: '903' },
    { shop: OTHER_SHOP, ref: '902' },
  ])
})

test('a long history is forgotten in turns, and holds up nobody with a short one', async () => {
  const { deps, ask, archive, receipts } = await createTraces()
  const line = (shopper: string) => JSON.stringify({ v: 1, shop: SHOP, shopper, shown: ['5'] })
  for (let at = 0; at < 2_100; at++)
    await archive.putImpressions(SHOP, '2026-01-03', String(at).padStart(5, '0'), [line('u:5'), line('u:7')])
  await ask(['u:5'], 'r-1')
  await deps.erasures.ask(OTHER_SHOP, 'shopify', 'r-2', ['u:5'], NOW)
  const states = async () => (await receipts()).map((row) => row.state)
  expect(await eraseShoppers(deps, free)).toBe(1)
  expect(await states()).toEqual(['waiting', 'done'])
  expect(await eraseShoppers(deps, free)).toBe(1)
  expect(await states()).toEqual(['done', 'done'])
  for (const name of await archive.impressionObjects(SHOP))
    expect(await archive.withoutLines(name, (own) => !own.includes('"u:5"'))).toBe(0)
})

test('letters are looked through in turns, each once, and the lease is kept meanwhile', async () => {
  const { deps, ask, receipts } = await createTraces()
  const letters = createDeadLetterStore(await createOperations())
  const common = { shop: SHOP, kind: 'delivery', origin: 'webhook:shopify', code: 'rejected', detail: '' } as const
  for (let at = 0; at < 2_300; at++) {
    const body = bytes({ customer: { id: at % 100 === 0 ? 5 : 55 } })
    await letters.put({ ...common, ref: `l-${at}`, topic: 'orders/create', headers: {}, body }, NOW)
  }
  const read: number[] = []
  let [kept, keptAtLetters] = [0, 0]
  const watched: EraseDeps = {
    ...deps,
    deadLetters: {
      ...letters,
      async getAll(seqs, shop) {
        if (read.length === 0) keptAtLetters = kept
        read.push(...seqs)
        return letters.getAll(seqs, shop)
      },
    },
  }
  const locks: EraseLocks = {
    ...free,
    async keep() {
      kept += 1
    },
  }
  await ask(['u:5'])
  expect(await eraseShoppers(watched, locks)).toBe(0)
  expect(read.length).toBeLessThanOrEqual(2_000)
  expect(kept - keptAtLetters).toBeGreaterThanOrEqual(read.length / 50)
  expect((await receipts())[0]).toMatchObject({ state: 'waiting' })
  expect(await eraseShoppers(watched, locks)).toBe(1)
  expect(read).toHaveLength(2_300)
  expect(new Set(read).size).toBe(2_300)
  expect(JSON.parse(String((await receipts())[0]!.counts))).toMatchObject({ dead_letters: 23 })
})

test('an answer of a model that came while its shop forgot somebody is looked for once more', async () => {
  const { deps, ask, clock, operations } = await createTraces()
  await ask(['u:5'])
  await eraseShoppers(deps, free)
  const late = { key: 'late', shop: SHOP, purpose: 'reasons', model: 'm', maxMicro: 1 }
  const calls = createModelCallStore(operations)
  await calls.reserve([late, { ...late, key: 'of the catalogue', purpose: 'understand' }], 'c', null, 1e9, NOW)
  const kept = async () => (await operations.prepare('SELECT key FROM model_calls ORDER BY key').all()).results
  await eraseShoppers(deps, free)
  expect(await kept()).toHaveLength(2)
  clock.advance(30_000)
  await eraseShoppers(deps, free)
  expect(await kept()).toEqual([{ key: 'of the catalogue' }])
  await calls.reserve([late], 'c', null, 1e9, NOW)
  clock.advance(30_000)
  await eraseShoppers(deps, free)
  expect(await kept()).toHaveLength(2)
})

test('names that the stores know beside: a customer’s order that was told as a guest’s first', async () => {
  const { deps, ask, accept, archive, operations } = await createTraces()
  await accept('as a guest', SHOP, 'a:order:shopify:900')
  await ask(['u:5'])
  await eraseShoppers(deps, free)
  expect(await createForgottenStore(operations).among(SHOP, ['a:order:shopify:900'])).not.toEqual(new Map())
  const waiting = await operations.prepare('SELECT body FROM event_batches WHERE shop = ?1').bind(SHOP).all()
  expect(JSON.stringify([waiting.results, await archive.eventObjects(SHOP, null)])).not.toContain('order:shopify:900')
})

test('while somebody folds, it waits: what is being folded would come back', async () => {
  const { deps, ask, receipts } = await createTraces()
  await ask(['u:5'])
  expect(await eraseShoppers(deps, { ...free, whileNobodyFolds: async () => false })).toBe(0)
  expect((await receipts())[0]).toMatchObject({ state: 'waiting' })
})

test('while somebody learns, it waits, and goes on from there', async () => {
  const { deps, ask, receipts, traces } = await createTraces()
  await ask(['u:5'])
  expect(await eraseShoppers(deps, { ...free, whileNobodyLearns: async () => false })).toBe(0)
  expect((await receipts())[0]).toMatchObject({ state: 'waiting' })
  expect(await eraseShoppers(deps, { ...free, whileNobodyFolds: async () => false })).toBe(1)
  expect((await traces(SHOP)).text).not.toContain('"u:5"')
})

/** Whether what is being learned was forgotten. */
async function forgets(ready: Awaited<ReturnType<typeof createTraces>>, deps: EraseDeps): Promise<boolean> {
  let forgotten = false
  const watched = {
    async endAll() {
      forgotten = true
    },
  }
  await eraseShoppers({ ...deps, learnRuns: watched }, free).catch((error: Error) => expect(error.message).toBe('died'))
  expect(await ready.deps.erasures.next()).toBeNull()
  return forgotten
}

test('what is being learned is forgotten for whoever it may know, and left to learn for whom it cannot', async () => {
  const events = await createTraces()
  await events.ask(['u:5'])
  expect(await forgets(events, events.deps)).toBe(true)
  const nobody = await createTraces()
  await nobody.ask(['u:unknown'])
  expect(await forgets(nobody, nobody.deps)).toBe(false)
  // Of a shopper who only looked, shelves were learned from.
  const looked = await createTraces()
  const line = JSON.stringify({ v: 1, shop: SHOP, shopper: 'u:looked', shown: ['5'] })
  await looked.archive.putImpressions(SHOP, '2026-01-02', 'two', [line])
  await looked.ask(['u:looked'])
  expect(await forgets(looked, looked.deps)).toBe(true)
})

test('an attempt that died after it had removed lines, and before it counted them, is no reason to go on learning', async () => {
  const ready = await createTraces()
  const { deps, ask } = ready
  await ask(['u:5'])
  const dies = (name: string, archive = deps.archive): EraseDeps => ({
    ...deps,
    archive: {
      ...archive,
      async withoutLines(object, keeps) {
        const removed = await archive.withoutLines(object, keeps)
        if (object.includes(name)) throw new Error('died')
        return removed
      },
    },
  })
  for (const name of ['events/', 'impressions/'])
    await eraseShoppers(dies(name), free).catch((error: Error) => expect(error.message).toBe('died'))
  // Nothing is left to be counted.
  expect((await deps.erasures.next())!.counts).toEqual({ events: 2 })
  expect(await forgets(ready, deps)).toBe(true)
})

test('control: without that wait a fold under way brings the shopper back', async () => {
  const { deps, traces, ask, archive, operations } = await createTraces()
  await ask(['u:5'])
  const inbox = createEventInbox(operations)
  const plan = (await inbox.plan(20))!
  const held = await inbox.batches(plan.fromSeq, plan.toSeq)
  await eraseShoppers(deps, free)
  const own = held.filter((batch) => batch.shop === SHOP).flatMap((batch) => batch.interactions)
  await archive.putEvents(SHOP, '2026-01-01', plan.fromSeq, plan.toSeq, own)
  expect((await traces(SHOP)).text).toContain('"u:5"')
})

test.each([
  ['a customer by number', 'orders/create', { customer: { id: 5 } }, ['u:5'], true],
  ['an order of a guest', 'refunds/create', { order_id: 900 }, ['a:order:shopify:900'], true],
  ['a product with the same number', 'products/update', { id: 5 }, ['u:5'], false],
  ['a product seen by the customer', 'products/update', { id: 1, customer: { id: '5' } }, ['u:5'], true],
  ['another customer', 'orders/create', { customer: { id: 55 } }, ['u:5'], false],
  ['an impression', '', [{ shopper: 'u:5' }], ['u:5'], true],
  ['text that is no JSON', 'orders/create', 'customer=5&x', ['u:5'], true],
  ['text with a longer number', 'orders/create', 'customer=55&x', ['u:5'], false],
])('whether a letter names a shopper: %s', (_name, topic, body, shoppers, named) => {
  expect(namesShopper({ topic, detail: '', body: bytes(body) }, shoppers)).toBe(named)
})

test('a body nested a hundred thousand deep is read', () => {
  const deep = `${'['.repeat(100_000)}{"customer":5}${']'.repeat(100_000)}`
  expect(() => namesShopper({ topic: '', detail: '', body: bytes(deep) }, ['u:5'])).not.toThrow()
})

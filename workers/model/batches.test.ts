/** Batches against a real HTTP server: partial failure, restarts at every step, and calls that nobody sends twice. */
import { afterEach, expect, test } from 'vitest'
import { createBreaker } from '../../shared/base/breaker.ts'
import { manualClock } from '../../shared/base/clock.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createBudgetStore } from '../../shared/store/operations/budgets.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createOperations, DAY, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { completion, startProvider, type UnitProvider } from '../../tests/support/unit_provider.ts'
import { maxMicro } from './chat.ts'
import { createCompleter } from './completer.ts'
import { providerSchema } from './config.ts'
import { createClient } from './openai_client.ts'

const chat = providerSchema.parse({
  name: 'unit',
  base_url: 'http://x.test',
  chat: { model: 'm-1', input_price: 1, output_price: 4, batch: true },
}).chat!

const call = (key: string): CompletionCall => ({
  key,
  shop: SHOP,
  purpose: 'understand',
  system: 'Say what it is.',
  user: `{"title":"${key}"}`,
  schemaName: 'item',
  schema: { type: 'object' },
  maxOutputTokens: 50,
})
const calls = (count: number) => Array.from({ length: count }, (_, index) => call(`k${index}`))
const fine = (key: string) => ({
  file: 'output' as const,
  line: { response: { status_code: 200, body: completion(`{"of":"${key}"}`) }, error: null },
})

const started: UnitProvider[] = []
afterEach(async () => {
  for (const provider of started.splice(0)) await provider.close()
})

let claims = 0
async function setUp(dailyMicro = 1e9) {
  const provider = await startProvider(() => ({ body: completion('{"sync":1}') }))
  started.push(provider)
  const db = await createOperations()
  const clock = manualClock(NOW)
  const make = (over: Partial<ReturnType<typeof createModelBatchStore>> = {}) =>
    createCompleter({
      provider: 'unit',
      chat,
      client: createClient({ ...providerSchema.parse({ name: 'unit', base_url: provider.url }), key: 'k' }),
      breaker: createBreaker(clock),
      heard: { atMs: Number.NEGATIVE_INFINITY },
      calls: createModelCallStore(db),
      batches: { ...createModelBatchStore(db), ...over },
      clock,
      log: silentLog,
      sleep: async () => {},
      dailyMicro,
      unique: () => `claim-${++claims}`,
    })
  const spent = async () => (await createBudgetStore(db).spend(SHOP, NOW)).today[0]!
  return { provider, db, clock, make, spent, open: () => createModelBatchStore(db).open(SHOP) }
}

test('many calls go together, wait, and are answered at half the price; a restart asks on', async () => {
  const { provider, make, spent } = await setUp()
  const name = (await make().submitBatch(SHOP, calls(20)))!
  expect(provider.uploads[0]!.split('\n').filter(Boolean)).toHaveLength(20)
  expect(await make().batch(SHOP, name)).toEqual({ state: 'running', done: 0, total: 20 })
  // While they wait nobody pays for one of them beside the batch.
  expect(await make().complete(call('k3'), 1_000)).toMatchObject({ ok: false, reason: 'unavailable' })
  provider.endBatch(name, 'completed', fine)
  const state = await make().batch(SHOP, name)
  expect(state.state === 'ended' && state.results.filter((one) => one.ok)).toHaveLength(20)
  expect(await spent()).toMatchObject({ calls: 20, reservedMicro: 0, spentMicro: 20 * 90 })
  expect(await make().batch(SHOP, name)).toEqual(state)
  expect(await make().complete(call('k3'), 1_000)).toMatchObject({ ok: true, cached: true, text: '{"of":"k3"}' })
  expect(provider.chats).toHaveLength(0)
})

test('of a batch that failed in part the answered are kept and the rest may be asked for again', async () => {
  const { provider, make, spent } = await setUp()
  const name = (await make().submitBatch(SHOP, calls(10)))!
  provider.endBatch(name, 'expired', (key) => {
    const index = Number(key.slice(1))
    if (index < 4) return fine(key)
    if (index === 4) return { file: 'output', line: { response: { status_code: 200, body: completion('prose') } } }
    if (index === 5) return { file: 'error', line: { response: { status_code: 400, body: {} }, error: null } }
    if (index < 8) return { file: 'error', line: { response: null, error: { code: 'batch_expired' } } }
    return null
  })
  const state = await make().batch(SHOP, name)
  if (state.state !== 'ended') throw new Error('still running')
  const reasons = Object.fromEntries(state.results.map((one) => [one.key, one.ok ? 'ok' : one.reason]))
  expect(reasons).toEqual({
    k0: 'ok',
    k1: 'ok',
    k2: 'ok',
    k3: 'ok',
    k4: 'malformed',
    k5: 'refused',
    k6: 'unavailable',
    k7: 'unavailable',
    k8: 'unavailable',
    k9: 'unavailable',
  })
  expect(await spent()).toMatchObject({ calls: 5, reservedMicro: 0 })
  expect(await make().complete(call('k8'), 1_000)).toMatchObject({ ok: true, text: '{"sync":1}' })
  expect(provider.chats).toHaveLength(1)
})

test('the same keys are never sent twice, and only what the budget holds is sent', async () => {
  const most = maxMicro(call('k0'), chat, 0.5)
  const { provider, make } = await setUp(5 * most + 1)
  await make().submitBatch(SHOP, calls(4))
  await make().submitBatch(SHOP, calls(8))
  const sent = provider.uploads.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).custom_id),
  )
  expect(sent.sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4'])
  expect(await make().submitBatch(SHOP, calls(8))).toBeNull()
})

test('a batch whose making was not heard of is found by its mark, not made again', async () => {
  const { provider, make, open } = await setUp()
  provider.refuseBatches('reset')
  expect(await make().submitBatch(SHOP, calls(3))).toBeNull()
  provider.refuseBatches(null)
  const [waiting] = await open()
  expect(waiting).toMatchObject({ state: 'submitting', name: null })
  expect(await make().submitBatch(SHOP, calls(3))).toBeNull()
  expect(await make().batch(SHOP, waiting!.batch)).toMatchObject({ state: 'running', total: 3 })
  const [named] = await open()
  provider.endBatch(named!.name!, 'completed', fine)
  const state = await make().batch(SHOP, named!.name!)
  expect(state.state === 'ended' && state.results).toHaveLength(3)
  expect([provider.batches.size, (await open()).length]).toEqual([1, 0])
})

test('a worker that dies right after the hand-over loses nothing', async () => {
  const { make, open } = await setUp()
  const dying = make({ running: () => Promise.reject(new Error('killed')) })
  await expect(dying.submitBatch(SHOP, calls(3))).rejects.toThrow('killed')
  const [waiting] = await open()
  expect(await make().batch(SHOP, waiting!.batch)).toMatchObject({ state: 'running', total: 3 })
})

test('a batch that nobody knows of is given up after an hour: its calls are in doubt', async () => {
  const { make, open, clock, db } = await setUp()
  const store = createModelBatchStore(db)
  await store.begin({ batch: 'lost', shop: SHOP, provider: 'unit' }, NOW)
  const wanted = { key: 'k0', shop: SHOP, purpose: 'understand', model: 'unit/m-1', maxMicro: 10 }
  await createModelCallStore(db).reserve([wanted], 'lost', 'lost', 1e9, NOW)
  expect(await make().batch(SHOP, 'lost')).toMatchObject({ state: 'running' })
  clock.advance(DAY / 20)
  expect(await make().batch(SHOP, 'lost')).toEqual({ state: 'ended', results: [] })
  expect(await open()).toEqual([])
  expect(await make().complete(call('k0'), 1_000)).toMatchObject({ ok: false, reason: 'in_doubt' })
})

test('a provider that refuses the batch frees its money and its keys', async () => {
  const { provider, make, spent, open } = await setUp()
  provider.refuseBatches({ status: 429, body: {} })
  expect(await make().submitBatch(SHOP, calls(3))).toBeNull()
  expect(await spent()).toMatchObject({ reservedMicro: 0 })
  expect(await open()).toEqual([])
  provider.refuseBatches(null)
  expect(await make().submitBatch(SHOP, calls(3))).not.toBeNull()
})

test('answers that cannot be fetched now are fetched later, and are in doubt once they are gone for good', async () => {
  const { provider, make, open, clock } = await setUp()
  const name = (await make().submitBatch(SHOP, calls(3)))!
  provider.endBatch(name, 'completed', fine)
  provider.goneFiles(true)
  expect(await make().batch(SHOP, name)).toMatchObject({ state: 'running' })
  provider.goneFiles(false)
  expect(await make().batch(SHOP, name)).toMatchObject({ state: 'ended', results: [{ ok: true }, {}, {}] })
  const second = (await make().submitBatch(
    SHOP,
    calls(5).filter((one) => one.key > 'k2'),
  ))!
  provider.endBatch(second, 'completed', fine)
  provider.goneFiles(true)
  clock.advance(DAY / 20)
  expect(await make().batch(SHOP, second)).toEqual({ state: 'ended', results: [] })
  expect(await open()).toEqual([])
  expect(await make().complete(call('k4'), 1_000)).toMatchObject({ ok: false, reason: 'in_doubt' })
})

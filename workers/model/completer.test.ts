/** The completer against a real HTTP server: what is paid once, what is never paid, and what nobody knows. */
import { afterEach, expect, test } from 'vitest'
import { createBreaker } from '../../shared/base/breaker.ts'
import { manualClock } from '../../shared/base/clock.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createBudgetStore } from '../../shared/store/operations/budgets.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createOperations, DAY, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../tests/support/unit_catalogue.ts'
import { completion, type Reply, startProvider, type UnitProvider } from '../../tests/support/unit_provider.ts'
import type { SqliteD1 } from '../local/node/sqlite_d1.ts'
import { maxMicro } from './chat.ts'
import { createCompleter } from './completer.ts'
import { type ChatConfig, providerSchema } from './config.ts'
import { createClient } from './openai_client.ts'

const chatOf = (over: object = {}): ChatConfig =>
  providerSchema.parse({
    name: 'unit',
    base_url: 'http://x.test',
    chat: { model: 'm-1', input_price: 1, output_price: 4, batch: true, ...over },
  }).chat!

const call = (key: string, over: Partial<CompletionCall> = {}): CompletionCall => ({
  key,
  shop: SHOP,
  purpose: 'understand',
  system: 'Say what it is.',
  user: '{"title":"Teapot"}',
  schemaName: 'item',
  schema: { type: 'object' },
  maxOutputTokens: 50,
  ...over,
})

const running: UnitProvider[] = []
afterEach(async () => {
  for (const provider of running.splice(0)) await provider.close()
})

let claims = 0

async function setUp(
  chat: (count: number) => Reply | Promise<Reply> = () => ({ body: completion('{"a":1}') }),
  options: { db?: SqliteD1; dailyMicro?: number; chat?: object; url?: string } = {},
) {
  const provider = await startProvider((_asked, count) => chat(count))
  running.push(provider)
  const db = options.db ?? (await createOperations())
  const clock = manualClock(NOW)
  const slept: number[] = []
  const make = (over: { db?: never; calls?: ReturnType<typeof createModelCallStore> } = {}) =>
    createCompleter({
      provider: 'unit',
      chat: chatOf(options.chat),
      client: createClient({
        ...providerSchema.parse({ name: 'unit', base_url: options.url ?? provider.url }),
        key: 'k',
      }),
      breaker: createBreaker(clock),
      heard: { atMs: Number.NEGATIVE_INFINITY },
      calls: over.calls ?? createModelCallStore(db),
      batches: createModelBatchStore(db),
      clock,
      log: silentLog,
      sleep: async (ms) => void slept.push(ms),
      dailyMicro: options.dailyMicro ?? 1_000_000,
      unique: () => `claim-${++claims}`,
    })
  const spent = async (shop = SHOP) => (await createBudgetStore(db).spend(shop, clock.now())).today[0]
  return { provider, db, clock, slept, make, completer: make(), spent }
}

test('an answer is paid once: the same key answers again for nothing, after a restart too', async () => {
  const { provider, completer, make, spent } = await setUp()
  const first = await completer.complete(call('k'), 5_000)
  expect(first).toEqual({
    ok: true,
    key: 'k',
    text: '{"a":1}',
    cost: { inputTokens: 100, outputTokens: 20, microCost: 180 },
    cached: false,
  })
  const again = await make().complete(call('k'), 5_000)
  expect(again).toMatchObject({ ok: true, text: '{"a":1}', cached: true, cost: { microCost: 0 } })
  expect(provider.chats).toHaveLength(1)
  expect(await spent()).toMatchObject({
    calls: 1,
    spentMicro: 180,
    reservedMicro: 0,
    inputTokens: 100,
    outputTokens: 20,
  })
})

test('of fifty that ask for one key at once, over five isolates, one pays', async () => {
  const { provider, make } = await setUp(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { body: completion('{}') }
  })
  const isolates = Array.from({ length: 5 }, () => make())
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, index) => isolates[index % 5]!.complete(call('k'), 5_000)),
  )
  expect(provider.chats).toHaveLength(1)
  expect(results.filter((one) => one.ok && !one.cached)).toHaveLength(1)
  expect(results.filter((one) => !one.ok).every((one) => !one.ok && one.reason === 'in_doubt')).toBe(true)
})

test('control: a ledger that does not look for the key pays more than once', async () => {
  const { provider, make, db } = await setUp(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { body: completion('{}') }
  })
  const blind = rewritingD1(db, (sql) =>
    sql
      .replace(/WHERE NOT EXISTS \(SELECT 1 FROM model_calls c[\s\S]*?<> 'failed'\)\)/, ')')
      .replace("WHERE model_calls.state = 'failed'", ''),
  )
  const broken = make({ calls: createModelCallStore(blind) })
  await Promise.all([1, 2, 3].map(() => broken.complete(call('k'), 5_000)))
  expect(provider.chats.length).toBeGreaterThan(1)
})

test.each<[string, Reply]>([
  ['a broken connection', 'reset'],
  ['silence until the deadline', 'hang'],
  ['a gateway that lost the server behind it', { status: 504, body: {} }],
])('%s is in doubt for ever, until an operator forgets it', async (_name, reply) => {
  const { provider, make, db, clock, spent } = await setUp((count) =>
    count === 1 ? reply : { body: completion('{}') },
  )
  const most = maxMicro(call('k'), chatOf())
  expect(await make().complete(call('k'), 300)).toMatchObject({ ok: false, reason: 'in_doubt' })
  clock.advance(20 * DAY)
  expect(await make().complete(call('k'), 300)).toMatchObject({ ok: false, reason: 'in_doubt' })
  expect(provider.chats).toHaveLength(1)
  clock.set(NOW)
  // What may have been spent stays counted.
  expect(await spent()).toMatchObject({ calls: 0, reservedMicro: most })
  const calls = createModelCallStore(db)
  expect(await calls.countInDoubt(SHOP, NOW)).toBe(0)
  expect(await calls.tidy(NOW + 100 * DAY, 100)).toBe(0)
  expect(await calls.forgetInDoubt(OTHER_SHOP, NOW + 1)).toBe(0)
  expect(await calls.forgetInDoubt(SHOP, NOW + 1)).toBe(1)
  expect(await make().complete(call('k'), 3_000)).toMatchObject({ ok: true })
})

test('a crash between the call and its settlement is in doubt, not a second call', async () => {
  const { provider, make, db } = await setUp()
  const calls = createModelCallStore(db)
  const dying = make({ calls: { ...calls, settle: () => Promise.reject(new Error('gone')) } })
  // The one who heard the answer may use it ...
  expect(await dying.complete(call('k'), 5_000)).toMatchObject({ ok: true })
  // ... and nobody else pays for it.
  expect(await make().complete(call('k'), 5_000)).toMatchObject({ ok: false, reason: 'in_doubt' })
  expect(provider.chats).toHaveLength(1)
})

test('a provider that refuses is asked twice at most, costs nothing and may be asked again', async () => {
  let well = false
  const { provider, make, slept, spent, db } = await setUp(() =>
    well ? { body: completion('{}') } : { status: 429, headers: { 'retry-after': '1' }, body: {} },
  )
  expect(await make().complete(call('k'), 5_000)).toEqual({
    ok: false,
    key: 'k',
    reason: 'unavailable',
    retryAfterMs: 1_000,
  })
  expect([provider.chats.length, slept]).toEqual([2, [1_000]])
  expect(await spent()).toMatchObject({ calls: 0, spentMicro: 0, reservedMicro: 0 })
  well = true
  expect(await make().complete(call('k'), 5_000)).toMatchObject({ ok: true })
  expect(await db.prepare('SELECT attempts FROM model_calls').first('attempts')).toBe(2)
})

test('a wait that the deadline does not hold is not begun', async () => {
  const { provider, completer, slept } = await setUp(() => ({
    status: 503,
    headers: { 'retry-after': '60' },
    body: {},
  }))
  expect(await completer.complete(call('k'), 5_000)).toMatchObject({ reason: 'unavailable', retryAfterMs: 60_000 })
  expect([provider.chats.length, slept.length]).toEqual([1, 0])
})

test('a connection that is refused costs nothing', async () => {
  const closed = await startProvider(() => 'hang')
  await closed.close()
  const { completer, spent } = await setUp(undefined, { url: closed.url })
  expect(await completer.complete(call('k'), 5_000)).toMatchObject({ reason: 'unavailable' })
  expect(await spent()).toMatchObject({ calls: 0, reservedMicro: 0, spentMicro: 0 })
})

test('a provider that is down is greeted, and no call is put on the wire', async () => {
  const { provider, make, spent } = await setUp()
  provider.deaf(true)
  expect(await make().complete(call('k'), 5_000)).toMatchObject({ ok: false, reason: 'unavailable' })
  expect(provider.chats).toHaveLength(0)
  expect(await spent()).toMatchObject({ reservedMicro: 0 })
  provider.deaf(false)
  expect(await make().complete(call('k'), 5_000)).toMatchObject({ ok: true })
})

test('five failures open the breaker: the sixth question is not sent', async () => {
  const { provider, completer } = await setUp(() => ({ status: 500, body: {} }))
  for (let index = 0; index < 20; index++) await completer.complete(call(`k${index}`), 5_000)
  expect(provider.chats.length).toBeLessThanOrEqual(6)
})

test.each<[string, Reply, string]>([
  [
    'a refusal',
    { body: completion(null, { choices: [{ finish_reason: 'stop', message: { content: null, refusal: 'no' } }] }) },
    'refused',
  ],
  [
    'a filtered answer',
    { body: completion('', { choices: [{ finish_reason: 'content_filter', message: { content: '' } }] }) },
    'refused',
  ],
  [
    'an answer that was cut',
    { body: completion('{"a":', { choices: [{ finish_reason: 'length', message: { content: '{"a":' } }] }) },
    'too_long',
  ],
  ['prose', { body: completion('Sure! Here you go.') }, 'malformed'],
  ['a list', { body: completion('[]') }, 'malformed'],
  ['no choice', { body: { usage: null } }, 'malformed'],
  ['a page', { raw: '<html>busy</html>', type: 'text/html' }, 'malformed'],
  ['half a body', { raw: '{"choices": [' }, 'malformed'],
])('%s is paid for, said as what it is, and not asked for again', async (_name, reply, reason) => {
  const { provider, make, spent } = await setUp(() => reply)
  for (let time = 0; time < 2; time++)
    expect(await make().complete(call('k'), 5_000)).toMatchObject({ ok: false, reason })
  expect(provider.chats).toHaveLength(1)
  expect(await spent()).toMatchObject({ calls: 1, reservedMicro: 0 })
  expect((await spent())!.spentMicro).toBeGreaterThan(0)
})

test('a request at fault is refused without money', async () => {
  const { provider, completer, spent } = await setUp(() => ({
    status: 400,
    body: { error: { message: 'bad schema' } },
  }))
  expect(await completer.complete(call('k'), 5_000)).toMatchObject({ reason: 'refused' })
  expect(provider.chats).toHaveLength(1)
  expect(await spent()).toMatchObject({ spentMicro: 0, reservedMicro: 0 })
})

test('the body is what a server of these capabilities takes', async () => {
  const { provider, completer } = await setUp(undefined, {
    chat: { format: 'json_object', output_limit_field: 'max_tokens', max_output_tokens: 30, extra: { temperature: 0 } },
  })
  await completer.complete(call('k'), 5_000)
  const [asked] = provider.chats
  expect(asked).toMatchObject({
    response_format: { type: 'json_object' },
    max_tokens: 30,
    temperature: 0,
    model: 'm-1',
  })
  expect(asked!.messages[0]!.content).toContain('{"type":"object"}')
  expect(asked).not.toHaveProperty('max_completion_tokens')
})

test('reserved and spent never pass the budget, however many ask at once; the next day goes on', async () => {
  const most = maxMicro(call('k-00'), chatOf())
  const dailyMicro = 7 * most + Math.floor(most / 2)
  let highest = 0
  const { provider, make, db, clock } = await setUp(
    async () => {
      const row = await db
        .prepare('SELECT SUM(reserved_micro + spent_micro) AS sum FROM spend')
        .first<{ sum: number }>()
      highest = Math.max(highest, row!.sum)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return { body: completion('{}', { usage: null }) }
    },
    { dailyMicro },
  )
  const keys = Array.from({ length: 40 }, (_, index) => `k-${String(index).padStart(2, '0')}`)
  const isolates = [make(), make(), make()]
  const results = await Promise.all(keys.map((key, index) => isolates[index % 3]!.complete(call(key), 5_000)))
  expect(provider.chats).toHaveLength(7)
  expect(results.filter((one) => !one.ok && one.reason === 'budget')).toHaveLength(33)
  expect(highest).toBeLessThanOrEqual(dailyMicro)
  expect(highest).toBeGreaterThan(dailyMicro - most)
  clock.advance(DAY)
  const next = await Promise.all(keys.map((key) => make().complete(call(key), 5_000)))
  expect(next.filter((one) => one.ok && !one.cached)).toHaveLength(7)
  expect(next.filter((one) => one.ok && one.cached)).toHaveLength(7)
})

test('control: a reservation that forgets what is set aside passes the budget', async () => {
  const most = maxMicro(call('k-00'), chatOf())
  const { provider, make, db } = await setUp(undefined, { dailyMicro: 3 * most })
  const blind = rewritingD1(db, (sql) => sql.replace('SUM(reserved_micro + spent_micro)', 'SUM(0)'))
  const broken = make({ calls: createModelCallStore(blind) })
  for (let index = 0; index < 9; index++) await broken.complete(call(`k-0${index}`), 5_000)
  expect(provider.chats).toHaveLength(9)
})

test("a shop's own budget counts, and is no other's", async () => {
  const { make, db } = await setUp(undefined, { dailyMicro: 1_000_000 })
  await createBudgetStore(db).put(SHOP, 0)
  expect(await make().complete(call('k'), 5_000)).toMatchObject({ reason: 'budget' })
  expect(await make().complete(call('k2', { shop: OTHER_SHOP }), 5_000)).toMatchObject({ ok: true })
})

test('old answers are forgotten after thirty days, a bite at a time', async () => {
  const { make, db } = await setUp()
  for (const key of ['a', 'b', 'c']) await make().complete(call(key), 5_000)
  const calls = createModelCallStore(db)
  expect(await calls.tidy(NOW + 30 * DAY, 2)).toBe(0)
  expect([await calls.tidy(NOW + 31 * DAY, 2), await calls.tidy(NOW + 31 * DAY, 2)]).toEqual([2, 1])
})

/** What the door adds to a completer: letters scored, a second provider, calls that can be replayed, a ledger in many isolates. */
import { afterEach, expect, test } from 'vitest'
import { type Clock, manualClock } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { createRollingBreaker } from '../../shared/base/rolling_breaker.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { askShelf, TASKS } from '../../shared/prompt/tasks.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createCallRecords } from '../../shared/store/call_records.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createOperations, DAY, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../tests/support/unit_catalogue.ts'
import { completion, type Reply, startProvider } from '../../tests/support/unit_provider.ts'
import { createMemoryR2 } from '../local/node/memory_r2.ts'
import type { SqliteD1 } from '../local/node/sqlite_d1.ts'
import { startScriptedProvider } from '../local/openai/server.ts'
import { createCompleter } from './completer.ts'
import type { CompleterDeps } from './completer_parts.ts'
import { providerSchema } from './config.ts'
import { createFailover } from './failover.ts'
import { createClient } from './openai_client.ts'
import { createReplay } from './replay.ts'

const call = (key: string, over: Partial<CompletionCall> = {}): CompletionCall => ({
  ...{ key, shop: SHOP, purpose: 'rerank', system: 'Order.', user: '{"shelf":1}', schemaName: 'x', schema: {} },
  maxOutputTokens: 50,
  ...over,
})

const running: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const stop of running.splice(0)) await stop()
})
async function provider(reply: (count: number) => Reply | Promise<Reply>) {
  const started = await startProvider((_asked, count) => reply(count))
  running.push(() => started.close())
  return started
}

let claims = 0
function completerOf(
  url: string,
  db: SqliteD1,
  over: Partial<CompleterDeps> & { clock?: Clock; options?: object; name?: string } = {},
) {
  const { options, name = 'unit', clock = manualClock(NOW), ...rest } = over
  const config = providerSchema.parse({
    name,
    base_url: url,
    chat: { model: 'm-1', input_price: 1, output_price: 4, ...options },
  })
  return createCompleter({
    ...{ provider: name, chat: config.chat!, clock, log: silentLog, dailyMicro: 1_000_000_000 },
    client: createClient({ ...config, key: 'k' }),
    breaker: createRollingBreaker(clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(db),
    batches: createModelBatchStore(db),
    sleep: async () => {},
    unique: () => `claim-${++claims}`,
    ...rest,
  })
}

test('capabilities are told as they are declared', async () => {
  const told = completerOf('http://x.test/v1', await createOperations(), {
    options: { logprobs: 20, prompt_caching: true, fine_tuning: true, format: 'json_object' },
  })
  expect(await told.completer()).toEqual({
    model: 'unit/m-1',
    batch: false,
    capabilities: { format: 'json_object', logprobs: 20, batch: false, fineTuning: true, promptCaching: true },
  })
})

test('remembered tokens cost what is declared for them', async () => {
  const usage = { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 80 } }
  const remembering = await provider(() => ({ body: completion('{}', { usage }) }))
  const options = { prompt_caching: true, cached_input_price: 0.25 }
  const cheap = await completerOf(remembering.url, await createOperations(), { options }).complete(call('k'), 5_000)
  expect(cheap).toMatchObject({ ok: true, cost: { inputTokens: 100, outputTokens: 10, microCost: 20 + 20 + 40 } })
})

const shelfItem = (title: string, kind: string) => ({
  ...{ title, brand: null, categories: [kind], attributes: {}, price: null },
})

test('letters are scored by one token: the wanted candidate first, a second question for nothing', async () => {
  const scripted = await startScriptedProvider()
  running.push(() => scripted.stop())
  const db = await createOperations()
  const { system, user } = askShelf(TASKS.rank, {
    ...{ locale: 'en', topics: [], representatives: [], cart: [], placement: 'search', seeds: [], history: [] },
    query: 'teapot',
    candidates: [shelfItem('Sofa', 'living'), shelfItem('Teapot', 'kitchen'), shelfItem('Lamp', 'living')],
  })
  const completer = completerOf(scripted.url, db, { options: { logprobs: 20 } })
  const asked = { key: 'score', shop: SHOP, purpose: 'rerank', system, user }
  const first = await completer.score(asked, ['A', 'B', 'C'], 5_000)
  expect(first).toMatchObject({ ok: true, cached: false, cost: { outputTokens: 1 } })
  const scores = first.ok ? first.scores : {}
  expect(Object.keys(scores).sort()).toEqual(['A', 'B', 'C'])
  expect(scores.B).toBeGreaterThan(Math.max(scores.A!, scores.C!))
  // Both spellings of a letter count.
  expect(Object.values(scores).reduce((sum, score) => sum + Math.exp(score), 0)).toBeGreaterThan(0.9)
  expect(scripted.calls[0]!.body).toMatchObject({ logprobs: true, top_logprobs: 20, max_completion_tokens: 1 })
  expect(scripted.calls[0]!.body).not.toHaveProperty('response_format')
  expect(await completer.score(asked, ['A', 'B', 'C'], 5_000)).toMatchObject({ ok: true, scores, cached: true })
  expect(scripted.calls).toHaveLength(1)
})

test('a provider without log-probabilities, or of too few, is not asked', async () => {
  const silent = await provider(() => ({ body: completion('A') }))
  const db = await createOperations()
  const asked = { key: 'score', shop: SHOP, purpose: 'rerank', system: 's', user: 'u' }
  const letters = ['A', 'B', 'C']
  for (const [logprobs, given] of [
    [0, letters],
    [2, letters],
    [20, ['A', 'A']],
    [20, ['AB']],
    [20, []],
  ] as const) {
    const completer = completerOf(silent.url, db, { options: { logprobs } })
    expect(await completer.score(asked, given, 5_000)).toMatchObject({ ok: false, reason: 'unsupported' })
  }
  expect(silent.chats).toHaveLength(0)
  // One that says it can and does not.
  const liar = completerOf(silent.url, db, { options: { logprobs: 20 } })
  expect(await liar.score(asked, letters, 5_000)).toMatchObject({ ok: false, reason: 'malformed' })
})

test('a second provider answers what the first did not take, where a call allows it; no call is made at both', async () => {
  const busy = await provider(() => ({ status: 503, headers: { 'retry-after': '60' }, body: {} }))
  const well = await provider(() => ({ body: completion('{"a":1}') }))
  const db = await createOperations()
  const clock = manualClock(NOW)
  const both = createFailover(
    [
      { model: 'one/m-1', completer: completerOf(busy.url, db, { clock, name: 'one' }) },
      { model: 'two/m-1', completer: completerOf(well.url, db, { clock, name: 'two' }) },
    ],
    clock,
  )
  expect(await both.complete(call('a'), 5_000)).toMatchObject({ ok: false, reason: 'unavailable' })
  expect(well.chats).toHaveLength(0)
  expect(await both.complete(call('a', { anyProvider: true }), 5_000)).toMatchObject({ ok: true, model: 'two/m-1' })
  expect(await db.prepare('SELECT model FROM model_calls').first('model')).toBe('two/m-1')
  // Answered by one of them, it is answered.
  expect(await both.complete(call('a'), 5_000)).toMatchObject({ ok: true, cached: true })
  expect(well.chats).toHaveLength(1)
})

test('what may have been done at the first is not asked of the second', async () => {
  const breaking = await provider(() => 'reset')
  const well = await provider(() => ({ body: completion('{"a":1}') }))
  const db = await createOperations()
  const clock = manualClock(NOW)
  const both = createFailover(
    [
      { model: 'one/m-1', completer: completerOf(breaking.url, db, { clock, name: 'one' }) },
      { model: 'two/m-1', completer: completerOf(well.url, db, { clock, name: 'two' }) },
    ],
    clock,
  )
  expect(await both.complete(call('a', { anyProvider: true }), 5_000)).toMatchObject({ reason: 'in_doubt' })
  expect(well.chats).toHaveLength(0)
})

test('no more calls at once than the provider has places, and none waits longer than it has time', async () => {
  let inside = 0
  let most = 0
  const slow = await provider(async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setTimeout(resolve, 30))
    inside -= 1
    return { body: completion('{}') }
  })
  const db = await createOperations()
  const completer = completerOf(slow.url, db, { options: { concurrency: 3, queue: 5 } })
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => completer.complete(call(`k${index}`), 5_000)),
  )
  expect(most).toBe(3)
  expect(results.filter((one) => one.ok)).toHaveLength(8)
  expect(results.filter((one) => !one.ok && one.reason === 'unavailable')).toHaveLength(12)
  const spend = await db.prepare('SELECT SUM(reserved_micro) AS held, SUM(calls) AS calls FROM spend').first()
  expect(spend).toEqual({ held: 0, calls: 8 })
})

test('a ledger that does not answer means that nothing is asked, and nothing is thrown', async () => {
  const well = await provider(() => ({ body: completion('{}') }))
  const db = await createOperations()
  const calls = createModelCallStore(db)
  const down = { ...calls, reserve: () => Promise.reject(new Error('D1_ERROR')) }
  expect(await completerOf(well.url, db, { calls: down }).complete(call('k'), 5_000)).toMatchObject({
    reason: 'unavailable',
  })
  expect(well.chats).toHaveLength(0)
})

test('a call with a trace can be looked at, asked again, and goes after a week; no shop sees another’s', async () => {
  let said = 0
  const moody = await provider(() => ({ body: completion(`{"said":${++said}}`) }))
  const db = await createOperations()
  const clock = manualClock(NOW)
  const bucket = createMemoryR2({ clock })
  const records = createCallRecords(bucket)
  const completer = completerOf(moody.url, db, { clock, records })
  const trace = { prompt: 'rank', version: 1, of: 'digest' }
  await completer.complete(call('order/1:a b', { trace, user: '{"query":"tea for a@example.com"}' }), 5_000)
  await completer.complete(call('untraced'), 5_000)
  const replay = createReplay({ records, completer, now: () => clock.now(), unique: () => 'x' })
  const record = await replay.call(SHOP, 'order/1:a b')
  expect(record).toMatchObject({
    ...{ trace, answer: '{"said":1}', model: 'unit/m-1', user: '{"query":"tea for [email]"}', askedAtMs: NOW },
    cost: { inputTokens: 100, outputTokens: 20, microCost: 180 },
  })
  expect(record!.promptHash).toHaveLength(43)
  for (const [shop, key] of [
    [OTHER_SHOP, 'order/1:a b'],
    [SHOP, 'untraced'],
    [SHOP, '../order'],
  ] as const)
    expect(await replay.call(shop, key)).toBeNull()
  const again = await replay.callAgain(SHOP, 'order/1:a b', 5_000)
  expect(again).toMatchObject({ before: record, now: { ok: true, text: '{"said":3}', cached: false }, same: false })
  const archive = createArchive(bucket)
  clock.advance(7 * DAY)
  expect(await replay.call(SHOP, 'order/1:a b')).not.toBeNull()
  expect(await archive.removeCalls(SHOP, '2026-01-01')).toBe(0)
  expect(await archive.removeCalls(OTHER_SHOP, null)).toBe(0)
  expect(await archive.removeCalls(SHOP, '2026-01-02')).toBe(2)
  expect(await replay.call(SHOP, 'order/1:a b')).toBeNull()
})

/** Calls of many keys at once from several isolates against a provider that answers, refuses, breaks and says nothing of usage. */
async function scramble(seed: number, broken: boolean) {
  const rng = seededRng(seed)
  const used = { tokens: 0, paid: 0 }
  let highest = 0
  const db = await createOperations()
  const watch = async () => {
    const row = await db.prepare('SELECT SUM(reserved_micro + spent_micro) AS sum FROM spend').first<{ sum: number }>()
    highest = Math.max(highest, row?.sum ?? 0)
  }
  const scripted = await provider(async () => {
    const draw = rng.next()
    await watch()
    await new Promise((resolve) => setTimeout(resolve, rng.int(5)))
    if (draw < 0.1) return { status: 429, headers: { 'retry-after': '0' }, body: {} }
    if (draw < 0.15) return 'reset'
    const usage = { prompt_tokens: 1 + rng.int(60), completion_tokens: rng.int(50) }
    used.tokens += usage.prompt_tokens + usage.completion_tokens
    used.paid += usage.prompt_tokens + 4 * usage.completion_tokens
    return { body: completion(draw < 0.3 ? 'no JSON' : '{"a":1}', { usage }) }
  })
  const dailyMicro = 12_000
  const ledger = broken
    ? rewritingD1(db, (sql) => sql.replace('SUM(reserved_micro + spent_micro)', 'SUM(spent_micro)'))
    : db
  const isolates = Array.from({ length: 6 }, () =>
    completerOf(scripted.url, db, { calls: createModelCallStore(ledger), dailyMicro, options: { concurrency: 20 } }),
  )
  await Promise.all(
    Array.from({ length: 180 }, (_, index) => isolates[index % 6]!.complete(call(`k-${index % 120}`), 5_000)),
  )
  await watch()
  const spend = await db
    .prepare('SELECT SUM(input_tokens + output_tokens) AS tokens, SUM(spent_micro) AS paid FROM spend')
    .first<{ tokens: number; paid: number }>()
  const held = await db.prepare('SELECT SUM(reserved_micro) AS micro FROM spend').first<number>('micro')
  const open = await db
    .prepare(`SELECT SUM(max_micro) AS micro FROM model_calls WHERE state = 'reserved'`)
    .first('micro')
  return { spend, used, highest, dailyMicro, held, open: open ?? 0 }
}

test.each([1, 2, 3, 4])(
  'six isolates over one ledger: never above the budget, equal to the provider’s count (seed %i)',
  async (seed) => {
    const { spend, used, highest, dailyMicro, held, open } = await scramble(seed, false)
    expect(spend).toEqual(used)
    expect(highest).toBeLessThanOrEqual(dailyMicro)
    // What nobody knows the end of stays set aside, and nothing else does.
    expect(held).toBe(open)
  },
)

test('control: a ledger that does not count what is set aside passes the budget', async () => {
  const { highest, dailyMicro } = await scramble(1, true)
  expect(highest).toBeGreaterThan(dailyMicro)
})

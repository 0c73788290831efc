/** Orders that are made before anybody asks: under the very names that serving looks up, within an allowance, only where a gate is on. */
import { beforeEach, expect, test } from 'vitest'
import { MINUTE_MS } from '../shared/base/clock.ts'
import type { GateMode } from '../shared/domain/gate.ts'
import type { EnrichDeps } from '../shared/enrich/deps.ts'
import { WARM_ALLOWANCE } from '../shared/enrich/warm_limits.ts'
import { type Recommend, runWarming } from '../shared/enrich/warm_orders.ts'
import { readTastes, warmContexts } from '../shared/enrich/warm_requests.ts'
import type { CompletionCall, CompletionResult } from '../shared/model/completer_rpc.ts'
import { recommend } from '../shared/recommend.ts'
import { ask } from './support/ask.ts'
import { withModel } from './support/llm_parts.ts'
import { demoShop } from './support/shops.ts'
import { type Location, type World, worldsOf } from './support/world.ts'

const worlds = worldsOf(demoShop('hearth-and-field'))
let world: World
let location: Location
let calls: CompletionCall[]
let answers: boolean
beforeEach(async () => {
  world = await worlds()
  location = await world.location()
  calls = []
  answers = true
})

const COST = { inputTokens: 900, outputTokens: 60, microCost: 123 }
const model = {
  async complete(call: CompletionCall): Promise<CompletionResult> {
    calls.push(call)
    if (!answers) return { ok: false, key: call.key, reason: 'budget', retryAfterMs: null }
    if (call.purpose !== 'rerank') return { ok: false, key: call.key, reason: 'refused', retryAfterMs: null }
    const { candidates } = JSON.parse(call.user) as { candidates: Array<{ number: number; title: string }> }
    const order = candidates.toSorted((a, b) => (a.title < b.title ? 1 : -1)).map(({ number }) => number)
    return { ok: true, key: call.key, text: JSON.stringify({ order }), cost: COST, cached: false }
  },
}
const isolate = () => withModel(location.isolate(), location.kv, model)
const orders = () => calls.filter(({ purpose }) => purpose === 'rerank').length

async function gate(mode: GateMode, placement = 'home') {
  await world.enrich.gates.fix(world.shop, placement, mode, null, world.clock.now())
  await world.reread()
}
const withCompleter = (): EnrichDeps => {
  const completer = async () => ({ model: 'scripted/scripted-1', batch: false }) as never
  return { ...world.enrich, model: { ...world.enrich.model, completer } }
}
async function warm(verb: Recommend = recommend, runs = 1) {
  const deps = withCompleter()
  for (let run = 0; run < runs; run++) {
    await runWarming(deps, isolate, verb)
    world.clock.advance(10 * MINUTE_MS)
  }
}
const strangers = () => world.config.markets.map(({ market }) => ({ placement: 'home', anonymous_id: 'a-1', market }))
const job = () => world.enrich.jobs.get(world.shop, 'warm')

test('an isolate that never asked serves the warmed order at its first shelf: of every market, a page, and a past', async () => {
  await gate('live')
  await gate('live', 'product')
  await warm(recommend, 2)
  const made = orders()
  for (const body of strangers()) {
    const { answer, stages } = await ask(isolate(), world.config, body)
    expect([body.market, answer.rung, answer.servedLlm?.waited]).toEqual([body.market, 'L0', false])
    expect(answer.servedLlm?.passes).toBe(3)
    expect(stages.waves).toBeLessThanOrEqual(2)
  }
  // What is young is not asked for again: a taste's shelves have not taken the place of everybody's.
  expect(orders()).toBe(made)
  const [popular] = await world.enrich.learning.mostPopular(world.shop, 1)
  const page = { placement: 'product', item_ids: [popular], anonymous_id: 'a-1' }
  expect((await ask(isolate(), world.config, page)).answer.rung).toBe('L0')
  const known = { placement: 'home', anonymous_id: 'a-1', recent: [{ item_id: 'tp-001' }] }
  expect((await ask(isolate(), world.config, known)).answer.rung).toBe('L1')
})

test('negative control: unwarmed, or warmed by a pipeline of other contexts, the first shelf has the base order', async () => {
  await gate('live')
  const [body] = strangers()
  const otherwise: Recommend = (request, deps, stages) =>
    recommend({ ...request, placement: { ...request.placement, max_per_brand: 3 } }, deps, stages)
  await warm(otherwise)
  expect(orders()).toBeGreaterThan(0)
  expect((await ask(isolate(), world.config, body)).answer.rung).toBe('L2')
})

test('a taste is warmed where the shop has one: its shoppers have an order of their own', async () => {
  await gate('live')
  await warm(recommend, 2)
  const tastes = readTastes(await world.enrich.cache.tastes(world.shop))
  const contexts = warmContexts(world.config, [], tastes).filter(({ name }) => name.includes('taste'))
  expect(contexts.length).toBeGreaterThan(0)
  const { requests } = contexts[0]!
  const parts = isolate()
  const recent = requests[0]!.past!.map(({ id }) => ({ item_id: id }))
  const body = { placement: 'home', anonymous_id: 'a-1', market: requests[0]!.market, recent }
  // Its tastes are read behind the first answer.
  await ask(parts, world.config, body)
  const { answer } = await ask(parts, world.config, body)
  expect(answer.rung).toBe('L1')
  expect(answer.llm!.order).not.toBe((await ask(isolate(), world.config, body)).answer.llm!.order)
})

test('what is made is not made again, and what a run leaves the next one does', async () => {
  await gate('live')
  await gate('shadow', 'product')
  await warm()
  expect(orders()).toBeLessThanOrEqual(WARM_ALLOWANCE.initial)
  const cursor = (await job())!.cursor
  expect(cursor).not.toBeNull()
  const first = orders()
  await warm()
  expect(orders()).toBeGreaterThan(first)
  expect((await job())!.cursor).not.toBe(cursor)
  const keys = calls.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})

test('no gate is on, or no model is there: nobody is asked, and no shelf is made', async () => {
  let shelves = 0
  const counting: Recommend = (...input) => {
    shelves += 1
    return recommend(...input)
  }
  await warm(counting)
  await gate('off')
  await warm(counting)
  await gate('live')
  await runWarming(world.enrich, isolate, counting)
  expect([shelves, calls.length, await job()]).toEqual([0, 0, null])
})

test('where the money is gone a run ends with the first refusal, and shoppers’ own histories are never asked about', async () => {
  await gate('live')
  answers = false
  await warm()
  expect(orders()).toBeLessThanOrEqual(WARM_ALLOWANCE.passes.everyone)
  answers = true
  await warm(recommend, 2)
  const histories = calls
    .filter(({ purpose }) => purpose === 'rerank')
    .map(({ user }) => (JSON.parse(user) as { history: unknown[] }).history.length)
  expect([...new Set(histories)]).toEqual([0])
})

test('two runs at once are one', async () => {
  await gate('live')
  let [runs, most] = [0, 0]
  const counting: Recommend = async (...input) => {
    runs += 1
    most = Math.max(most, runs)
    return recommend(...input).finally(() => {
      runs -= 1
    })
  }
  const deps = withCompleter()
  await Promise.all([runWarming(deps, isolate, counting), runWarming(deps, isolate, counting)])
  expect([most, orders() > 0]).toEqual([1, true])
})

/** Orders of a language model on real shelves: made behind one answer, served with the next, and never able to hurt. */
import { beforeEach, expect, test } from 'vitest'
import type { Gate } from '../shared/domain/gate.ts'
import type { CompletionCall, CompletionResult } from '../shared/model/completer_rpc.ts'
import { MOVES } from '../shared/recommend/llm/order_shelf.ts'
import { inHoldout } from '../shared/recommend/recommendation_id.ts'
import { ask, serve } from './support/ask.ts'
import { gated, withModel } from './support/llm_parts.ts'
import { demoShop } from './support/shops.ts'
import { type Location, type World, worldsOf } from './support/world.ts'

const worlds = worldsOf(demoShop('hearth-and-field'))
let world: World
let location: Location
// A location of its own for each test: what one had made, another one would find.
beforeEach(async () => {
  world = await worlds()
  location = await world.location()
})

const COST = { inputTokens: 900, outputTokens: 60, microCost: 123 }
/** Puts the list upside down, whatever it is shown. */
function contrary() {
  const calls: CompletionCall[] = []
  return {
    calls,
    async complete(call: CompletionCall): Promise<CompletionResult> {
      calls.push(call)
      if (call.purpose !== 'rerank') return { ok: false, key: call.key, reason: 'refused', retryAfterMs: null }
      const { candidates } = JSON.parse(call.user) as { candidates: Array<{ number: number; title: string }> }
      const order = candidates.toSorted((a, b) => (a.title < b.title ? 1 : -1)).map(({ number }) => number)
      return { ok: true, key: call.key, text: JSON.stringify({ order }), cost: COST, cached: false }
    },
  }
}

const LIVE: Gate = { mode: 'live', crossing: 50 }
const config = (gate: Gate, placement = 'home') => gated(world.config, placement, gate)
const BODY = { placement: 'home', user_id: 'u-7', recent: [{ item_id: 'tp-001' }, { item_id: 'cm-001' }], limit: 8 }

function isolate(model = contrary()) {
  return { parts: withModel(location.isolate(), location.kv, model), model }
}

test('a shelf never waits: the first has the base order, the next the model’s, moved by at most D where one pass spoke', async () => {
  const plain = await ask(location.isolate(), world.config, BODY)
  const { parts, model } = isolate()
  const first = await ask(parts, config(LIVE), BODY)
  expect([first.answer.rung, first.ids]).toEqual(['L2', plain.ids])
  const asked = [...Array(4).keys()]
  let last = first
  for (const _ of asked) last = await ask(parts, config(LIVE), BODY)
  expect(model.calls.length).toBeGreaterThan(0)
  expect(last.answer.rung).toMatch(/^L[01]$/)
  expect(last.answer.servedLlm).toMatchObject({ use: 'served', waited: false })
  expect(last.ids).not.toEqual(plain.ids)
  expect(last.stages.waves).toBeLessThanOrEqual(2)
  const base = last.answer.llm!.base!
  const { passes, agreement } = last.answer.servedLlm!
  const most = passes > 1 && agreement >= 0.5 ? 2 * MOVES : MOVES
  for (const [place, id] of last.ids.entries()) {
    const was = base.indexOf(id)
    expect(was === -1 ? place + most >= base.length : Math.abs(was - place) <= most, `${id} at ${place}`).toBe(true)
  }
})

test('what was made in one isolate is served by another, and by none once the prompt, an item or the rules differ', async () => {
  const { parts } = isolate()
  for (let times = 0; times < 4; times++) await ask(parts, config(LIVE), BODY)
  const other = isolate()
  const again = await ask(other.parts, config(LIVE), BODY)
  expect(again.answer.rung).toMatch(/^L[01]$/)
  expect(again.stages.waves).toBeLessThanOrEqual(2)
  const filtered = await ask(isolate().parts, config(LIVE), {
    ...BODY,
    filter: { field: 'price', op: 'lte', value: 100_000 },
  })
  expect(filtered.answer.rung).toBe('L2')
})

test('off and shadow show the base order, shadow remembers the other; a draft says whose each item is', async () => {
  const known = location.isolate()
  for (let times = 0; times < 4; times++) await ask(known, world.config, BODY)
  const plain = await ask(known, world.config, BODY)
  const { parts } = isolate()
  for (let times = 0; times < 4; times++) await ask(parts, config(LIVE), BODY)
  const off = await serve(parts, config({ mode: 'off', crossing: null }), BODY)
  expect(off.response.items.map(({ id }) => id)).toEqual(plain.ids)
  expect(off.impressions[0]!.llm).toBeUndefined()
  const shadow = await serve(parts, config({ mode: 'shadow', crossing: null }), BODY)
  expect(shadow.response.items.map(({ id }) => id)).toEqual(plain.ids)
  expect(shadow.response.served).toMatchObject({ rung: 'L2', llm: null })
  expect(shadow.impressions[0]!.llm).toMatchObject({ mode: 'shadow', base: plain.ids })
  expect(shadow.impressions[0]!.llm!.wanted).not.toEqual(plain.ids)
  const draft = await serve(parts, config({ mode: 'trial', crossing: null }), BODY)
  const { llm } = draft.impressions[0]!
  expect(llm).toMatchObject({ mode: 'draft', base: plain.ids, teams: expect.stringMatching(/^[bl-]{8}$/) })
  expect(draft.response.served.llm).toMatchObject({ use: 'draft', cost: { input_tokens: expect.any(Number) } })
})

test('beyond the crossing and in the holdout the learned order serves', async () => {
  const { parts } = isolate()
  for (let times = 0; times < 4; times++) await ask(parts, config(LIVE), BODY)
  expect((await ask(parts, config({ mode: 'live', crossing: 1 }), BODY)).answer.rung).toBe('L2')
  const held = [...Array(200).keys()].map((at) => `u-${at}`).find((id) => inHoldout(world.shop, `u:${id}`))!
  const asked = await ask(parts, config(LIVE), { ...BODY, user_id: held })
  expect([asked.answer.rung, asked.answer.llm]).toEqual(['L2', undefined])
})

test('who asks to wait has the order at once, and no longer than asked', async () => {
  const { parts } = isolate()
  const body = { ...BODY, recent: [{ item_id: 'tp-003' }], wait_ms: 2_000 }
  const waited = await ask(parts, config(LIVE), body)
  expect(waited.answer.rung).toBe('L0')
  expect(waited.answer.servedLlm).toMatchObject({ waited: true, cost: { micro: expect.any(Number) } })
  const slow = { ...contrary(), complete: () => new Promise<CompletionResult>(() => {}) }
  const startedAt = performance.now()
  const late = await ask(
    isolate(slow as never).parts,
    config(LIVE),
    { ...body, recent: [{ item_id: 'tp-005' }], wait_ms: 100 },
    new Set(),
    false,
  )
  expect(late.answer.rung).toBe('L2')
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})

test('a model that fails, and a cache that is down, cost the order and nothing else', async () => {
  const plain = await ask(location.isolate(), world.config, BODY)
  const broken = { calls: [], complete: () => Promise.reject(new Error('gone')) }
  const { parts } = isolate(broken as never)
  for (let times = 0; times < 4; times++) {
    const { answer, ids } = await ask(parts, config(LIVE), { ...BODY, recent: [{ item_id: 'cm-005' }] })
    expect([answer.rung, ids.length]).toEqual(['L2', 8])
  }
  const fresh = isolate().parts
  location.cache.down()
  try {
    const { answer, ids } = await ask(fresh, config(LIVE), BODY)
    expect(answer.rung).toBe('L2')
    expect(ids).toEqual(plain.ids)
  } finally {
    location.cache.up()
  }
})

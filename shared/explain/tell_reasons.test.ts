import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { manualClock } from '../base/clock.ts'
import { hash128 } from '../base/hash.ts'
import { createLru } from '../base/lru.ts'
import type { EvidenceBundle, Fact } from '../domain/told_reason.ts'
import type { CompletionCall, CompletionResult } from '../model/completer_rpc.ts'
import { silentLog } from '../observe/log.ts'
import type { ShelfUserText } from '../prompt/tasks.ts'
import { createReasonStore, type ReasonStore } from '../store/reasons.ts'
import { REFUSED_TTL_MS, type TellRequest, tellReasons } from './tell_reasons.ts'
import { toldReason } from './told_reason.ts'

const popular: Fact = {
  id: 'popular:i',
  kind: 'popular',
  item: null,
  attribute: null,
  value: null,
  count: null,
  market: null,
  since: null,
  effect: true,
}
const bundleOf = (
  id: string,
  facts: Fact[] = [{ ...popular, id: `popular:${id}` }],
  title = 'Kettle',
): EvidenceBundle => ({
  item: { id, title },
  facts,
})
const request = (over: Partial<TellRequest> = {}): TellRequest => ({
  shop: 'shop',
  locale: 'en-GB',
  bundles: [bundleOf('one'), bundleOf('two')],
  context: 'shelf',
  ...over,
})
const COST = { inputTokens: 1, outputTokens: 2, microCost: 3 }
type Says = (number: number) => string

function setUp(says: Says | CompletionResult | Error = () => 'Popular in this shop.', over: Partial<ReasonStore> = {}) {
  const clock = manualClock(NOW)
  const kv = createMemoryKv({ clock })
  const calls: CompletionCall[] = []
  const complete = async (call: CompletionCall): Promise<CompletionResult> => {
    calls.push(call)
    if (says instanceof Error) throw says
    if (typeof says !== 'function') return says
    const { task } = JSON.parse(call.user) as ShelfUserText
    const items = (task.data!.items as Array<{ number: number }>).map(({ number }) => ({
      number,
      sentences: [{ text: says(number), cites: ['e1'] }],
    }))
    return { ok: true, key: call.key, text: JSON.stringify({ items }), cost: COST, cached: false }
  }
  const store = { ...createReasonStore(kv), ...over }
  const deps = {
    store,
    model: { completer: async () => ({ model: 'scripted/one', batch: false }), complete },
    refused: createLru<true>(100, REFUSED_TTL_MS),
    clock,
    log: silentLog,
  }
  return { deps, calls, clock, kv, store }
}

test('what is missing is asked for in one call, kept, packed, and served without another', async () => {
  const { deps, calls, store } = setUp()
  const first = await tellReasons(deps, request())
  expect(first).toMatchObject({ asked: 1, kept: 0, outcome: 'told', cost: COST })
  expect([...first.reasons.keys()]).toEqual(['one', 'two'])
  const again = await tellReasons(deps, request({ bundles: [bundleOf('two'), bundleOf('three')], context: null }))
  expect(again).toMatchObject({ asked: 1, kept: 1 })
  expect((JSON.parse(calls[1]!.user) as ShelfUserText).task.data!.items).toHaveLength(1)
  expect(await tellReasons(deps, request())).toMatchObject({ asked: 0, kept: 2 })
  expect(calls).toHaveLength(2)
  const pack = await store.pack('shop', hash128('shelf'), 'shelf')
  expect(toldReason(bundleOf('one'), pack, 'en-GB')).toEqual({
    text: 'Popular in this shop.',
    evidence: [{ id: 'popular:one', kind: 'popular' }],
  })
})

test('a kept reason is told only while what it cites is as it was', async () => {
  const { deps, store } = setUp()
  await tellReasons(deps, request())
  const pack = await store.pack('shop', hash128('shelf'), 'shelf')
  const own = { ...popular, id: 'popular:one' }
  const other: Fact = { ...popular, id: 'picked:one', kind: 'picked' }
  expect(toldReason(bundleOf('one', [other, own]), pack, 'en-GB')).not.toBeNull()
  expect(toldReason(bundleOf('one', [other]), pack, 'en-GB')).toBeNull()
  expect(toldReason(bundleOf('one', [{ ...own, effect: false }]), pack, 'en-GB')).toBeNull()
  expect(toldReason(bundleOf('one'), pack, 'de-DE')).toBeNull()
  expect(toldReason(bundleOf('__proto__'), pack, 'en-GB')).toBeNull()
  expect(toldReason(bundleOf('one'), null, 'en-GB')).toBeNull()
})

test('what fails the check is kept nowhere, and not asked for again for a while', async () => {
  const { deps, calls, clock, store } = setUp((number) =>
    number === 1 ? 'The best of all shops.' : 'Popular in this shop.',
  )
  const first = await tellReasons(deps, request())
  expect([...first.reasons.keys()]).toEqual(['two'])
  expect(first.refused).toEqual([{ item: 'one', fault: 'words' }])
  expect(await tellReasons(deps, request())).toMatchObject({ asked: 0, kept: 1 })
  clock.advance(REFUSED_TTL_MS)
  expect(await tellReasons(deps, request())).toMatchObject({ asked: 1, kept: 1 })
  expect(calls).toHaveLength(2)
  const pack = await store.pack('shop', hash128('shelf'), 'shelf')
  expect(Object.keys(pack!.reasons)).toEqual(['two'])
})

test('another locale, market fact, shop or model is another reason', async () => {
  const { deps, calls } = setUp()
  await tellReasons(deps, request({ bundles: [bundleOf('one')] }))
  const changed: Array<Partial<TellRequest>> = [
    { locale: 'en-US' },
    { shop: 'other' },
    { bundles: [bundleOf('one', [{ ...popular, id: 'popular:one', effect: false }])] },
    { bundles: [bundleOf('one', undefined, 'Other kettle')] },
  ]
  for (const own of changed)
    expect(await tellReasons(deps, request({ bundles: [bundleOf('one')], ...own }))).toMatchObject({ asked: 1 })
  expect(new Set(calls.map(({ key }) => key)).size).toBe(calls.length)
})

const failed = (reason: Extract<CompletionResult, { ok: false }>['reason']): CompletionResult => ({
  ok: false,
  key: 'k',
  reason,
  retryAfterMs: null,
})
test.each<[string, Parameters<typeof setUp>[0], string, number]>([
  ['over budget', failed('budget'), 'model', 2],
  ['unavailable', failed('unavailable'), 'model', 2],
  ['refused', failed('refused'), 'model', 1],
  ['no JSON', { ok: true, key: 'k', text: 'Sure! {', cost: COST, cached: false }, 'malformed', 1],
  [
    'foreign numbers',
    { ok: true, key: 'k', text: '{"items":[{"number":9,"sentences":[]}]}', cost: COST, cached: false },
    'told',
    1,
  ],
  ['a thrown error', new Error('down'), 'failed', 2],
])('a model that fails (%s) leaves templates and throws nothing', async (_name, says, outcome, callsAfterTwo) => {
  const { deps, calls } = setUp(says)
  expect(await tellReasons(deps, request())).toMatchObject({ outcome, reasons: new Map() })
  await tellReasons(deps, request())
  expect(calls).toHaveLength(callsAfterTwo)
})

test('no model, no language, no store: nothing is asked and nothing thrown', async () => {
  const { deps, calls } = setUp()
  expect(await tellReasons(deps, request({ locale: 'da' }))).toMatchObject({ outcome: 'off' })
  const without = { ...deps, model: { ...deps.model, completer: async () => null } }
  expect(await tellReasons(without, request())).toMatchObject({ outcome: 'off' })
  const down = setUp(undefined, { reasons: () => Promise.reject(new Error('KV is down')) })
  expect(await tellReasons(down.deps, request())).toMatchObject({ outcome: 'failed' })
  expect(calls).toHaveLength(0)
})

test('no id of item, shop or anchor is told, and nothing sensitive of the shopper', async () => {
  const { deps, calls } = setUp()
  const item = { id: 'secret-anchor', title: 'Pregnancy test' }
  const facts: Fact[] = [
    { ...popular, id: 'own:secret', kind: 'own_item', item, attribute: 'purchase' },
    { ...popular, id: 'query:secret', kind: 'matches_query', value: 'tea for secret@example.com' },
    { ...popular, id: 'popular:secret' },
  ]
  await tellReasons(
    deps,
    request({ shop: 'secret-shop', bundles: [bundleOf('secret-item', facts)], context: 'secret-context' }),
  )
  expect(calls[0]!.system + calls[0]!.user).not.toMatch(/secret|Pregnancy/)
})

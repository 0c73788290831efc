import { expect, test } from 'vitest'
import { interaction, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import type { CompletionCall, CompletionResult } from '../model/completer_rpc.ts'
import { createOrderLogged } from './gate_order_logged.ts'
import type { LoggedShelf } from './gate_replay.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const SHELF: LoggedShelf = {
  ...{ id: 'rec', placement: 'home', atMs: NOW, shopper: 'a:1', market: 'GB', locale: 'en', query: null },
  ...{ seeds: [], cart: [], shown: ids, pinned: ['b'], past: [interaction({ item: 'a', type: 'view' })] },
}

/** Wants "Thing f" first, and then the candidates as they were presented; or says nothing. */
function modelOf(calls: CompletionCall[], answers: boolean) {
  return {
    ...scriptedModel([]),
    completer: async () => ({ model: 'unit/model', batch: false }) as never,
    async complete(call: CompletionCall): Promise<CompletionResult> {
      calls.push(call)
      const { key } = call
      if (!answers) return { ok: false, key, reason: 'refused', retryAfterMs: null }
      const last = [...call.user.matchAll(/Thing ([a-f])/g)].map((match) => match[1]).slice(-ids.length)
      const favourite = last.indexOf('f') + 1
      const order = [favourite, ...ids.map((_, at) => at + 1).filter((number) => number !== favourite)]
      const cost = { inputTokens: 1, outputTokens: 1, microCost: 1 }
      return { ok: true, key, text: JSON.stringify({ order }), cost, cached: false }
    },
  }
}

async function shopOf(calls: CompletionCall[], answers: boolean) {
  const world = await setUp()
  const writes = ids.map((id) => itemWrite({ id, title: `Thing ${id}` }))
  await world.writer.apply(SHOP, writes, NOW)
  const model = modelOf(calls, answers)
  return createOrderLogged({ ...depsOf(world, model as never), model: model as never })
}

test('what the model wants moves no further than on a live shelf, and what is pinned stays', async () => {
  const calls: CompletionCall[] = []
  const order = await shopOf(calls, true)
  const made = (await order(SHOP, SHELF))!
  expect([...made.wanted].sort()).toEqual(ids)
  expect(made.wanted.indexOf('f')).toBeLessThanOrEqual(4)
  expect(made.wanted.indexOf('f')).toBeGreaterThanOrEqual(2)
  expect([made.wanted[1], made.history]).toEqual(['b', 1])
  expect(calls[0]!.user + calls[0]!.system).not.toContain('a:1')
})

test('no answer is no order, and the same shelf is the same call', async () => {
  const calls: CompletionCall[] = []
  const order = await shopOf(calls, false)
  expect([await order(SHOP, SHELF), await order(SHOP, SHELF)]).toEqual([null, null])
  expect(calls).toHaveLength(2)
  expect(calls[1]!.key).toBe(calls[0]!.key)
  expect(calls[0]).toMatchObject({ purpose: 'rerank', shop: SHOP })
})

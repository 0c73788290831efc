import { expect, it } from 'vitest'
import { scriptedApi } from '../testing/scripted_api.ts'
import { problemBody } from '../testing/stub_api.ts'

const report = {
  home: { lists: 900, judged: 180, ndcg: 0.31, shipped: 0.25, kept: true },
  cart: { lists: 70, judged: 9, ndcg: 0.1, shipped: 0.12, kept: false },
}
const state = { version: 'learned-b', shipped: false, held: false, previous: 'learned-a' }
const list = {
  ...state,
  versions: [
    { version: 'learned-b', in_force: true, learned_at: '2026-06-02T00:00:00.000Z', report },
    { version: 'learned-a', in_force: false, learned_at: '2026-06-01T00:00:00.000Z', report: {} },
  ],
}
const features = Array.from({ length: 10 }, (_, at) => ({
  ...{ feature: `f${at}`, mean: -0.5, deviation: 1.25, weight: 1 - at / 10 },
}))
const shown = {
  ...{ version: 'learned-b', in_force: true, learned_at: '2026-06-02T00:00:00.000Z', report },
  orders: { home: { learned: true, features }, search: { learned: false, features: features.slice(0, 2) } },
}

const api = scriptedApi('ranker', () => ({
  'GET /v1/ranker': [200, list],
  'GET /v1/ranker/learned-b': [200, shown],
  'POST /v1/ranker:rollback': [200, { ...state, version: 'learned-a', held: true }],
  'POST /v1/ranker:release': [200, state],
}))
const { run: ranker, sent } = api

it('lists what was learned and what it is worth', async () => {
  const { code, out } = await ranker(['list'])
  expect(code).toBe(0)
  expect(out).toMatch(/^order learned-b is in force$/m)
  expect(out).toMatch(/^\* +learned-b +2026-06-02T00:00:00.000Z +home 0.310 \(0.250\)$/m)
  expect(out).not.toContain('cart')
  expect(JSON.parse((await ranker(['list', '--json'])).out)).toEqual(list)
  api.answers['GET /v1/ranker'] = [
    200,
    { version: 'shipped-1', shipped: true, held: true, previous: null, versions: [] },
  ]
  expect((await ranker(['list'])).out).toMatch(/shipped-1 is in force; it is held.*\n\nnothing was learned/)
})

it('shows the weightiest features, all of one purpose, and the order in force when none is named', async () => {
  const { out } = await ranker(['show'])
  expect(api.seen.map((one) => one.path)).toEqual(['/v1/ranker', '/v1/ranker/learned-b'])
  expect(out).toContain('home: learned from 900 lists; NDCG@10 0.310 on 180 of them, 0.250 by the shipped order')
  expect(out).toMatch(/^f0 +1 +-0.5 +1.25$/m)
  expect(out).not.toContain('f9')
  expect(out).toContain('and 2 lighter features: --purpose home')
  expect(out).toContain('search: the shipped order')
  const one = (await ranker(['show', 'learned-b', '--purpose', 'home'])).out
  expect([one.includes('f9'), one.includes('search')]).toEqual([true, false])
  expect(JSON.parse((await ranker(['show', '--json'])).out)).toEqual(shown)
})

it('goes back to a version by its name, that before the one in force when none is given', async () => {
  expect((await ranker(['rollback'])).out).toMatch(/learned-a is in force; it is held/)
  expect([api.seen.at(-1)!.path, sent(), api.seen.at(-1)!.key]).toEqual([
    ...['/v1/ranker:rollback', { version: 'learned-a' }, api.key],
  ])
  await ranker(['rollback', 'shipped'])
  expect([api.seen.length, sent()]).toEqual([3, { version: 'shipped' }])
  api.answers['GET /v1/ranker'] = [200, { ...list, previous: null }]
  const nothing = await ranker(['rollback'])
  expect([nothing.code, nothing.notes]).toEqual([3, expect.stringContaining('nothing to go back to')])
  api.answers['POST /v1/ranker:rollback'] = [404, problemBody(404, 'not_found', 'There is no version "x"')]
  expect(await ranker(['rollback', 'x'])).toMatchObject({ code: 3, notes: expect.stringContaining('"x"') })
})

it('releases', async () => {
  expect((await ranker(['release'])).out).toBe('order learned-b is in force until learning finds another')
  expect(JSON.parse((await ranker(['release', '--json'])).out)).toEqual(state)
})

it('2: a command line that is wrong asks nobody', async () => {
  const wrong = [['shout'], ['show', 'a b'], ['show', '--purpose', 'dreams'], ['rollback', '../x']]
  for (const args of wrong) expect([args, (await ranker(args)).code]).toEqual([args, 2])
  expect((await ranker(['list'], { SHELFWISE_KEY: 'pk_demo_1' })).code).toBe(2)
  expect(api.seen).toEqual([])
})

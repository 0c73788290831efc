import { expect, it } from 'vitest'
import { scriptedApi } from '../testing/scripted_api.ts'
import { problemBody } from '../testing/stub_api.ts'

const NONE = { basis: null, attempts: 0, rest_until: null, preference: null, gain: null, cost: null, unit: 'clicks' }
const off = {
  ...{ placement: 'cart', mode: 'off', crossing: null, held: false, since: null },
  evidence: { ...NONE, why: 'new' },
}
const live = {
  ...{ placement: 'home', mode: 'live', crossing: null, held: false, since: '2026-06-02' },
  evidence: {
    ...{ why: 'better', basis: 'acme/m-1 rank@1 micro', attempts: 2, rest_until: null, unit: 'micro' },
    preference: { n: 12_000, mean: 0.021, lower: 0.004, upper: 0.038 },
    gain: { n: 12_000, mean: 2_500_000, lower: 400_000, upper: 4_600_000 },
    cost: 300_000,
  },
}
const worth = { click_micro: 20_000, margin: 0.3, currency: 'EUR', cap_micro: 5_000_000 }
const list = { gates: [off, live], default_crossing: 5, spent: { days: 28, micro: 1_230_000 }, worth }

const api = scriptedApi('gate', () => ({
  'GET /v1/gates': [200, list],
  'PUT /v1/gates/home': [200, { ...live, mode: 'trial', held: true, crossing: 3, evidence: { ...NONE, why: 'held' } }],
  'DELETE /v1/gates/home': [200, live],
  'GET /v1/gates:worth': [200, { worth: null }],
  'PUT /v1/gates:worth': [200, { worth }],
  'DELETE /v1/gates:worth': [200, { worth: null }],
}))
const { run: gate, sent } = api

it('lists every placement with its mode, its reach and the reason', async () => {
  const { code, out } = await gate(['list'])
  expect(code).toBe(0)
  expect(out).toMatch(/^cart +off +nothing was decided yet$/m)
  expect(out).toMatch(
    /^home +live +5 items +2026-06-02 +drafts preferred the model’s order, and it was worth its cost$/m,
  )
  expect(out).toContain('orders took 1.23 in 28 days; a click is worth 0.0200 EUR, a sale 30.0 % of its price')
  expect(JSON.parse((await gate(['list', '--json'])).out)).toEqual(list)
})

it('shows the figures of one, with their bounds', async () => {
  const { out } = await gate(['show', 'home'])
  expect(out).toContain('home: live since 2026-06-02')
  expect(out).toContain('shows      the model’s order, for histories of up to 5 items')
  expect(out).toContain('compares   acme/m-1 rank@1 micro, trial 2')
  expect(out).toContain('preferred  +0.021 (+0.004 to +0.038, 12,000 shelves) a draft')
  expect(out).toContain('gain       2.50 (0.40 to 4.60, 12,000 shelves) a 1,000 shelves')
  expect(out).toContain('cost       0.30 a 1,000 shelves')
  expect((await gate(['show', 'cart'])).out).toBe(
    'cart: off\nshows      the base order; no order is made\nbecause    nothing was decided yet',
  )
  expect(JSON.parse((await gate(['show', 'home', '--json'])).out)).toEqual(live)
  expect(await gate(['show', 'nowhere'])).toMatchObject({ code: 3, notes: expect.stringContaining('cart, home') })
})

it('fixes a placement and lets it go', async () => {
  const { out } = await gate(['hold', 'home', 'trial', '--crossing', '3'])
  const put = api.seen.find(({ method }) => method === 'PUT')!
  expect([put.path, JSON.parse(put.body), put.key]).toEqual([
    ...['/v1/gates/home', { mode: 'trial', crossing: 3 }, api.key],
  ])
  expect(out).toContain('home: trial since 2026-06-02; it is held until "shelfwise gate release home"')
  expect(out).toContain('drafts of both orders, for histories of up to 3 items')
  await gate(['hold', 'home', 'off', '--json'])
  expect(sent()).toEqual({ mode: 'off', crossing: null })
  expect((await gate(['release', 'home'])).out).toContain('home: live since')
  api.answers['PUT /v1/gates/home'] = [404, problemBody(404, 'unknown_placement', 'this shop has cart')]
  expect(await gate(['hold', 'home', 'live'])).toMatchObject({ code: 3, notes: expect.stringContaining('has cart') })
})

it('says, shows and forgets what shelves are worth', async () => {
  expect((await gate(['worth'])).out).toBe('shelves are worth clicks: cost is not compared')
  const flags = ['--click', '0.02', '--margin', '0.3', '--cap', '5', '--currency', 'EUR']
  expect((await gate(['worth', ...flags])).out).toContain('a shelf 5.00 EUR at most')
  expect(sent()).toEqual(worth)
  expect((await gate(['worth', '--none'])).out).toContain('clicks')
  expect(api.seen.at(-1)!.method).toBe('DELETE')
})

it('2: a command line that is wrong asks nobody', async () => {
  const wrong = [
    ...[['shout'], ['show', 'a b'], ['hold', 'home'], ['hold', 'home', 'on'], ['hold', '../x', 'live']],
    ...[
      ['hold', 'home', 'live', '--crossing', '-1'],
      ['worth', '--click', '1'],
      ['worth', '--none', '--cap', '1'],
    ],
  ]
  for (const args of wrong) expect([args, (await gate(args)).code]).toEqual([args, 2])
  expect((await gate(['list'], { SHELFWISE_KEY: 'pk_demo_1' })).code).toBe(2)
  expect(api.seen).toEqual([])
})

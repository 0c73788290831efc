import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { scriptedApi } from '../testing/scripted_api.ts'
import { problemBody } from '../testing/stub_api.ts'

const BASE = '/v1/shops/demo/rules'
const RULES = [{ id: 'p', name: 'A pin', action: { kind: 'pin', item_ids: ['tp-9'] } }]

const head = (version: number, restored_from: number | null = null) => ({
  ...{ version, restored_from, label: 'Ada', note: 'summer', published_at: '2026-06-01T00:00:00.000Z' },
})
const kept = {
  ...RULES[0],
  enabled: true,
  priority: 5,
  until: '2026-09-01T00:00:00Z',
  when: { placements: ['home', 'cart'] },
}
const changes = { added: ['p'], removed: ['old'], changed: [{ id: 'q', fields: ['priority'] }] }
const preview = {
  ...{
    shop: 'demo',
    placement: 'home',
    market: 'GB',
    locale: 'en-GB',
    at: '2026-06-01T00:00:00.000Z',
    active_version: 3,
  },
  before: { rung: 'L2', degraded: [], items: [{ rank: 1, id: 'tp-1', title: 'One', base_rank: 1, rules: [] }] },
  after: {
    ...{ rung: 'L2', degraded: [] },
    items: [{ rank: 1, id: 'tp-9', title: 'Nine\u202e', base_rank: null, rules: [{ rule: 'p', effect: 'pinned' }] }],
  },
  kept_back: [{ id: 'tp-1', title: 'One', base_rank: 1, before_rank: 1, rules: [{ rule: 'h', effect: 'hidden' }] }],
  rules: [
    { id: 'p', name: 'A pin', in_force: true, why_not: null, touched: 1, missing: ['tp-0'] },
    { id: 'w', name: 'Winter', in_force: false, why_not: 'not_begun', touched: 0, missing: [] },
  ],
  warnings: [{ rule: 'w', detail: 'no market of the shop sells in USD' }],
}

const api = scriptedApi('rules', () => ({
  [`GET ${BASE}`]: [200, { ...head(5, 2), active: true, rules: [kept] }],
  [`PUT ${BASE}`]: [201, { ...head(6), created: true, changes, warnings: preview.warnings }],
  [`POST ${BASE}/rollback`]: [201, { ...head(6, 1), created: true, changes, warnings: [] }],
  [`POST ${BASE}/preview`]: [200, preview],
  [`GET ${BASE}/versions`]: [
    200,
    {
      versions: [
        { ...head(5, 2), active: true, rules: 1, changes },
        { ...head(4), active: false, rules: 2, changes: null },
      ],
      next: 4,
    },
  ],
  [`GET ${BASE}/versions/4`]: [200, { ...head(4), active: false, rules: [] }],
}))
beforeEach(() => writeFile(join(api.directory, 'rules.json'), JSON.stringify({ rules: RULES })))
const { run: rules, sent } = api

it('previews a file on any shelf: what moved, by which rule, and what is gone', async () => {
  const args = ['preview', 'rules.json', '--placement', 'home', '--user', 'u1', '--as-of', '2026-06-01T00:00:00Z']
  const { code, out } = await rules(args)
  expect([code, api.seen.at(-1)!.path, api.seen.at(-1)!.key]).toEqual([0, `${BASE}/preview`, api.key])
  expect(sent()).toEqual({
    ...{ rules: RULES, request: { placement: 'home', user_id: 'u1', as_of: '2026-06-01T00:00:00Z' } },
  })
  expect(out).toMatch(/^1 +- +- {2}tp-9 {2}Nine {3}pinned by p$/m)
  expect(out).toMatch(/not on the page:\n.*\n +1 +1 {2}tp-1 {2}One +hidden by h/)
  expect(out).toContain('rule p touched 1 item; cannot be shown here: tp-0')
  expect(out).toContain('rule w has not begun')
  expect(out).toContain('warning: w no market')
  expect(JSON.parse((await rules([...args, '--json'])).out)).toEqual(preview)
})

it('publishes a file, an array as well, with who and why', async () => {
  const { code, out, notes } = await rules(['publish', 'rules.json', '--note', 'summer', '--expect', '5'], {
    USER: 'ada',
  })
  expect([code, sent()]).toEqual([0, { rules: RULES, note: 'summer', label: 'ada', expect: 5 }])
  expect(out).toBe('version 6 is active: +p -old ~q (priority)')
  expect(notes).toContain('warning: w no market')
  await writeFile(join(api.directory, 'list.json'), JSON.stringify(RULES))
  api.answers[`PUT ${BASE}`] = [
    200,
    { ...head(5), created: false, changes: { added: [], removed: [], changed: [] }, warnings: [] },
  ]
  expect((await rules(['publish', 'list.json'])).out).toBe('version 5 has these rules already; nothing was published')
  expect(sent()).toEqual({ rules: RULES })
})

it('shows which rule and field is wrong, and that another published in between', async () => {
  const errors = [{ pointer: '/rules/0/action/factor', detail: 'rule "p": Too big' }]
  api.answers[`PUT ${BASE}`] = [400, { ...(problemBody(400, 'invalid_request') as object), errors }]
  expect(await rules(['publish', 'rules.json'])).toMatchObject({
    code: 3,
    notes: expect.stringContaining('/rules/0/action/factor rule "p": Too big'),
  })
  api.answers[`PUT ${BASE}`] = [409, problemBody(409, 'conflict', 'Version 7 of the rules is active, not 5')]
  expect(await rules(['publish', 'rules.json', '--expect', '5'])).toMatchObject({
    code: 3,
    notes: expect.stringContaining('Version 7'),
  })
})

it('goes back to a version, or before what is active; what was seen is what is left', async () => {
  expect((await rules(['rollback', '3', '--note', 'oops'])).out).toContain('version 6 is active')
  expect(sent()).toEqual({ version: 3, expect: 5, note: 'oops' })
  // Version 5 brought back version 2: before that came 1.
  await rules(['rollback'])
  expect(sent()).toEqual({ version: 1, expect: 5 })
  api.answers[`GET ${BASE}`] = [200, { ...head(0), active: true, rules: [] }]
  const nothing = await rules(['rollback'])
  expect([nothing.code, nothing.notes]).toEqual([3, expect.stringContaining('nothing to go back to')])
})

it('lists versions and shows rules; what it shows as JSON can be published again', async () => {
  const { out } = await rules(['list', '--limit', '2'])
  expect(api.seen.at(-1)!.query).toBe('?limit=2')
  expect(out).toMatch(/^\* +5 {2}2026-06-01T00:00:00.000Z {2}Ada +1 {2}back to 2: \+p -old ~q \(priority\) +summer$/m)
  expect(out).toMatch(/^ +4 .*not known/m)
  expect((await rules(['show'])).out).toMatch(
    /5 {2}p {3}pin {3}until 2026-09-01T00:00:00Z, placements home\|cart {2}A pin$/m,
  )
  expect((await rules(['show', '4'])).out).toContain('version 4: 0 rules (Ada')
  await writeFile(join(api.directory, 'again.json'), (await rules(['show', '--json'])).out)
  await rules(['publish', 'again.json'])
  expect(sent()).toEqual({ rules: [kept] })
})

it('2: a command line or a file that is wrong asks nobody', async () => {
  await writeFile(join(api.directory, 'broken.json'), '{')
  await writeFile(join(api.directory, 'other.json'), '{"items": []}')
  const wrong = [
    ...[['publish'], ['publish', 'missing.json'], ['publish', 'broken.json'], ['publish', 'other.json']],
    ...[
      ['publish', 'rules.json', '--expect', 'x'],
      ['show', 'first'],
      ['preview', 'rules.json', '--limit', '99'],
      ['shout'],
    ],
  ]
  for (const args of wrong) expect([args, (await rules(args)).code]).toEqual([args, 2])
  expect(api.seen).toEqual([])
  expect((await rules(['list'], { SHELFWISE_KEY: 'pk_demo_1' })).code).toBe(2)
})

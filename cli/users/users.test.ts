import { expect, it } from 'vitest'
import { emailShopper } from '../../shared/ingest/feeds/email_shopper.ts'
import { scriptedApi } from '../testing/scripted_api.ts'

const page = (over: object) => ({
  ...{ user_id: 'u 1', names: ['u:u 1'], held: null, forgetting: false, events: [], shelves: [], dead_letters: [] },
  ...{ next_cursor: null, ...over },
})
const held = { recent_events: [1], profile: {}, habits: null, further: [], orders: [{}], waiting_refunds: [] }
const receipt = {
  ...{ erasure: 'r-1', state: 'done', asked_at: '2026-06-01T00:00:00.000Z', finished_at: '2026-06-01T00:00:09.000Z' },
  ...{ removed: { events: 3, dead_letters: 1, orders: 0 }, error: null },
}
const waiting = { ...receipt, state: 'waiting', finished_at: null, removed: {} }

const api = scriptedApi('users', () => ({
  'GET /v1/users/u%201': [
    200,
    page({ held, events: [{ event_id: 'e' }, { event_id: 'f' }, { event_id: 'e' }], shelves: [{}] }),
  ],
  'DELETE /v1/users/u%201': [202, waiting],
  'GET /v1/erasures/r-1': [200, receipt],
}))
const { run: users } = api

it('forgets a shopper by every name, and waits for the receipt', async () => {
  const flags = ['--email', 'Jane@example.org', '--salt', 'pepper', '--session', 's-1', 's-2']
  const { code, out } = await users(['erase', 'u 1', ...flags])
  expect(code).toBe(0)
  expect(out).toMatch(/^forgotten at 2026-06-01T00:00:09.000Z .*receipt r-1\n {2}events: 3\n {2}dead letters: 1$/)
  const [asked] = api.seen
  expect(JSON.parse(asked!.body)).toEqual({
    ...{ session_ids: ['s-1', 's-2'], emails: ['Jane@example.org'] },
    user_ids: [await emailShopper('pepper', 'jane@example.org')],
  })
})

it('writes everything that is held as one value, what comes twice once', async () => {
  const { code, out } = await users(['export', 'u 1', '--session', 's-1', 's-2'])
  expect(code).toBe(0)
  expect(new URLSearchParams(api.seen[0]!.query).getAll('session_id')).toEqual(['s-1', 's-2'])
  expect(JSON.parse(out)).toEqual({
    ...{ user_id: 'u 1', names: ['u:u 1'], forgetting: false, held },
    ...{ events: [{ event_id: 'e' }, { event_id: 'f' }], shelves: [{}], dead_letters: [] },
  })
})

it('puts together what is held of many names', async () => {
  const second = { ...held, recent_events: [2], profile: null, further: [{ name: 'a:g' }], orders: [] }
  Object.defineProperty(api.answers, 'GET /v1/users/many', {
    get: () => [
      200,
      page(api.seen.at(-1)!.query.includes('cursor') ? { held: second } : { held, next_cursor: 'next' }),
    ],
  })
  const { out } = await users(['export', 'many'])
  expect(JSON.parse(out).held).toEqual({ ...held, recent_events: [1, 2], further: [{ name: 'a:g' }] })
})

it('asks and leaves, and tells the receipt later', async () => {
  expect((await users(['erase', 'u 1', '--no-wait'])).out).toMatch(/not done yet; receipt r-1/)
  expect((await users(['receipt', 'r-1'])).out).toContain('forgotten at')
  expect(JSON.parse((await users(['receipt', 'r-1', '--json'])).out)).toEqual(receipt)
})

it('refuses a salt without an address', async () => {
  const { code, notes } = await users(['erase', 'u 1', '--salt', 'pepper'])
  expect([code, notes.includes('--email')]).toEqual([2, true])
})

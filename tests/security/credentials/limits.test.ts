/** Too many requests: who is counted, and what an answer says to whoever is turned away. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SECOND_MS } from '../../../shared/base/clock.ts'
import { makeKey } from '../../../shared/domain/key.ts'
import { BROWSER_QUOTA } from '../../../workers/api/app.ts'
import { NOW } from '../../support/unit_catalogue.ts'
import { isForBrowsers } from './compare.ts'
import { type Answer, openDoor } from './door.ts'
import { KEYS, OWN_PAGE, SHOWINGS } from './keys.ts'
import { POLICY } from './policy.ts'
import { COLUMNS, readPolicy } from './policy_table.ts'
import { sampleOf } from './samples.ts'

const policy = readPolicy(POLICY)
const rows = [...policy.keys()]
const ADDRESS = 'cf-connecting-ip'
const SHELF = sampleOf('GET /v1/recommendations')

beforeAll(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

/** Of the limiter as it is deployed. */
function deployedLimit(): { requests: number; windowSeconds: number } {
  const toml = readFileSync(join(import.meta.dirname, '../../../wrangler.toml'), 'utf8')
  const [deployed] = toml.split('[env.local]')
  const [, requests, period] = /name = "PUBLIC_LIMIT"[^[]*limit = (\d+), period = (\d+)/.exec(deployed!)!
  return { requests: Number(requests), windowSeconds: Number(period) }
}

test('the limit that answers name is the one that is deployed', () => {
  expect(BROWSER_QUOTA).toEqual({ name: 'browser', ...deployedLimit() })
})

/** At most so many of each name; what was counted stays to be looked at. */
function countingLimit(most: number) {
  const counts = new Map<string, number>()
  const limit = (name: string) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count <= most
  }
  return { counts, limit }
}

const told = ({ status, code, headers }: Answer) => [status, code, headers.get('retry-after')]

test('beyond the limit a browser key is answered 429 and when to come again, wherever it is read at all', async () => {
  const { counts, limit } = countingLimit(0)
  const door = await openDoor({ limit })
  const { requests, windowSeconds } = deployedLimit()
  const period = String(windowSeconds)
  const limited = { ratelimit: `"browser";r=0;t=${period}`, policy: `"browser";q=${requests};w=${period}` }
  for (const route of rows) {
    counts.clear()
    const headers = { authorization: `Bearer ${KEYS.pk}`, origin: OWN_PAGE, [ADDRESS]: '192.0.2.1' }
    const answer = await door.ask({ ...sampleOf(route), headers })
    const due = policy.get(route)!.pk
    // Where keys of shops are not read nothing is counted, and the answer is the one of every day.
    const isRead = due.status !== 401 && policy.get(route)!.none.code !== null
    if (!isRead) {
      expect([answer.status, counts.size], route).toEqual([due.status, 0])
      continue
    }
    expect([...told(answer), counts.size, answer.traces], route).toEqual([429, 'rate_limited', period, 1, 0])
    const { headers: answered } = answer
    expect({ ratelimit: answered.get('ratelimit'), policy: answered.get('ratelimit-policy') }, route).toEqual(limited)
    if (!isForBrowsers(route.split(' ')[1]!)) continue
    expect(answer.headers.get('access-control-allow-origin'), route).toBe('*')
    const exposed = answer.headers.get('access-control-expose-headers')!.split(', ')
    expect(exposed, route).toEqual(expect.arrayContaining(['retry-after', 'ratelimit', 'ratelimit-policy']))
  }
})

test('an answer that was counted names the limit, and one that was not names none', async () => {
  const door = await openDoor()
  const policyOf = async (headers: Record<string, string>) =>
    (await door.ask({ ...SHELF, headers })).headers.get('ratelimit-policy')
  const { requests, windowSeconds } = deployedLimit()
  const pk = { authorization: `Bearer ${KEYS.pk}` }
  expect(await policyOf({ ...pk, [ADDRESS]: '192.0.2.1' })).toBe(`"browser";q=${requests};w=${windowSeconds}`)
  expect(await policyOf({ authorization: `Bearer ${KEYS.sk}`, [ADDRESS]: '192.0.2.1' })).toBeNull()
  expect(await policyOf(pk)).toBeNull()
})

test('one address with one key is counted; nobody else pays for it, and the key itself is not told', async () => {
  const { counts, limit } = countingLimit(2)
  const door = await openDoor({ limit })
  const ask = async (key: string, address: string) =>
    (await door.ask({ ...SHELF, headers: { authorization: `Bearer ${key}`, [ADDRESS]: address } })).status
  const statuses = []
  for (let n = 0; n < 4; n++) statuses.push(await ask(KEYS.pk, '192.0.2.1'))
  expect(statuses).toEqual([200, 200, 429, 429])
  expect(await ask(KEYS.pk, '192.0.2.2')).toBe(200)
  expect(await ask(KEYS.pkB, '192.0.2.1')).toBe(200)
  expect(counts.size).toBe(3)
  for (const name of counts.keys()) expect(name).not.toContain(KEYS.pk.slice('pk_'.length))
})

test('the key in the address is counted with the one in the header', async () => {
  const { counts, limit } = countingLimit(1)
  const door = await openDoor({ limit })
  const from = { [ADDRESS]: '192.0.2.1' }
  expect((await door.ask({ ...SHELF, headers: from, inAddress: KEYS.pk })).status).toBe(200)
  expect((await door.ask({ ...SHELF, headers: { ...from, authorization: `Bearer ${KEYS.pk}` } })).status).toBe(429)
  expect(counts.size).toBe(1)
})

test('servers, administrators and whoever is refused anyhow are not counted', async () => {
  const { counts, limit } = countingLimit(0)
  const door = await openDoor({ limit })
  for (const column of COLUMNS.filter((own) => !['pk', '?pk', 'pkB'].includes(own))) {
    for (const showing of SHOWINGS[column]) {
      const headers = { ...showing.headers, [ADDRESS]: '192.0.2.1' }
      const { status } = await door.ask({ ...SHELF, ...showing, headers })
      expect(status, `${column}, ${showing.label}`).toBe(policy.get('GET /v1/recommendations')![column].status)
    }
  }
  expect(counts.size).toBe(0)
})

test('made-up shops are turned away with a moment to come again, and a shop that is known is served meanwhile', async () => {
  const door = await openDoor({ keeps: true })
  const ask = (key: string) => door.ask({ ...SHELF, headers: { authorization: `Bearer ${key}` } })
  const madeUp = async (from: number) => {
    const answers: Answer[] = []
    for (let n = from; n < from + 60; n++) answers.push(await ask(makeKey('sk', `shop-${n}`, '0'.repeat(32))))
    return answers.map((answer) => JSON.stringify(told(answer)))
  }
  const UNKNOWN = JSON.stringify([401, 'unauthorized', null])
  const LATER = JSON.stringify([429, 'rate_limited', '1'])
  expect((await ask(KEYS.sk)).status).toBe(200)
  const first = await madeUp(0)
  expect(new Set(first)).toEqual(new Set([UNKNOWN, LATER]))
  expect([first[0], first.at(-1)]).toEqual([UNKNOWN, LATER])
  expect((await ask(KEYS.sk)).status).toBe(200)
  vi.setSystemTime(NOW + SECOND_MS)
  expect((await madeUp(100))[0]).toBe(UNKNOWN)
  vi.setSystemTime(NOW)
})

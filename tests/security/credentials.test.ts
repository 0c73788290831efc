/** Every route by every credential, as the policy says; and that the comparison finds what it is there to find. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openApi } from '../../scripts/site/openapi.ts'
import { MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { CALLER_HEADER, writeCaller } from '../../workers/http/caller.ts'
import { NOW, SHOP } from '../support/unit_catalogue.ts'
import { type Asked, askAll, differences, headerFaults } from './credentials/compare.ts'
import { type Door, openDoor } from './credentials/door.ts'
import { KEYS, SHOWINGS } from './credentials/keys.ts'
import { POLICY } from './credentials/policy.ts'
import { COLUMNS, documentedIn, gaps, NO_GAPS, readPolicy, registeredIn } from './credentials/policy_table.ts'
import { SOURCE, sampleOf, tellsOfA } from './credentials/samples.ts'
import { unreadable } from './credentials/seed.ts'

const policy = readPolicy(POLICY)
const rows = [...policy.keys()]
/** Takes a platform's signature; no key of ours opens it. */
const DELIVERY = 'POST /webhooks/:source/:shop'
/** As long as an isolate may hold a configuration (docs: a key is revoked within a minute). */
const HELD_MS = 30 * SECOND_MS

type Operations = Record<string, Record<string, { 'x-key': string }>>
const paths = (openApi('1.0.0') as { paths: Operations }).paths

let door: Door
let asked: Asked[]

beforeAll(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  door = await openDoor()
  asked = await askAll(door, rows)
})
afterAll(() => void vi.useRealTimers())

test('the app, its document and the policy name the same routes', () => {
  const { endpoints } = registeredIn(door.api.routes)
  expect(gaps(endpoints, policy)).toEqual(NO_GAPS)
  expect(documentedIn(paths)).toEqual(endpoints)
})

test('the worker is asked before the static pages wherever it has a route', () => {
  // Elsewhere the platform answers everybody with a page and 200, whatever the policy says.
  const toml = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  const first = JSON.parse(/^run_worker_first = (\[.*\])$/m.exec(toml)![1]!) as string[]
  const isFirst = (path: string) =>
    first.some((own) => (own.endsWith('/*') ? path.startsWith(own.slice(0, -1)) : path === own))
  expect(rows.filter((route) => !isFirst(route.split(' ')[1]!))).toEqual([])
  expect(isFirst('/docs')).toBe(false)
})

test('whatever ingest takes is a route of the public door', () => {
  const { endpoints } = registeredIn(door.ingest.routes)
  expect(gaps(endpoints, policy).withoutRow).toEqual([])
  expect(endpoints.length).toBeGreaterThan(40)
})

test('nothing takes whatever method comes but middleware and refusals of methods', async () => {
  const known = [...new Set(rows.map((route) => route.split(' ')[1]!))]
  expect(registeredIn(door.api.routes).patterns).toEqual(['/*', '/v1/*', ...known].sort())
  expect(registeredIn(door.ingest.routes).patterns).toEqual(['/*'])
  for (const pattern of known) {
    const methods = rows.filter((route) => route.endsWith(` ${pattern}`)).map((route) => route.split(' ')[0]!)
    const { path } = sampleOf(`${methods[0]} ${pattern}`)
    for (const showing of [...SHOWINGS.none, ...SHOWINGS.sk, ...SHOWINGS.admin]) {
      const { status, headers, traces } = await door.ask({ method: 'PATCH', path, ...showing })
      expect([status, headers.get('allow')?.split(', ').sort(), traces], pattern).toEqual([405, methods.sort(), 0])
    }
  }
})

test('every route answers every credential as the policy says', () => {
  expect(differences(asked, policy)).toEqual([])
  expect(asked.length).toBeGreaterThan(rows.length * COLUMNS.length)
})

test('what A’s own keys and the administrator ask tells of A or changes it: from others the table would see that', () => {
  const shown = asked.filter(({ column, answer }) => ['sk', 'admin'].includes(column) && answer.status < 300)
  const plain = rows.filter(
    (route) => !shown.some((one) => one.route === route && (tellsOfA(one.answer.text) || one.answer.changedA)),
  )
  // With nothing learned an audience has nothing to tell.
  expect(plain).toEqual(['GET /health', 'GET /v1/items/:id/audience', DELIVERY])
})

test('no answer allows credentials or names an origin, and refusals are problems that nobody keeps', () => {
  expect(asked.flatMap(headerFaults)).toEqual([])
})

test('a head is refused where the whole is', async () => {
  for (const route of rows.filter((own) => own.startsWith('GET '))) {
    const { path } = sampleOf(route)
    for (const column of ['none', 'gone', 'pk', 'pk@', 'skB'] as const) {
      const { status } = await door.ask({ method: 'HEAD', path, ...SHOWINGS[column][0]! })
      expect(status, `${route} ${column}`).toBe(policy.get(route)![column].status)
    }
  }
})

test('the document says of every route which key it needs', () => {
  const keyOf = (route: string): string => {
    const row = policy.get(route)!
    if (row.none.code === null || route === DELIVERY) return 'none'
    if (row.sk.code !== null) return 'admin'
    if (row.admin.code === null) return 'sk_or_admin'
    return row.pk.code === null ? 'pk_or_sk' : 'sk'
  }
  for (const route of rows) {
    const [method, path] = route.split(' ') as [string, string]
    const operation = paths[path.replace(/\/:(\w+)/g, '/{$1}')]![method.toLowerCase()]!
    expect(operation['x-key'], route).toBe(keyOf(route))
  }
})

test('every route but the one for platforms opens to some key, and that one to a signature and nothing else', async () => {
  const closed = rows.filter((route) => Object.values(policy.get(route)!).every(({ code }) => code !== null))
  expect(closed).toEqual([DELIVERY])
  const delivery = { method: 'POST', path: `/webhooks/${SOURCE}/${SHOP}`, ...unreadable() }
  for (const column of COLUMNS) {
    const [showing] = SHOWINGS[column]
    const headers = { ...delivery.headers, ...showing!.headers }
    expect((await door.ask({ ...delivery, headers })).status, column).toBe(200)
  }
})

test('ingest itself refuses a shop where only the administrator may be, should api ever hand one on', async () => {
  const shop = writeCaller({ role: 'shop', shop: SHOP, kind: 'sk' })
  const careless = await openDoor({
    between: (request, next) => {
      const headers = new Headers(request.headers)
      headers.set(CALLER_HEADER, shop)
      return next(new Request(request, { headers }))
    },
  })
  const ofAdmin = rows.filter((route) => policy.get(route)!.sk.code !== null && route !== DELIVERY)
  expect(ofAdmin.length).toBeGreaterThan(5)
  for (const { route, answer } of await askAll(careless, ofAdmin, ['admin']))
    expect([answer.status, answer.code, answer.traces], route).toEqual([403, 'forbidden', 0])
})

test('a revoked key ends within half a minute, in an isolate that knew it too', async () => {
  const own = await openDoor({ keeps: true })
  const headers = { authorization: `Bearer ${KEYS.spareSk}` }
  const status = async () => (await own.ask({ method: 'GET', path: '/v1/items', headers })).status
  expect(await status()).toBe(200)
  const { method, path } = sampleOf('DELETE /v1/shops/:shop/keys/:hash')
  expect((await own.ask({ method, path, ...SHOWINGS.admin[0]! })).status).toBe(200)
  vi.setSystemTime(NOW + HELD_MS)
  expect(await status()).toBe(401)
  vi.setSystemTime(NOW)
})

test('a key ends at its moment, whatever an isolate holds', async () => {
  const own = await openDoor({ keeps: true })
  const headers = { authorization: `Bearer ${KEYS.briefSk}` }
  const status = async () => (await own.ask({ method: 'GET', path: '/v1/items', headers })).status
  vi.setSystemTime(NOW + MINUTE_MS - 1)
  expect(await status()).toBe(200)
  vi.setSystemTime(NOW + MINUTE_MS)
  expect(await status()).toBe(401)
  vi.setSystemTime(NOW)
})

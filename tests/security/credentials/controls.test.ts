/** Doors that are broken on purpose: what the table is there to find, it finds, where it is and nowhere else. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CALLER_HEADER, type Caller, writeCaller } from '../../../workers/http/caller.ts'
import { NOW, SHOP } from '../../support/unit_catalogue.ts'
import { askAll, differences, headerFaults } from './compare.ts'
import { type DoorOptions, openDoor } from './door.ts'
import { POLICY } from './policy.ts'
import { documentedIn, gaps, NO_GAPS, readPolicy, registeredIn } from './policy_table.ts'

const policy = readPolicy(POLICY)

beforeAll(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

type ShopCaller = Extract<Caller, { role: 'shop' }>

const withCaller = (request: Request, text: string): Request => {
  const headers = new Headers(request.headers)
  headers.set(CALLER_HEADER, text)
  return new Request(request, { headers })
}
const callerIn = (request: Request): ShopCaller | null => {
  const text = request.headers.get(CALLER_HEADER)
  return text === null ? null : (JSON.parse(text) as ShopCaller)
}
/** A door that tells `ingest` of another caller than the one it proved. */
const recast = (change: (caller: ShopCaller, path: string) => Partial<ShopCaller>): DoorOptions => ({
  between: (request, next) => {
    const caller = callerIn(request)
    if (caller === null) return next(request)
    const changed = { ...caller, ...change(caller, new URL(request.url).pathname) }
    return next(withCaller(request, writeCaller(changed)))
  },
})

/** A caller header that is handed on as the sender wrote it. */
function believing(): DoorOptions {
  let given: string | null = null
  return {
    before: (request) => {
      given = request.headers.get(CALLER_HEADER)
      return request
    },
    between: (request, next) => next(given === null ? request : withCaller(request, given)),
  }
}

const keyFromAddress = (request: Request): Request => {
  const key = new URL(request.url).searchParams.get('key')
  if (key === null || request.headers.has('authorization')) return request
  const headers = new Headers(request.headers)
  headers.set('authorization', `Bearer ${key}`)
  return new Request(request, { headers })
}

const writesFirst: DoorOptions = {
  between: async (request, next) => {
    const caller = callerIn(request)
    if (caller?.kind === 'pk')
      await next(withCaller(request.clone() as Request, writeCaller({ ...caller, kind: 'sk' })))
    return next(request)
  },
}

const ofKeys = (change: { origins?: string[]; expiresAtMs?: null; revokedAtMs?: null }): DoorOptions => ({
  config: (shop) => ({ ...shop, keys: shop.keys.map((key) => ({ ...key, ...change })) }),
})

interface Control {
  fault: string
  door: DoorOptions
  routes: readonly string[]
  /** Exactly where it is found, as `route | column`. */
  found: readonly string[]
  says: string
}

const CONTROLS: readonly Control[] = [
  {
    fault: 'takes any secret key for any shop',
    door: recast((_, path) => ({ shop: /^\/v1\/shops\/([^/]+)/.exec(path)![1]! })),
    routes: ['GET /v1/shops/:shop/rules', 'PUT /v1/shops/:shop/rules'],
    found: ['GET /v1/shops/:shop/rules | skB', 'PUT /v1/shops/:shop/rules | skB'],
    says: '201, not 403 forbidden',
  },
  {
    fault: 'lists one shop’s items to all',
    door: recast(() => ({ shop: SHOP })),
    routes: ['GET /v1/items'],
    found: ['GET /v1/items | skB'],
    says: 'tells of what is A’s',
  },
  {
    fault: 'writes into another shop',
    door: recast(() => ({ shop: SHOP })),
    routes: ['DELETE /v1/items/:id'],
    found: ['DELETE /v1/items/:id | skB'],
    says: 'changed what is A’s',
  },
  {
    fault: 'takes a browser key for a secret one',
    door: recast(() => ({ kind: 'sk' })),
    routes: ['GET /v1/jobs', 'DELETE /v1/gates/:placement'],
    found: [
      'DELETE /v1/gates/:placement | pk',
      'DELETE /v1/gates/:placement | pkB',
      'GET /v1/jobs | pk',
      'GET /v1/jobs | pkB',
    ],
    says: '200, not 403 forbidden',
  },
  {
    fault: 'knows no revocation',
    door: ofKeys({ revokedAtMs: null }),
    routes: ['GET /v1/recommendations', 'GET /v1/ranker'],
    found: ['GET /v1/ranker | gone', 'GET /v1/recommendations | gone'],
    says: '200, not 401 unauthorized',
  },
  {
    fault: 'knows no expiry',
    door: ofKeys({ expiresAtMs: null }),
    routes: ['GET /v1/items/:id'],
    found: ['GET /v1/items/:id | past'],
    says: '200, not 401 unauthorized',
  },
  {
    fault: 'binds no key to its page',
    door: ofKeys({ origins: [] }),
    routes: ['POST /v1/events', 'GET /v1/gates'],
    found: ['GET /v1/gates | pk@', 'POST /v1/events | pk@'],
    says: '202, not 403 origin_not_allowed',
  },
  {
    fault: 'reads every key in an address',
    door: { before: keyFromAddress },
    routes: ['GET /v1/jobs'],
    found: ['GET /v1/jobs | ?pk', 'GET /v1/jobs | none'],
    says: '200, not 401 unauthorized',
  },
  {
    fault: 'believes a caller that the sender wrote',
    door: believing(),
    routes: ['GET /v1/items', 'GET /admin/jobs'],
    found: [
      'GET /admin/jobs | none',
      'GET /admin/jobs | pk',
      'GET /admin/jobs | skB',
      'GET /v1/items | pk',
      'GET /v1/items | skB',
    ],
    says: '200, not 401 unauthorized',
  },
  {
    fault: 'writes before it refuses',
    door: writesFirst,
    routes: ['POST /v1/ranker:rollback'],
    found: ['POST /v1/ranker:rollback | pk', 'POST /v1/ranker:rollback | pkB'],
    says: 'refused and left',
  },
]

test.each(CONTROLS)('control: a door that $fault is found', async ({ door, routes, found, says }) => {
  const lines = differences(await askAll(await openDoor(door), routes), policy)
  const cells = new Set(lines.map((line) => line.slice(0, line.indexOf(',', line.indexOf(' | ')))))
  expect([...cells].sort()).toEqual(found)
  expect(lines.join('\n')).toContain(says)
})

test('control: a door that reflects origins and allows credentials is found', async () => {
  const reflecting: DoorOptions = {
    after: (answer, request) => {
      const headers = new Headers(answer.headers)
      headers.set('access-control-allow-origin', request.headers.get('origin') ?? '*')
      headers.set('access-control-allow-credentials', 'true')
      return new Response(answer.body, { status: answer.status, headers })
    },
  }
  const faults = (await askAll(await openDoor(reflecting), ['GET /v1/items/:id'], ['pk@'])).flatMap(headerFaults)
  expect(faults).toContainEqual(expect.stringContaining('allows the origin https://evil.example, not *'))
  expect(faults).toContainEqual(expect.stringContaining('allows credentials'))
})

test('control: a route without a row, a row without a route, and a row that is not whole are found', async () => {
  const { api } = await openDoor()
  const routes = () => registeredIn(api.routes).endpoints
  expect(gaps(routes(), policy)).toEqual(NO_GAPS)
  const without = new Map([...policy].filter(([route]) => route !== 'GET /v1/jobs'))
  expect(gaps(routes(), without)).toEqual({ withoutRow: ['GET /v1/jobs'], withoutRoute: [] })
  const [asked] = await askAll(await openDoor(), ['GET /v1/jobs'], ['sk'])
  expect(differences([asked!], without)).toEqual([expect.stringContaining('200, not in the policy')])
  api.get('/v1/planted', (c) => c.text('anybody'))
  api.all('/v1/whatever', (c) => c.text('anybody'))
  expect(gaps(routes(), policy)).toEqual({ withoutRow: ['GET /v1/planted'], withoutRoute: [] })
  expect(registeredIn(api.routes).patterns).toContain('/v1/whatever')
  const fewer = routes().filter((route) => route !== 'GET /v1/ranker')
  expect(gaps(fewer, policy).withoutRoute).toEqual(['GET /v1/ranker'])
  expect(documentedIn({ '/v1/items/{id}/x': { get: {} } })).toEqual(['GET /v1/items/:id/x'])
  const [head, line] = POLICY.split('\n').filter((text) => text !== '')
  for (const broken of [line!.replace(/ 200/, ''), line!.replace('200', '418'), `${line}\n${line}`])
    expect(() => readPolicy(`${head}\n${broken}`)).toThrow()
})

/** What browsers are told: any page may ask and read below /v1, none with the shopper's other sessions. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createClient } from '../../../web/client/client.ts'
import { NOW } from '../../support/unit_catalogue.ts'
import { isForBrowsers } from './compare.ts'
import { type Door, openDoor } from './door.ts'
import { FOREIGN_PAGES, KEYS, OWN_PAGE } from './keys.ts'
import { POLICY } from './policy.ts'
import { readPolicy } from './policy_table.ts'
import { ITEM, sampleOf } from './samples.ts'

const policy = readPolicy(POLICY)
const rows = [...policy.keys()]
let door: Door

beforeAll(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  door = await openDoor()
})
afterAll(() => void vi.useRealTimers())

const listIn = (text: string | null): string[] => (text ?? '').split(',').map((part) => part.trim().toLowerCase())

const SAFE_METHODS = new Set(['GET', 'HEAD', 'POST'])
const SAFE_HEADERS = new Set(['accept', 'accept-language', 'content-language'])
const SAFE_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

/** What a browser asks leave for before it sends a request to another origin: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
function leaveFor({ method, headers }: Request): { method: boolean; headers: string[] } {
  const isSafe = (name: string, value: string) =>
    SAFE_HEADERS.has(name) || (name === 'content-type' && SAFE_TYPES.has(value.split(';', 1)[0]!.trim().toLowerCase()))
  return {
    method: !SAFE_METHODS.has(method),
    headers: [...headers].filter(([name, value]) => !isSafe(name, value)).map(([name]) => name),
  }
}
const NO_LEAVE = { method: false, headers: [] }

const preflight = (path: string, method: string, origin = 'https://shop.example') =>
  door.ask({
    ...{ method: 'OPTIONS', path },
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  })

test('every route below /v1 answers a preflight, alike for every page and without a key', async () => {
  for (const route of rows.filter((own) => isForBrowsers(own.split(' ')[1]!))) {
    const { method, path } = sampleOf(route)
    for (const origin of [OWN_PAGE, ...FOREIGN_PAGES]) {
      const { status, headers, text, traces } = await preflight(path, method, origin)
      expect([status, text, traces], route).toEqual([204, '', 0])
      expect(headers.get('access-control-allow-origin'), route).toBe('*')
      expect(headers.has('access-control-allow-credentials'), route).toBe(false)
      expect(listIn(headers.get('access-control-allow-methods')), route).toContain(method.toLowerCase())
      // A wildcard would not cover `authorization`.
      expect(listIn(headers.get('access-control-allow-headers')), route).toEqual(
        expect.arrayContaining(['authorization', 'content-type']),
      )
      expect(Number(headers.get('access-control-max-age')), route).toBeGreaterThan(0)
    }
  }
})

test('outside of /v1 no page is given leave', async () => {
  const outside = rows.filter((own) => !isForBrowsers(own.split(' ')[1]!))
  expect(outside.length).toBeGreaterThan(4)
  for (const route of outside) {
    const { method, path } = sampleOf(route)
    const { status, headers } = await preflight(path, method)
    const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
    expect([status, allowed], route).toEqual([405, []])
  }
})

test('a preflight is answered without its headers and keeps none of what it was sent', async () => {
  const { status, headers } = await door.ask({
    ...{ method: 'OPTIONS', path: '/v1/items' },
    headers: { authorization: `Bearer ${KEYS.sk}`, origin: 'https://evil.example' },
  })
  expect(status).toBe(204)
  expect(JSON.stringify([...headers])).not.toMatch(/evil|shop-a/)
})

test('a shelf with the browser key in the query is a simple request, which every page that the key is for may read', async () => {
  const { path } = sampleOf('GET /v1/recommendations')
  const simple = new Request(`https://api.test${path}&key=${KEYS.pk}`)
  expect(leaveFor(simple)).toEqual(NO_LEAVE)
  const { status, headers, text } = await door.ask({
    ...{ method: 'GET', path, inAddress: KEYS.pk },
    headers: { origin: OWN_PAGE },
  })
  expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  expect(headers.has('access-control-allow-credentials')).toBe(false)
  expect((JSON.parse(text) as { items: Array<{ id: string }> }).items.map(({ id }) => id)).toEqual([ITEM])
  // The address holds a key and the answer a shopper's shelf: nothing on the way may keep it.
  expect(headers.get('cache-control')).toBe('no-store')
  expect(text).not.toContain(KEYS.pk)
  for (const origin of FOREIGN_PAGES) {
    const foreign = await door.ask({ method: 'GET', path, inAddress: KEYS.pk, headers: { origin } })
    expect([foreign.status, foreign.code], origin).toEqual([403, 'origin_not_allowed'])
  }
})

test('the browser client’s own requests need no more leave than a preflight gives, and its GET none', async () => {
  const sent: Request[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input as string, init)
    sent.push(request.clone() as Request)
    const { pathname, search } = new URL(request.url)
    const headers = { ...Object.fromEntries(request.headers), origin: OWN_PAGE }
    const body = request.method === 'GET' ? undefined : await request.text()
    const answer = await door.ask({ method: request.method, path: `${pathname}${search}`, headers, body })
    return new Response(answer.text, { status: answer.status, headers: answer.headers })
  }
  const client = createClient({ baseUrl: 'https://api.test', key: KEYS.pk, fetch: send, storage: null, now: () => NOW })
  expect((await client.item(ITEM))?.id).toBe(ITEM)
  expect((await client.recommend({ placement: 'home' })).items.map(({ id }) => id)).toEqual([ITEM])
  await client.track([{ type: 'view', item_id: ITEM, user_id: 'u-1' }])
  expect(sent.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST'])
  expect(leaveFor(sent[0]!)).toEqual(NO_LEAVE)
  for (const request of sent) {
    const given = await preflight(new URL(request.url).pathname, request.method)
    const allowed = listIn(given.headers.get('access-control-allow-headers'))
    expect(leaveFor(request).headers.filter((name) => !allowed.includes(name))).toEqual([])
    expect(listIn(given.headers.get('access-control-allow-methods'))).toContain(request.method.toLowerCase())
  }
})

test('control: a key in a header, JSON and a deletion are no simple requests', () => {
  const requestOf = (init: RequestInit) => leaveFor(new Request('https://api.test/', init))
  expect(requestOf({ headers: { authorization: 'Bearer x' } }).headers).toEqual(['authorization'])
  expect(requestOf({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }).headers).toEqual([
    'content-type',
  ])
  expect(requestOf({ method: 'DELETE' }).method).toBe(true)
  expect(requestOf({ method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain;charset=utf-8' } })).toEqual(
    NO_LEAVE,
  )
})

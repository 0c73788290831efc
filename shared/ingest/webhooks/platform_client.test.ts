import { expect, test } from 'vitest'
import { createPlatformClient } from './platform_client.ts'

const API = { url: 'https://api.example/stores/x/v3/', token: 'a token of the shop' }
const asking = (answer: Response | Error, bodyBytes = 1_000) => {
  const asked: Array<[string, RequestInit]> = []
  const client = createPlatformClient(
    async (url, init) => {
      asked.push([url, init])
      if (answer instanceof Error) throw answer
      return answer
    },
    { timeoutMs: 1_000, bodyBytes },
  )
  return { asked, product: (id = '7', api = API) => client.product(api, id) }
}

test('a product is asked for by its number, with the token, and no redirect is followed', async () => {
  const { asked, product } = asking(Response.json({ data: { id: 7 } }))
  expect(await product('7/../8')).toEqual({ kind: 'found', body: { data: { id: 7 } } })
  const [url, init] = asked[0]!
  expect(url).toBe('https://api.example/stores/x/v3/catalog/products/7%2F..%2F8?include=variants,images,custom_fields')
  expect([init.redirect, new Headers(init.headers).get('x-auth-token')]).toEqual(['manual', API.token])
})

test.each([
  ['404', new Response('{}', { status: 404 }), { kind: 'gone' }],
  ['410', new Response('{}', { status: 410 }), { kind: 'gone' }],
  ['500', new Response('{}', { status: 500 }), { kind: 'failed', retryAfterMs: null }],
  ['401', new Response('{}', { status: 401 }), { kind: 'failed', detail: 'the platform answered 401' }],
  ['302', new Response(null, { status: 302, headers: { location: 'https://evil.example' } }), { kind: 'failed' }],
  [
    '429 in seconds',
    new Response('', { status: 429, headers: { 'retry-after': '30' } }),
    { kind: 'failed', retryAfterMs: 30_000 },
  ],
  [
    '429 in milliseconds',
    new Response('', { status: 429, headers: { 'x-rate-limit-time-reset-ms': '15000' } }),
    { kind: 'failed', retryAfterMs: 15_000 },
  ],
  ['not JSON', new Response('<html>'), { kind: 'failed' }],
  ['too large', new Response('x'.repeat(2_000)), { kind: 'failed', detail: 'the answer is too large' }],
  ['no answer', new Error('connect https://api.example a token of the shop'), { kind: 'failed' }],
])('what the platform answers decides what is done: %s', async (_name, answer, expected) => {
  const fetched = await asking(answer).product()
  expect(fetched).toMatchObject(expected)
  expect(JSON.stringify(fetched)).not.toContain('token of the shop')
})

test('nothing is sent but over https', async () => {
  const { asked, product } = asking(Response.json({}))
  expect(await product('7', { ...API, url: 'http://api.example' })).toMatchObject({ kind: 'failed' })
  expect(asked).toEqual([])
})

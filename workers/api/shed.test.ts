import { expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { createShedder, SHELVES_UNDER_WAY, WRITES_UNDER_WAY } from './shed.ts'

const SHELF = new Request('https://api.test/v1/recommendations?placement=home')
const EVENT = new Request('https://api.test/v1/events', { method: 'POST', body: '{}' })

function setUp() {
  const clock = manualClock(0)
  const shedder = createShedder(clock)
  const open: Array<(answer: Response) => void> = []
  const hold = (request: Request) =>
    shedder.serve(
      request,
      () => 'id',
      () => new Promise<Response>((resolve) => open.push(resolve)),
    )
  const ask = (request: Request) =>
    shedder.serve(
      request,
      () => 'id',
      () => new Response('ok'),
    )
  return { clock, open, hold, ask }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('beyond the bound a shelf is refused at once, and taken again when one is answered', async () => {
  const { open, hold, ask } = setUp()
  const held = Array.from({ length: SHELVES_UNDER_WAY }, () => hold(SHELF))
  await settle()
  const answer = await ask(SHELF)
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
    503,
    '1',
    'application/problem+json',
  ])
  expect(await answer.json()).toMatchObject({ code: 'unavailable', request_id: 'id' })
  open[0]!(new Response('done'))
  await held[0]
  expect((await ask(SHELF)).status).toBe(200)
})

test('writes that wait take no shelf’s place, nor shelves theirs; deliveries are never refused', async () => {
  const { hold, ask } = setUp()
  for (let n = 0; n < WRITES_UNDER_WAY; n++) void hold(EVENT)
  await settle()
  expect([(await ask(EVENT)).status, (await ask(SHELF)).status]).toEqual([503, 200])
  for (let n = 0; n < SHELVES_UNDER_WAY; n++) void hold(SHELF)
  await settle()
  const statuses = [SHELF, new Request('https://api.test/v1/items/a')].map(async (one) => (await ask(one)).status)
  expect(await Promise.all(statuses)).toEqual([503, 503])
  for (const path of ['/webhooks/shopify/a', '/health', '/', '/v1/recommendations']) {
    const method = path === '/v1/recommendations' ? 'OPTIONS' : path.startsWith('/webhooks') ? 'POST' : 'GET'
    expect((await ask(new Request(`https://api.test${path}`, { method }))).status).toBe(200)
  }
})

test('a request that the platform ended gives its place back in time; one that throws at once', async () => {
  const { clock, hold, ask } = setUp()
  for (let n = 0; n < SHELVES_UNDER_WAY; n++) void hold(SHELF)
  await settle()
  clock.advance(4_999)
  expect((await ask(SHELF)).status).toBe(503)
  clock.advance(1)
  expect((await ask(SHELF)).status).toBe(200)
  const shedder = createShedder(manualClock(0))
  const fail = () => Promise.reject(new Error('broken'))
  for (let n = 0; n < SHELVES_UNDER_WAY + 5; n++)
    await expect(shedder.serve(SHELF, () => 'id', fail)).rejects.toThrow('broken')
})

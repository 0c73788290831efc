/** The questions at the end of a deployment, asked of the running stack. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DeployFailure } from '../../scripts/deploy/failure.ts'
import { type SmokeOptions, smokeTest } from '../../scripts/deploy/smoke.ts'
import { ADMIN_KEY, createShop, type Door, lines, openDoor, WORK_CRON } from '../integration/shop_door.ts'
import { demoShop } from '../support/shops.ts'

let door: Door
let address: string
let options: SmokeOptions

beforeAll(async () => {
  door = await openDoor()
  address = door.stack.url.href.replace(/\/$/, '')
  options = { address, fetch, sleep: async () => {}, probeKey: null, adminKey: ADMIN_KEY }
}, 180_000)
afterAll(() => door?.stack.stop())

const failing = async (changes: Partial<SmokeOptions>): Promise<string> => {
  const error = await smokeTest({ ...options, ...changes }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(DeployFailure)
  return (error as DeployFailure).message
}

test('a stack without a shop answers, and that no shelf was asked for is said', async () => {
  const told = await smokeTest(options)
  expect(told).toHaveLength(5)
  expect(told.at(-1)).toMatch(/no shelf was asked for/)
  expect(await (await door.stack.database('CATALOGUE')).prepare('SELECT count(*) AS n FROM shops').first('n')).toBe(0)
})

test('with a key of a shop, a shelf of it', async () => {
  const data = demoShop('hearth-and-field')
  const keys = await createShop(door, data)
  expect(await failing({ probeKey: keys.pk })).toMatch(/the shelf is empty/)
  expect(await failing({ probeKey: keys.sk })).toMatch(/not a pk_ key/)
  const sent = await door.call('POST', '/v1/items:bulk', { key: keys.sk, raw: lines(data.items.slice(0, 3)) })
  expect(sent.status).toBe(200)
  await door.stack.cron(WORK_CRON)
  const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 300))
  expect(await smokeTest({ ...options, sleep, probeKey: keys.pk })).toContain(`a shelf of ${data.shop}`)
})

test('what does not answer as it should is told', async () => {
  expect(await failing({ adminKey: `ak_${'b'.repeat(32)}` })).toMatch(/takes the admin key: answered 401/)
  // Nobody listens there.
  expect(await failing({ address: 'http://127.0.0.1:9' })).toMatch(/no answer/)
  const wrapped =
    (change: (answer: Response) => Response | Promise<Response>) =>
    async (input: string | URL | Request, init?: RequestInit) =>
      change(await fetch(input, init))
  const older = wrapped((answer) =>
    answer.url.endsWith('/health') ? Response.json({ status: 'ok', version: '0.0.1' }) : answer,
  )
  expect(await failing({ fetch: older as typeof fetch })).toMatch(/version 0\.0\.1/)
  const broken = wrapped((answer) =>
    answer.url.endsWith('/health') ? answer : Response.json({ code: 'internal' }, { status: 500 }),
  )
  expect(await failing({ fetch: broken as typeof fetch })).toMatch(/answered 500 internal/)
})

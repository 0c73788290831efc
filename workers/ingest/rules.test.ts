/** Rules through the routes: versions, diffs, concurrency, and who may. */
import { beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { rulesAnswerSchema, rulesPublishedSchema, ruleVersionsSchema } from '../../shared/domain/rule_answers.ts'
import { shopBodySchema } from '../../shared/domain/shop.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'

const SHOP = 'shop-a'
const BASE = `/v1/shops/${SHOP}/rules`
const body = shopBodySchema.parse({
  ...{ name: 'A', locale: 'en-GB', market: 'GB', markets: [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }] },
})
const pin = (id: string, more: Record<string, unknown> = {}) => ({
  ...{ id, name: `Pin ${id}`, action: { kind: 'pin', item_ids: ['a'] } },
  ...more,
})

const clock = manualClock(Date.parse('2026-06-01T00:00:00Z'))
let door: IngestDoor
beforeEach(async () => {
  door = await openIngestDoor(clock)
  await door.makeShop(SHOP, body)
  await door.makeShop('shop-b', body)
})

const send = (method: string, path: string, json?: unknown, shop = SHOP) => door.ask(shop, method, path, json)
const publish = async (rules: unknown[], more: Record<string, unknown> = {}) => {
  const { status, body: told } = await send('PUT', BASE, { rules, ...more })
  return { status, told: status < 300 ? rulesPublishedSchema.parse(told) : null, body: told }
}
const active = async () => rulesAnswerSchema.parse((await send('GET', BASE)).body)
const versions = async (query = '') => ruleVersionsSchema.parse((await send('GET', `${BASE}/versions${query}`)).body)

test('publishing makes a version that is active at once, wherever the configuration is read', async () => {
  expect(await active()).toMatchObject({ version: 0, rules: [], published_at: null })
  const first = await publish([pin('p')], { label: 'Ada', note: 'summer' })
  expect([first.status, first.told]).toMatchObject([
    201,
    { version: 1, created: true, label: 'Ada', note: 'summer', changes: { added: ['p'] } },
  ])
  expect((await door.deps.shops.config(SHOP))!.rules).toMatchObject({ version: 1, rules: [{ id: 'p', priority: 0 }] })
  expect((await door.deps.cache.shop(SHOP))!.rules.version).toBe(1)
  // The same again, as a sender does that lost the answer.
  expect(await publish([pin('p')])).toMatchObject({ status: 200, told: { version: 1, created: false } })
  expect((await publish([pin('p', { priority: 3 }), pin('q')])).told).toMatchObject({
    ...{ version: 2, label: 'secret key', changes: { added: ['q'], changed: [{ id: 'p', fields: ['priority'] }] } },
  })
})

test('going back is a new version; the history tells all of it', async () => {
  await publish([pin('p')])
  clock.advance(1_000)
  await publish([pin('q')])
  const back = await send('POST', `${BASE}/rollback`, { version: 1, expect: 2 })
  expect([back.status, back.body]).toMatchObject([
    201,
    { version: 3, restored_from: 1, changes: { added: ['p'], removed: ['q'] } },
  ])
  expect(await send('POST', `${BASE}/rollback`, { version: 1, expect: 2 })).toMatchObject({
    status: 200,
    body: { version: 3, created: false },
  })
  expect((await active()).rules.map((rule) => rule.id)).toEqual(['p'])
  await send('POST', `${BASE}/rollback`, { version: 0 })
  expect(await active()).toMatchObject({ version: 4, restored_from: 0, rules: [] })
  const all = await versions()
  expect(all.versions.map((one) => [one.version, one.active, one.rules, one.changes])).toEqual([
    [4, true, 0, { added: [], removed: ['p'], changed: [] }],
    [3, false, 1, { added: ['p'], removed: ['q'], changed: [] }],
    [2, false, 1, { added: ['q'], removed: ['p'], changed: [] }],
    [1, false, 1, { added: ['p'], removed: [], changed: [] }],
  ])
  const page = await versions('?limit=3')
  expect([page.next, (await versions(`?below=${page.next}`)).versions.map((one) => one.version)]).toEqual([2, [1]])
  const second = rulesAnswerSchema.parse((await send('GET', `${BASE}/versions/2`)).body)
  expect([second.active, second.rules.map((rule) => rule.id)]).toEqual([false, ['q']])
  expect((await send('GET', `${BASE}/versions/9`)).status).toBe(404)
  expect((await send('POST', `${BASE}/rollback`, { version: 9 })).status).toBe(404)
})

test('of two that expect the same version one is refused, and nothing is written over', async () => {
  await publish([pin('p')])
  const both = await Promise.all([publish([pin('q')], { expect: 1 }), publish([pin('r')], { expect: 1 })])
  expect(both.map((one) => one.status).sort()).toEqual([201, 409])
  const refused = both.find((one) => one.status === 409)!
  expect(refused.body).toMatchObject({ code: 'conflict', detail: 'Version 2 of the rules is active, not 1' })
  expect((await active()).version).toBe(2)
})

test('negative control: without an expectation the later one wins', async () => {
  await publish([pin('p')])
  const both = await Promise.all([publish([pin('q')]), publish([pin('r')])])
  expect(both.map((one) => one.status)).toEqual([201, 201])
  expect((await active()).version).toBe(3)
})

test('a bad set is refused whole, names the rule and the field, and changes nothing', async () => {
  await publish([pin('p')])
  const bad = await publish([pin('fine'), pin('bad', { priority: 5_000 })])
  expect([bad.status, bad.body]).toMatchObject([
    400,
    { code: 'invalid_request', errors: [{ pointer: '/rules/1/priority' }] },
  ])
  expect((bad.body.errors as Array<{ detail: string }>)[0]!.detail).toContain('rule "bad"')
  expect((await active()).version).toBe(1)
})

test('what can do nothing is warned of, not refused', async () => {
  const { status, told } = await publish([pin('p', { when: { markets: ['XX'] } })])
  expect([status, told!.warnings]).toEqual([201, [{ rule: 'p', detail: '"XX" is not one of the shop\'s markets' }]])
})

test('a shop reads and writes its own rules alone', async () => {
  for (const [method, path, json] of [
    ['GET', BASE],
    ['GET', `${BASE}/versions`],
    ['PUT', BASE, { rules: [] }],
    ['POST', `${BASE}/rollback`, { version: 0 }],
  ] as const) {
    expect([method, (await send(method, path, json, 'shop-b')).status]).toEqual([method, 403])
  }
})

test('a published version never changes', async () => {
  await publish([pin('p')])
  const held = (await active()).rules
  await publish([])
  expect(rulesAnswerSchema.parse((await send('GET', `${BASE}/versions/1`)).body).rules).toEqual(held)
  await expect(door.execute("UPDATE rule_versions SET rules = '[]'")).rejects.toThrow(/never changes/)
})

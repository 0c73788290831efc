import { beforeEach, expect, test } from 'vitest'
import { DAY, interaction, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, scriptedModel, setUp, type World } from '../../tests/support/unit_enrich.ts'
import type { Interaction } from '../domain/event.ts'
import { type LlmShelf, NO_EVIDENCE } from '../domain/gate.ts'
import { dayOf } from '../store/keys.ts'
import type { EnrichDeps } from './deps.ts'
import type { OrderLogged } from './gate_replay.ts'
import { runGates } from './gate_shops.ts'

/** A whole day whose shelves have had their time. */
const AT = NOW - 3 * DAY
const SHELF_DAY = dayOf(AT)
const MAKER = 'unit/model rank@1'

let world: World
let deps: EnrichDeps
beforeEach(async () => {
  world = await setUp()
  deps = depsOf(world, scriptedModel([]))
})

const llm = (over: Partial<LlmShelf> = {}): LlmShelf => ({
  ...{ mode: 'draft', maker: MAKER, order: 'digest', history: 1, base: ['a', 'b'], wanted: ['b', 'a'], teams: 'lb' },
  ...over,
})
const record = (id: string, over: Record<string, unknown> = {}) =>
  JSON.stringify({
    ...{ v: 1, recommendation_id: id, shop: SHOP, at: AT, placement: 'home', market: 'GB', locale: 'en', rung: 'L2' },
    ...{ shopper: `a:${id}`, query: null, seeds: [], cart: [], by_rule: [], shown: ['b', 'a'], llm: llm() },
    ...over,
  })
const click = (recommendationId: string, item: string, over: Partial<Interaction> = {}) =>
  interaction({
    eventId: `${recommendationId}-${item}`,
    type: 'click',
    item,
    recommendationId,
    atMs: AT + 1_000,
    ...over,
  })

const archive = async (lines: string[], events: Interaction[], name = 'one') => {
  await deps.archive.putImpressions(SHOP, SHELF_DAY, name, lines)
  await deps.archive.putEvents(SHOP, SHELF_DAY, 1, events.length, events)
}
const begin = (mode: 'off' | 'shadow' | 'trial' | 'live', over = {}) =>
  deps.gates.put(
    SHOP,
    'home',
    {
      mode,
      crossing: null,
      held: false,
      since: dayOf(AT - 2 * DAY),
      evidence: { ...NO_EVIDENCE, attempts: 1 },
      ...over,
    },
    NOW,
  )
const tallies = () => deps.gateTallies.tallies(SHOP, '2000-01-01')
const home = async () => (await deps.gates.list(SHOP)).get('home')!

test('shelves and what came of them are joined once, however often the run and a record come', async () => {
  await begin('trial')
  await archive(
    [record('r1'), record('r2'), record('r3'), record('r1'), record('r4', { llm: undefined })],
    [click('r1', 'b'), click('r2', 'a'), click('r3', 'b', { atMs: AT + 2 * DAY }), click('r4', 'b')],
  )
  await deps.archive.putImpressions(SHOP, SHELF_DAY, 'two', [record('r2')])
  await runGates(deps, null)
  const first = await tallies()
  expect(first).toMatchObject([
    {
      day: SHELF_DAY,
      placement: 'home',
      basis: `${MAKER} clicks`,
      mode: 'draft',
      bucket: 1,
      shelves: 3,
      wins: 1,
      losses: 1,
    },
  ])
  await runGates(deps, null)
  expect(await tallies()).toEqual(first)
})

test('a day whose objects changed is counted anew, and one that is not over is not counted', async () => {
  await begin('trial')
  await archive([record('r1')], [click('r1', 'b')])
  await deps.archive.putImpressions(SHOP, dayOf(NOW), 'x', [record('late', { at: NOW })])
  await runGates(deps, null)
  expect((await tallies()).map(({ shelves }) => shelves)).toEqual([1])
  await deps.archive.putImpressions(SHOP, SHELF_DAY, 'late', [record('r9')])
  await runGates(deps, null)
  expect((await tallies()).map(({ day, shelves }) => [day, shelves])).toEqual([[SHELF_DAY, 2]])
})

test('a run that died between two slices goes on with the second', async () => {
  await begin('trial')
  await archive([record('r1'), record('r2')], [])
  await runGates(deps, null)
  const day = (await deps.gateTallies.days(SHOP, SHELF_DAY)).get(SHELF_DAY)!
  // As if there were two slices, of which the first was counted.
  await deps.gateTallies.begin(SHOP, { ...day, slices: 2 })
  await deps.gateTallies.commit(SHOP, SHELF_DAY, 0, [])
  expect(await tallies()).toEqual([])
  await runGates(deps, null)
  expect((await deps.gateTallies.days(SHOP, SHELF_DAY)).get(SHELF_DAY)).toMatchObject({ slices: 2, done: 2 })
})

test('enough shelves in shadow begin a trial; a gate that a person fixed stays', async () => {
  const shadow = llm({ mode: 'shadow', wanted: ['b', 'a'] })
  const { base: _, teams: __, ...kept } = shadow
  const lines = Array.from({ length: 600 }, (_, at) => record(`s${at}`, { llm: kept, shown: ['a', 'b'] }))
  await archive(lines, [])
  await begin('shadow')
  await runGates(deps, null)
  expect(await home()).toMatchObject({
    mode: 'trial',
    evidence: { why: 'orders_enough', attempts: 2, basis: `${MAKER} clicks` },
  })
  expect((await deps.shops.config(SHOP))!.gates).toEqual({ home: { mode: 'trial', crossing: null } })
  await deps.gates.fix(SHOP, 'home', 'live', 2, NOW)
  await runGates(deps, null)
  expect(await home()).toMatchObject({ mode: 'live', crossing: 2, held: true })
})

test('what the model costs is held against what shelves gain', async () => {
  await begin('trial', { since: dayOf(AT - 40 * DAY), evidence: { ...NO_EVIDENCE, attempts: 1, basis: null } })
  await deps.gates.putWorth(SHOP, { click_micro: 1_000, margin: 0.3, currency: 'GBP', cap_micro: 4_000 })
  const lines = Array.from({ length: 3_000 }, (_, at) => record(`t${at}`))
  await archive(
    lines,
    lines.map((_, at) => click(`t${at}`, 'b')),
  )
  const spend = (micro: number) =>
    world.operations
      .prepare(
        `INSERT INTO spend (shop, day, purpose, spent_micro) VALUES (?1, ?2, 'rerank', ?3) ON CONFLICT DO UPDATE SET spent_micro = ?3`,
      )
      .bind(SHOP, SHELF_DAY, micro)
      .run()
  await spend(3_000 * 5_000)
  await runGates(deps, null)
  expect(await home()).toMatchObject({ mode: 'trial', evidence: { unit: 'micro', cost: 5_000_000 } })
  expect((await home()).evidence.gain!.lower).toBeGreaterThan(0)
  await spend(3_000 * 10)
  await runGates(deps, null)
  expect(await home()).toMatchObject({ mode: 'live', evidence: { why: 'better' } })
})

test.each([
  ['better', ['b', 'a'], 'shadow'],
  ['worse', ['a', 'b'], 'off'],
])('a replay of orders that are %s than the log leaves a placement %s', async (_, clicked, mode) => {
  const lines = Array.from({ length: 200 }, (_, at) => record(`o${at}`, { llm: undefined, shown: ['a', 'b'] }))
  await archive(
    lines,
    lines.map((_, at) => click(`o${at}`, clicked[0]!)),
  )
  const asked: string[] = []
  const order: OrderLogged = async (_, shelf) => {
    asked.push(shelf.id)
    return { wanted: ['b', 'a'], history: 1 }
  }
  const model = { ...deps.model, completer: async () => ({ model: 'unit/model', batch: false }) as never }
  await runGates({ ...deps, model }, order)
  expect((await home()).mode).toBe(mode)
  const count = asked.length
  expect(count).toBe(200)
  await runGates({ ...deps, model }, order)
  expect(asked).toHaveLength(count)
})

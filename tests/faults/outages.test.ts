import { beforeAll, expect, test } from 'vitest'
import { Problem } from '../../shared/base/problem.ts'
import { ask } from '../support/ask.ts'
import { demoShop } from '../support/shops.ts'
import { createWorld, type Location, type World } from '../support/world.ts'
import {
  breakDown,
  isolateOf,
  KINDS,
  type Kind,
  MODES,
  type Mode,
  namesOwed,
  type Part,
  rungOwed,
  subsets,
} from './outages.ts'

let world: World
let location: Location

beforeAll(async () => {
  world = await createWorld(demoShop('hearth-and-field'))
  location = await world.location()
  // A shopper with a past, so that home has neighbours to show.
  const views = world.data.items.slice(0, 3).map((item) => ({ type: 'view', user_id: 'u-known', item_id: item.id }))
  await world.sendEvents(views)
})

const bodyOf = (kind: Kind): Record<string, unknown> => {
  const [first, second] = world.data.items
  switch (kind) {
    case 'home':
      return { placement: 'home', user_id: 'u-known' }
    case 'product':
      return { placement: 'product', user_id: 'u-product', item_ids: [first!.id], recent: [] }
    case 'cart':
      return { placement: 'cart', user_id: 'u-cart', cart_item_ids: [first!.id, second!.id], recent: [] }
    case 'query':
      return { placement: 'generic', query: 'kettle for tea', user_id: 'u-query', recent: [] }
  }
}

/** What one request came to while `parts` fail: a rung, or the code of the problem. */
async function outcome(kind: Kind, parts: readonly Part[], mode: Mode, warm: boolean) {
  const failing: { parts: readonly Part[]; mode: Mode } = { parts: [], mode }
  const isolate = isolateOf(location, failing)
  if (warm) await ask(isolate, world.config, bodyOf(kind))
  return async () => {
    failing.parts = parts
    try {
      const { answer, ids } = await ask(isolate, world.config, bodyOf(kind), new Set(), false)
      return { rung: answer.rung, degraded: answer.degraded, asOfMs: answer.availabilityAsOfMs, ids }
    } catch (error) {
      return { rung: error instanceof Problem ? error.code : String(error), degraded: [], asOfMs: null, ids: [] }
    }
  }
}

/** What is wrong with the four answers while `parts` fail, if it is said that `claimed` do. */
async function verdict(parts: readonly Part[], claimed: readonly Part[], mode: Mode, warm: boolean): Promise<string[]> {
  const wrong: string[] = []
  breakDown(location, [], mode)
  const asked = await Promise.all(KINDS.map((kind) => outcome(kind, parts, mode, warm)))
  breakDown(location, parts, mode)
  const answers = await Promise.all(asked.map((go) => go()))
  breakDown(location, [], mode)
  for (const [index, kind] of KINDS.entries()) {
    const answer = answers[index]!
    const owed = rungOwed(kind, claimed, warm) ?? 'unavailable'
    const what = `${kind}, ${parts.join('+')} ${mode}: ${answer.rung} ${answer.degraded.join()}`
    if (answer.rung !== owed) wrong.push(`${what}, owed ${owed}`)
    if (owed === 'unavailable') continue
    if (answer.ids.length < 12) wrong.push(`${what}: ${answer.ids.length} items`)
    const named: readonly string[] = answer.degraded
    const missing = namesOwed(kind, claimed, mode).filter((name) => !named.includes(name))
    if (missing.length > 0) wrong.push(`${what}, does not name ${missing.join()}`)
    const isHonest = answer.rung === 'L2' ? answer.asOfMs === null : (answer.asOfMs ?? 0) > 0
    if (!isHonest) wrong.push(`${what}: as of ${answer.asOfMs}`)
  }
  return wrong
}

for (const mode of MODES) {
  for (const warm of [true, false]) {
    const isolate = warm ? 'warm' : 'fresh'
    test(`${mode}, ${isolate} isolate: every subset of outages costs the rung it must`, {
      timeout: 60_000,
    }, async () => {
      const wrong: string[] = []
      for (const parts of subsets()) wrong.push(...(await verdict(parts, parts, mode, warm)))
      expect(wrong.join('\n')).toBe('')
    })
  }
}

test('negative control: an outage other than the one told is noticed', async () => {
  expect(await verdict(['d1'], ['live'], 'error', true)).not.toEqual([])
  expect(await verdict(['vectors'], ['d1'], 'error', true)).not.toEqual([])
  expect(await verdict(['d1'], ['d1', 'cache'], 'error', false)).not.toEqual([])
})

/** Until its breaker opened, and one more. */
const TO_OPEN = 6
/** A breaker's pause. */
const PAUSE_MS = 5_000

test('after its breaker has paused, D1 answers again', async () => {
  const isolate = isolateOf(location, { parts: [], mode: 'error' })
  const shelf = async () => (await ask(isolate, world.config, bodyOf('product'))).answer
  expect((await shelf()).rung).toBe('L2')
  breakDown(location, ['d1'], 'error')
  for (let n = 0; n < TO_OPEN; n++) expect((await shelf()).rung).toBe('L3')
  breakDown(location, [], 'error')
  expect((await shelf()).rung).toBe('L3')
  world.clock.advance(PAUSE_MS)
  expect(await shelf()).toMatchObject({ rung: 'L2', degraded: [], cache: 'none' })
})

test('after its breaker has paused, KV and the vector index are asked again', async () => {
  const isolate = isolateOf(location, { parts: [], mode: 'error' })
  const stranger = { placement: 'product', item_ids: [world.data.items[1]!.id] }
  breakDown(location, ['cache', 'vectors'], 'error')
  for (let n = 0; n < TO_OPEN; n++) expect((await ask(isolate, world.config, stranger)).answer.rung).toBe('L2')
  expect((await ask(isolate, world.config, stranger)).answer.degraded).toContain('vector_seed')
  breakDown(location, [], 'error')
  world.clock.advance(PAUSE_MS)
  const { answer } = await ask(isolate, world.config, stranger)
  expect([answer.rung, answer.degraded]).toEqual(['L2', []])
  expect(answer.sourceCounts.vector_seed).toBeGreaterThan(0)
  expect((await ask(isolate, world.config, stranger)).answer.cache).toBe('hit')
})

test('a D1 that is down for shared shelves is not held against KV', async () => {
  const isolate = isolateOf(location, { parts: [], mode: 'error' })
  const stranger = { placement: 'product', item_ids: [world.data.items[2]!.id] }
  breakDown(location, ['d1'], 'error')
  for (let n = 0; n < 2 * TO_OPEN; n++) {
    const { answer, ids } = await ask(isolate, world.config, stranger)
    expect([answer.rung, ids.length, isolate.memory.kv.open]).toEqual(['L3', 12, false])
  }
  breakDown(location, [], 'error')
})

test('KV lost first and D1 later still leaves the last good list', async () => {
  const isolate = isolateOf(location, { parts: [], mode: 'error' })
  const known = bodyOf('home')
  await ask(isolate, world.config, known)
  breakDown(location, ['cache'], 'error')
  // Long enough for the lists to be read again, from D1 alone.
  world.clock.advance(31_000)
  expect((await ask(isolate, world.config, known)).answer.rung).toBe('L2')
  breakDown(location, ['cache', 'd1'], 'error')
  const { answer, ids } = await ask(isolate, world.config, known)
  expect([answer.rung, ids.length]).toEqual(['L5', 12])
  breakDown(location, [], 'error')
})

test('a load of availability that never ends does not keep the next one from ending', async () => {
  const isolate = isolateOf(location, { parts: [], mode: 'hang' })
  const stranger = { placement: 'product', item_ids: [world.data.items[3]!.id] }
  breakDown(location, ['d1'], 'hang')
  await ask(isolate, world.config, stranger, new Set(), false)
  breakDown(location, [], 'hang')
  world.clock.advance(PAUSE_MS)
  await ask(isolate, world.config, stranger)
  expect((await ask(isolate, world.config, stranger)).answer.cache).toBe('hit')
})

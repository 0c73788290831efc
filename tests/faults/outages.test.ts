import { beforeAll, expect, test } from 'vitest'
import { Problem } from '../../shared/base/problem.ts'
import { writeVeto } from '../../shared/enrich/veto.ts'
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
    // D1 has the lists as well: a shelf that lost nothing is not called degraded.
    if (claimed.join() === 'cache' && named.length > 0) wrong.push(`${what}, names what cost nothing`)
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
  // At once: otherwise each one's success with KV makes good the failure before.
  const shelves = Array.from({ length: 2 * TO_OPEN }, () => ask(isolate, world.config, stranger))
  for (const { answer, ids } of await Promise.all(shelves)) expect([answer.rung, ids.length]).toEqual(['L3', 12])
  expect(isolate.memory.kv.open).toBe(false)
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

test('what is known for more than ninety seconds without D1 shows nothing, and says so', async () => {
  const fresh = await world.location()
  const isolate = fresh.isolate()
  await world.enrich.catalogue.writePulse(world.clock.now())
  await writeVeto(world.shop, world.enrich)
  fresh.d1.down()
  world.clock.advance(90_000)
  expect((await ask(isolate, world.config, bodyOf('product'))).ids).toHaveLength(12)
  world.clock.advance(1)
  const { answer, ids } = await ask(isolate, world.config, bodyOf('product'))
  expect([ids, answer.degraded.includes('availability_unknown')]).toEqual([[], true])
  expect(answer.availabilityAsOfMs).toBe(world.clock.now() - 90_001)
})

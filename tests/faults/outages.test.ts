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

for (const mode of MODES) {
  for (const warm of [true, false]) {
    test(`${mode}, ${warm ? 'warm' : 'fresh'} isolate: every subset of outages costs the rung it must`, {
      timeout: 60_000,
    }, async () => {
      const wrong: string[] = []
      for (const parts of subsets()) {
        breakDown(location, [], mode)
        const asked = await Promise.all(KINDS.map((kind) => outcome(kind, parts, mode, warm)))
        breakDown(location, parts, mode)
        const answers = await Promise.all(asked.map((go) => go()))
        for (const [index, kind] of KINDS.entries()) {
          const answer = answers[index]!
          const owed = rungOwed(kind, parts, warm) ?? 'unavailable'
          const what = `${kind}, ${parts.join('+')} ${mode}: ${answer.rung} ${answer.degraded.join()}`
          if (answer.rung !== owed) wrong.push(`${what}, owed ${owed}`)
          if (owed === 'unavailable') continue
          if (answer.ids.length < 12) wrong.push(`${what}: ${answer.ids.length} items`)
          const missing = namesOwed(kind, parts, mode).filter((name) => !answer.degraded.includes(name))
          if (missing.length > 0) wrong.push(`${what}, does not name ${missing.join()}`)
          if (answer.rung === 'L2' ? answer.asOfMs !== null : (answer.asOfMs ?? 0) <= 0)
            wrong.push(`${what}: as of ${answer.asOfMs}`)
        }
      }
      breakDown(location, [], mode)
      expect(wrong.join('\n')).toBe('')
    })
  }
}

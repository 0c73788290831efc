import { expect, test } from 'vitest'
import { NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { manualClock } from '../base/clock.ts'
import type { Fact } from '../domain/told_reason.ts'
import { kvKeys } from './keys.ts'
import { createPersonalValueEraser, personalMark } from './personal_values.ts'
import { createReasonStore } from './reasons.ts'

const kv = createMemoryKv({ clock: manualClock(NOW) })
const namesOf = async (prefix: string) => (await kv.list({ prefix })).keys.map(({ name }) => name)
const fact = (kind: Fact['kind']): Fact => ({
  ...{ id: 'f', kind, item: null, attribute: null, value: 'v', count: null, market: null, since: null, effect: true },
})

async function removeAll(): Promise<{ removed: number; pages: number }> {
  const eraser = createPersonalValueEraser(kv)
  let [removed, pages, cursor]: [number, number, string | null] = [0, 0, null]
  do {
    const page = await eraser.removePage(SHOP, cursor)
    removed += page.removed
    pages += 1
    cursor = page.next
  } while (cursor !== null)
  return { removed, pages }
}

test('what rests on a past or a search goes, and what is old enough to have no mark; the rest stays, and so does another shop', async () => {
  const reasons = createReasonStore(kv)
  for (const shop of [SHOP, OTHER_SHOP])
    for (const kind of ['popular', 'matches_query', 'own_item'] as const) {
      const reason = { evidence: 'e', text: 't', facts: [fact(kind)] }
      await reasons.putReason(shop, { digest: kind, key: kind, reason })
      await reasons.putPack(shop, kind, { v: 1, key: kind, locale: 'en', reasons: { i: reason }, madeAtMs: NOW })
    }
  await kv.put(kvKeys.order(SHOP, 'unmarked'), '{}')
  await kv.put(kvKeys.order(SHOP, 'shared'), '{}', personalMark(false))
  expect(await removeAll()).toEqual({ removed: 5, pages: 3 })
  expect(await namesOf(kvKeys.reason(SHOP, ''))).toEqual([kvKeys.reason(SHOP, 'popular')])
  expect(await namesOf(kvKeys.reasonPack(SHOP, ''))).toEqual([kvKeys.reasonPack(SHOP, 'popular')])
  expect(await namesOf(kvKeys.order(SHOP, ''))).toEqual([kvKeys.order(SHOP, 'shared')])
  expect(await namesOf(kvKeys.reason(OTHER_SHOP, ''))).toHaveLength(3)
  expect(await removeAll()).toEqual({ removed: 0, pages: 3 })
})

test('page by page, however many there are', async () => {
  for (let at = 0; at < 450; at++) await kv.put(kvKeys.reason(SHOP, `many-${at}`), '{}', personalMark(at % 2 === 0))
  expect((await removeAll()).removed).toBe(225)
  expect((await namesOf(kvKeys.reason(SHOP, 'many-'))).length).toBe(225)
})

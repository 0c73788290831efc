import { expect, test } from 'vitest'
import { createOperations, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock } from '../base/clock.ts'
import { AFTERMATH_MS } from '../domain/forgotten.ts'
import { createArchive } from '../store/archive.ts'
import { createErasureStore } from '../store/operations/erasures.ts'
import { createForgottenStore } from '../store/operations/forgotten.ts'
import { keepImpressions } from './keep_impressions.ts'

async function setUp() {
  const db = await createOperations()
  const bucket = createMemoryR2({ clock: manualClock(NOW) })
  const archive = createArchive(bucket)
  const [erasures, forgotten] = [createErasureStore(db), createForgottenStore(db)]
  const kept = async () => {
    const names = [...(await archive.impressionObjects(SHOP)), ...(await archive.impressionObjects(OTHER_SHOP))]
    return (await Promise.all(names.map(async (name) => (await bucket.get(name))!.text()))).join('\n')
  }
  return { archive, erasures, forgotten, kept }
}
const record = (shopper: string | null, at = NOW, shop = SHOP) => ({ shop, at, shopper })
const lines = (...records: object[]) => records.map((own) => JSON.stringify(own)).join('\n')

test('records of a shopper who was forgotten meanwhile are left out, wherever the erasure stands', async () => {
  const { archive, erasures, forgotten, kept } = await setUp()
  const all = [record('u:5'), record('u:55'), record(null), record('u:5', NOW, OTHER_SHOP)]
  await erasures.ask(SHOP, 'api', 'r', ['u:5'], NOW)
  await keepImpressions(all, 'one', { archive, forgotten })
  const others = lines(record('u:55'), record(null), record('u:5', NOW, OTHER_SHOP))
  expect(await kept()).toBe(others)
  await erasures.finished((await erasures.next())!.seq, {}, NOW)
  // Delivered again, and shown to somebody who came back.
  const later = record('u:5', NOW + AFTERMATH_MS + 1)
  await keepImpressions([...all, later], 'one', { archive, forgotten })
  expect((await kept()).split('\n').sort()).toEqual([...others.split('\n'), JSON.stringify(later)].sort())
})

test('an erasure that is asked for while records are written, and has listed the objects before, misses nothing', async () => {
  const { archive, erasures, forgotten, kept } = await setUp()
  const putImpressions: typeof archive.putImpressions = async (...input) => {
    await erasures.ask(SHOP, 'api', 'r', ['u:5'], NOW)
    return archive.putImpressions(...input)
  }
  await keepImpressions([record('u:5'), record('u:55')], 'one', { archive: { ...archive, putImpressions }, forgotten })
  expect(await kept()).toBe(lines(record('u:55')))
})

test('control: without the second look the record is there', async () => {
  const { archive, erasures, forgotten, kept } = await setUp()
  let looks = 0
  const once = {
    among: async (...input: [string, readonly string[]]) => (++looks === 1 ? new Map() : forgotten.among(...input)),
  }
  const blind = { among: async () => new Map<string, number>() }
  await erasures.ask(SHOP, 'api', 'r', ['u:5'], NOW)
  await keepImpressions([record('u:5')], 'one', { archive, forgotten: blind })
  expect(await kept()).toContain('u:5')
  await keepImpressions([record('u:5')], 'one', { archive, forgotten: once })
  expect(await kept()).toBe('')
})

import { expect, test } from 'vitest'
import { createCatalogue, DAY, iso, itemWrite, NOW, SHOP, tombstone } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import { createItemWriter } from './item_writes.ts'
import { createNewnessStore, newMatters } from './newness.ts'
import { createShelfReads } from './shelf_reads.ts'

const SEED = 20_261_143

async function setUp() {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const newness = createNewnessStore(db)
  const newest = async (limit = 10) =>
    (await createShelfReads(db, 'primary').gather(SHOP, [], [], 1, { found: false, newest: { nowMs: NOW, limit } }))
      .newest!
  const put = (id: string, daysOld: number) =>
    writer.apply(SHOP, [itemWrite({ id, created_at: iso(NOW - daysOld * DAY) })], NOW)
  return { db, writer, newness, newest, put }
}

test('the youngest come first, as soon as they are committed, and only within a month', async () => {
  const { newness, newest, put } = await setUp()
  for (let n = 0; n < 20; n++) await put(`old-${n}`, 100 + n)
  await newness.count(SHOP, NOW)
  expect(await newest()).toEqual([])
  await put('a', 3)
  await put('b', 0)
  await put('later', -1)
  expect(await newest()).toEqual([
    ['b', 1, 0],
    ['a', 0.9, 0],
  ])
  expect(await newest(1)).toEqual([['b', 1, 0]])
})

test('a shop that was just loaded has nothing new, whether it was counted or not', async () => {
  const { newness, newest, put } = await setUp()
  for (let n = 0; n < 10; n++) await put(`i${n}`, 1)
  expect(await newest()).toEqual([])
  await newness.count(SHOP, NOW)
  expect(await newest()).toEqual([])
})

test('many that come at once are no news; once they are a fifth, they are', async () => {
  const { newness, newest, put } = await setUp()
  for (let n = 0; n < 20; n++) await put(`old-${n}`, 100)
  await newness.count(SHOP, NOW)
  for (let n = 0; n < 5; n++) await put(`new-${n}`, 1)
  // Five of twenty-five.
  expect(await newest()).toHaveLength(5)
  await put('new-5', 1)
  expect(await newest()).toEqual([])
  // Old items that came meanwhile are not taken for new: six of thirty-six.
  for (let n = 0; n < 10; n++) await put(`more-${n}`, 100)
  expect(await newest()).toHaveLength(6)
  await newness.count(SHOP, NOW)
  expect(await newest()).toHaveLength(6)
})

test('a new item of a shop that was just loaded with old ones waits for no count', async () => {
  const { newest, put } = await setUp()
  for (let n = 0; n < 30; n++) await put(`old-${n}`, 100)
  await put('a', 0)
  expect(await newest()).toEqual([['a', 1, 0]])
})

test(`whether being new means anything is answered as a count would answer, at any moment (seed ${SEED})`, async () => {
  const { db, newness, newest, writer } = await setUp()
  const rng = seededRng(SEED)
  const ages = new Map<string, number>()
  for (let step = 0; step < 150; step++) {
    const id = `i${rng.int(60)}`
    if (ages.has(id) || rng.next() < 0.2) {
      await writer.apply(SHOP, [tombstone(id, NOW + step)], NOW)
      ages.delete(id)
    } else {
      const age = rng.next() < 0.2 ? 1 : 100
      ages.set(id, age)
      await writer.apply(SHOP, [itemWrite({ id, created_at: iso(NOW - age * DAY), updated_at: iso(NOW + step) })], NOW)
    }
    if (rng.next() < 0.1) await newness.count(SHOP, NOW, true)
    const fresh = [...ages.values()].filter((age) => age === 1).length
    const row = await db.prepare('SELECT fresh, made, fresh_made FROM shops').first<Record<string, number>>()
    // Deletions are known with the next count alone: a shop that was too new stays so until then.
    const isBehind = row!.fresh! > 0.2 * ages.size || row!.made === row!.fresh_made
    const wanted = fresh <= 0.2 * ages.size ? Math.min(10, fresh) : 0
    const told = (await newest()).length
    if (!isBehind) expect(told, `seed ${SEED}, step ${step}`).toBe(wanted)
    else expect([0, wanted], `seed ${SEED}, step ${step}`).toContain(told)
  }
})

test('where a shelf counts for itself, it counts by index and up to a limit', async () => {
  const { db } = await setUp()
  const plan = await db
    .prepare(`EXPLAIN QUERY PLAN SELECT ${newMatters('1', '2')} FROM shops s WHERE s.shop = 'x'`)
    .all<{ detail: string }>()
  expect(plan.results.map((row) => row.detail).join('; ')).toContain('items_by_age')
  expect(newMatters('1', '2')).toContain('LIMIT 10000')
})

test(`the counters are those of the items, whatever is written (seed ${SEED})`, async () => {
  const { db, writer } = await setUp()
  const rng = seededRng(SEED)
  let born = 0
  const alive = new Set<string>()
  for (let step = 1; step <= 300; step++) {
    const id = `i${rng.int(12)}`
    const isDelete = rng.next() < 0.4
    const atMs = NOW + step
    await writer.apply(
      SHOP,
      [isDelete ? tombstone(id, atMs) : itemWrite({ id, title: `t${step}`, updated_at: iso(atMs) })],
      NOW,
    )
    if (isDelete) alive.delete(id)
    else if (!alive.has(id)) {
      alive.add(id)
      born += 1
    }
    const row = await db.prepare('SELECT live, made FROM shops WHERE shop = ?1').bind(SHOP).first()
    expect(row, `seed ${SEED}, step ${step}`).toEqual({ live: alive.size, made: born })
  }
})

test('control: without the counters a loaded shop looks old', async () => {
  const { db, newest, put } = await setUp()
  for (let n = 0; n < 10; n++) await put(`i${n}`, 1)
  await db.prepare('UPDATE shops SET fresh_made = made').run()
  expect(await newest()).toHaveLength(10)
})

test('the newest are read by the index, no more rows than are asked for', async () => {
  const { db } = await setUp()
  const plan = await db
    .prepare(
      `EXPLAIN QUERY PLAN SELECT i.id FROM shops s CROSS JOIN items i INDEXED BY items_by_age
         ON i.shop = s.shop AND i.deleted_at IS NULL AND i.created_at > 1 AND i.created_at <= 2
       WHERE s.shop = 'x' ORDER BY i.created_at DESC LIMIT 5`,
    )
    .all<{ detail: string }>()
  const details = plan.results.map((row) => row.detail).join('; ')
  expect(details).toContain('items_by_age')
  expect(details).not.toContain('TEMP B-TREE')
})

import { expect, test } from 'vitest'
import {
  createCatalogue,
  itemWrite,
  NOW,
  OTHER_SHOP,
  rewritingD1,
  SHOP,
} from '../../../tests/support/unit_catalogue.ts'
import { type DeliveryRow, deliveryStatement, type WaitingEffect, waitingStatements } from './deliveries.ts'
import { createDeliveryStore, DELIVERIES_KEPT_MS } from './deliveries_store.ts'
import { createItemWriter } from './item_writes.ts'

const row = (over: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...{ source: 's', id: 'd-1', topic: 't', receivedAtMs: NOW, outcome: 'applied', counts: { items: 1 } },
  ...over,
})
const fetchOf = (over: Partial<WaitingEffect> = {}): WaitingEffect => ({
  ...{ source: 's', key: 'fetch:product:7', kind: 'fetch', ref: '7', effect: '{"n":1}' },
  ...{ atMs: NOW, createdAtMs: NOW, dueAtMs: NOW },
  ...over,
})
async function setUp() {
  const db = await createCatalogue()
  const store = createDeliveryStore(db)
  const remember = (own: DeliveryRow, shop = SHOP) => deliveryStatement(db, shop, own).run()
  const owe = (...effects: WaitingEffect[]) => store.owe(SHOP, effects)
  return { db, store, remember, owe }
}
const page = { shop: SHOP, source: null, before: null, limit: 100 }

test('a delivery is known by shop, source and id', async () => {
  const { store, remember } = await setUp()
  await remember(row())
  expect(await store.outcomeOf(SHOP, 's', 'd-1')).toBe('applied')
  expect(await store.outcomeOf(SHOP, 'other', 'd-1')).toBeNull()
  expect(await store.outcomeOf(OTHER_SHOP, 's', 'd-1')).toBeNull()
})

test('what is known stays as it was, but a dead letter may come to something', async () => {
  const { store, remember } = await setUp()
  await remember(row())
  await remember(row({ outcome: 'ignored' }))
  await remember(row({ id: 'd-2', outcome: 'dead_letter', counts: {} }))
  await remember(row({ id: 'd-2', outcome: 'applied' }))
  expect((await store.list(page)).map((one) => [one.id, one.outcome])).toEqual([
    ['d-1', 'applied'],
    ['d-2', 'applied'],
  ])
})

test('items and the memory of their delivery are one transaction', async () => {
  const { db, store } = await setUp()
  const broken = createItemWriter(
    rewritingD1(db, (sql) => sql.replace('INSERT INTO deliveries', 'INSERT INTO no_such_table')),
  )
  const beside = { source: 's', inventory: [], levels: [], waiting: [fetchOf()], delivery: row() }
  await expect(broken.apply(SHOP, [itemWrite()], NOW, beside)).rejects.toThrow()
  const traces = async () =>
    (
      await db
        .prepare('SELECT id FROM items UNION ALL SELECT item FROM outbox UNION ALL SELECT key FROM waiting_effects')
        .all()
    ).results.length
  expect([await traces(), await store.outcomeOf(SHOP, 's', 'd-1')]).toEqual([0, null])
  await createItemWriter(db).apply(SHOP, [itemWrite()], NOW, beside)
  expect([await traces(), await store.outcomeOf(SHOP, 's', 'd-1')]).toEqual([3, 'applied'])
})

test('pages follow one another without gap or repeat, also among deliveries of one moment', async () => {
  const { store, remember } = await setUp()
  for (let n = 0; n < 9; n++) await remember(row({ id: `d-${n}`, receivedAtMs: NOW + Math.floor(n / 4) }))
  const seen: string[] = []
  let before: Parameters<typeof store.list>[0]['before'] = null
  for (;;) {
    const rows = await store.list({ ...page, before, limit: 2 })
    if (rows.length === 0) break
    seen.push(...rows.map((one) => one.id))
    const last = rows.at(-1)!
    before = { receivedAtMs: last.receivedAtMs, source: last.source, id: last.id }
  }
  expect(seen).toEqual(['d-8', 'd-4', 'd-5', 'd-6', 'd-7', 'd-0', 'd-1', 'd-2', 'd-3'])
})

test('deliveries are forgotten after two weeks and not before', async () => {
  const { store, remember } = await setUp()
  await remember(row())
  expect(await store.forget(NOW + DELIVERIES_KEPT_MS, 10)).toBe(0)
  expect(await store.forget(NOW + DELIVERIES_KEPT_MS + 1, 10)).toBe(1)
  expect(DELIVERIES_KEPT_MS).toBeGreaterThanOrEqual(7 * 86_400_000)
})

test('asking twice is one piece of work, with the later clock', async () => {
  const { store, owe } = await setUp()
  await owe(fetchOf({ atMs: NOW + 5, effect: '{"n":2}' }))
  await owe(fetchOf({ atMs: NOW, effect: '{"n":1}' }))
  const claimed = await store.claim(NOW, NOW + 1, 10)
  expect(claimed).toMatchObject([{ effect: '{"n":2}', atMs: NOW + 5, version: 2, attempts: 1 }])
})

test('what one run has claimed no other gets, until its time is over', async () => {
  const { store, owe } = await setUp()
  await owe(fetchOf(), fetchOf({ key: 'fetch:product:8', dueAtMs: NOW + 1 }))
  const claims = await Promise.all([1, 2, 3].map(() => store.claim(NOW, NOW + 100, 10)))
  expect(claims.map((own) => own.length).sort()).toEqual([0, 0, 1])
  expect(await store.due(NOW)).toBe(0)
  expect(await store.claim(NOW + 100, NOW + 200, 10)).toHaveLength(2)
})

test('a refund that waits is not made younger by being told again; a fetch is', async () => {
  const { db, owe } = await setUp()
  await owe(fetchOf({ kind: 'refund', key: 'refund:1' }), fetchOf())
  await owe(fetchOf({ kind: 'refund', key: 'refund:1', createdAtMs: NOW + 9 }), fetchOf({ createdAtMs: NOW + 9 }))
  const { results } = await db.prepare('SELECT kind, created_at FROM waiting_effects ORDER BY kind').all()
  expect(results).toEqual([
    { kind: 'fetch', created_at: NOW + 9 },
    { kind: 'refund', created_at: NOW },
  ])
})

test('many effects of one delivery take few statements', async () => {
  const { db } = await setUp()
  const many = Array.from({ length: 450 }, (_, n) => fetchOf({ key: `k-${n}` }))
  expect(waitingStatements(db, SHOP, many)).toHaveLength(3)
  expect(waitingStatements(db, SHOP, [])).toEqual([])
})

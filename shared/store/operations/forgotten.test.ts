import { expect, test } from 'vitest'
import { createOperations, DAY, interaction, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { AFTERMATH_MS, FORGOTTEN_KEPT_MS } from '../../domain/forgotten.ts'
import { createErasureStore, type ErasedShoppers } from './erasures.ts'
import { createEventInbox, forgottenId } from './event_inbox.ts'
import { createForgottenStore } from './forgotten.ts'
import { createOrderStore } from './orders.ts'

async function setUp() {
  const db = await createOperations()
  const [erasures, inbox, orders] = [createErasureStore(db), createEventInbox(db), createOrderStore(db)]
  let batches = 0
  return {
    ...{ db, erasures, inbox, orders, forgotten: createForgottenStore(db) },
    ask: (shoppers: ErasedShoppers) => erasures.ask(SHOP, 'api', 'r', shoppers, NOW),
    async finish(nowMs = NOW) {
      await erasures.finished((await erasures.next())!.seq, {}, nowMs)
    },
    /** The shoppers whose events wait in the inbox after one event of each was told. */
    async kept(atMs: number, shop = SHOP) {
      const batch = `b-${++batches}`
      const events = ['u:5', 'u:55'].map((shopper) => {
        const eventId = `${batch}-${shopper}`
        return { eventId, interactions: [interaction({ eventId, shopper, atMs })] }
      })
      const { kept, forgotten } = await inbox.accept(shop, events, batch, NOW, null)
      expect(kept.size + forgotten).toBe(2)
      const all = await inbox.batches(0, 1_000)
      return all.flatMap((own) => own.interactions).flatMap((own) => (own.eventId.startsWith(batch) ? own.shopper : []))
    },
  }
}

test('while an erasure is under way nothing of the shopper is taken, whatever it is dated', async () => {
  const { ask, kept } = await setUp()
  await ask(['u:5'])
  expect(await kept(NOW - DAY)).toEqual(['u:55'])
  expect(await kept(NOW + DAY)).toEqual(['u:55'])
  expect(await kept(NOW, OTHER_SHOP)).toEqual(['u:5', 'u:55'])
})

test('after it what happened before is not taken, and what happens after is', async () => {
  const { ask, finish, kept } = await setUp()
  await ask(['u:5'])
  await finish()
  expect(await kept(NOW + AFTERMATH_MS)).toEqual(['u:55'])
  expect(await kept(NOW + AFTERMATH_MS + 1)).toEqual(['u:5', 'u:55'])
})

test('of everybody', async () => {
  const { ask, finish, kept, forgotten } = await setUp()
  await ask('all')
  await finish()
  expect(await kept(NOW)).toEqual([])
  expect(await kept(NOW, OTHER_SHOP)).toEqual(['u:5', 'u:55'])
  expect(await forgotten.among(SHOP, ['u:1'])).toEqual(new Map([['u:1', NOW + AFTERMATH_MS]]))
})

test('of an event that comes late only a hash of the id is kept, and the sender is told the same again', async () => {
  const { ask, finish, inbox, db } = await setUp()
  await ask(['u:5'])
  await finish()
  const events = ['u:5', 'u:55'].map((shopper) => {
    const eventId = `sk:${shopper}-order`
    return { eventId, interactions: [interaction({ eventId, shopper, atMs: NOW })] }
  })
  const tell = (batch: string) => inbox.accept(SHOP, events, batch, NOW, null)
  expect(await tell('r/1')).toEqual({ kept: new Set(['sk:u:55-order']), forgotten: 1 })
  const { results } = await db.prepare('SELECT event_id FROM event_ids ORDER BY event_id').all()
  expect(results.map((row) => row.event_id)).toEqual([forgottenId('sk:u:5-order'), 'sk:u:55-order'])
  expect(await tell('r/2')).toEqual({ kept: new Set(), forgotten: 0 })
  const ids = events.map(({ eventId }) => eventId)
  expect(await inbox.acceptedBy(SHOP, [...ids, 'sk:other'], 'r/')).toEqual(new Set(ids))
  expect(await inbox.acceptedBy(SHOP, ids, 'other/')).toEqual(new Set())
})

test('an event that was taken before its shopper was forgotten is no new one when it comes again', async () => {
  const { ask, inbox } = await setUp()
  const eventId = 'sk:u:5-order'
  const tell = (batch: string) =>
    inbox.accept(SHOP, [{ eventId, interactions: [interaction({ eventId, shopper: 'u:5' })] }], batch, NOW, null)
  expect((await tell('b-1')).kept.size).toBe(1)
  await ask(['u:5'])
  expect(await tell('b-2')).toEqual({ kept: new Set(), forgotten: 0 })
})

test('an order that is told again brings nobody back', async () => {
  const { ask, finish, orders } = await setUp()
  await ask(['u:5'])
  await finish()
  const told = ['u:5', 'u:55'].map((shopper) => ({ order: `of ${shopper}`, shopper }))
  await orders.put(SHOP, 'shopify', told, NOW + DAY)
  expect(await orders.shoppers(SHOP, 'shopify', ['of u:5', 'of u:55'])).toEqual(new Map([['of u:55', 'u:55']]))
})

test('who was forgotten is known for a month, and then no more', async () => {
  const { ask, finish, forgotten } = await setUp()
  await ask(['u:5'])
  expect(await forgotten.tidy(Number.MAX_SAFE_INTEGER, 10)).toBe(0)
  await finish()
  expect([...(await forgotten.among(SHOP, ['u:5', 'u:55'])).keys()]).toEqual(['u:5'])
  expect(await forgotten.tidy(NOW + FORGOTTEN_KEPT_MS, 10)).toBe(0)
  expect(await forgotten.tidy(NOW + FORGOTTEN_KEPT_MS + 1, 10)).toBe(1)
  expect((await forgotten.among(SHOP, ['u:5'])).size).toBe(0)
})

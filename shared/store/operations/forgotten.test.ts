import { expect, test } from 'vitest'
import { createOperations, DAY, interaction, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { AFTERMATH_MS, FORGOTTEN_KEPT_MS } from '../../domain/forgotten.ts'
import { createErasureStore, type ErasedShoppers } from './erasures.ts'
import { createEventInbox } from './event_inbox.ts'
import { createForgottenStore } from './forgotten.ts'
import { createOrderStore } from './orders.ts'

async function setUp() {
  const db = await createOperations()
  const [erasures, inbox, orders] = [createErasureStore(db), createEventInbox(db), createOrderStore(db)]
  let batches = 0
  return {
    ...{ erasures, inbox, orders, forgotten: createForgottenStore(db) },
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
      expect((await inbox.accept(shop, events, batch, NOW, null)).size).toBe(2)
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

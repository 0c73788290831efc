import { expect, test } from 'vitest'
import { createLive, createOperations, iso, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { LIMITS } from '../domain/limits.ts'
import { signRecommendationId } from '../recommend/recommendation_id.ts'
import type { LiveStore } from '../store/live/live.ts'
import { createD1LiveStore } from '../store/live/live_d1.ts'
import { createEventInbox } from '../store/operations/event_inbox.ts'
import { acceptEvents } from './accept_events.ts'

const SECRET = 'unit-test-signing-secret'

async function setUp(live?: Pick<LiveStore, 'append'>) {
  const inbox = createEventInbox(await createOperations())
  const liveStore = createD1LiveStore(await createLive())
  const failures: unknown[] = []
  let made = 0
  const deps = {
    inbox,
    live: live ?? liveStore,
    signingSecret: SECRET,
    unique: () => `u${++made}`,
    onLiveFailure: (error: unknown) => void failures.push(error),
  }
  return {
    inbox,
    liveStore,
    failures,
    send: (events: readonly unknown[], kind: 'pk' | 'sk' = 'pk', shop = SHOP) =>
      acceptEvents(shop, kind, events, deps, NOW),
    stored: async () => (await inbox.batches(0, 1_000_000)).flatMap((batch) => batch.interactions),
  }
}

const view = (over: object = {}) => ({ type: 'view', user_id: 'u', item_id: 'a', event_id: 'e1', ...over })

test('takes what is valid and names what is not, each at its place', async () => {
  const { send, stored } = await setUp()
  const result = await send([
    view(),
    { type: 'view' },
    view({ event_id: 'e2', item_id: 7 }),
    'nonsense',
    view({ event_id: 'e3' }),
  ])
  expect([result.accepted, result.duplicates]).toEqual([2, 0])
  expect(result.rejected.map((reject) => reject.index)).toEqual([1, 2, 3])
  expect(result.rejected[1]!.errors[0]!.pointer).toBe('/item_id')
  expect((await stored()).map((one) => one.eventId)).toEqual(['pk:e1', 'pk:e3'])
})

test('an event counts once, within a request and between requests; one without an id is always new', async () => {
  const { send, stored } = await setUp()
  expect(await send([view(), view(), view({ event_id: undefined })])).toMatchObject({ accepted: 2, duplicates: 1 })
  expect(await send([view(), view({ event_id: undefined })])).toMatchObject({ accepted: 1, duplicates: 1 })
  expect(await stored()).toHaveLength(3)
})

test('an attribution that this shop never gave is dropped with a warning, and the event is kept', async () => {
  const { send, stored } = await setUp()
  const facts = { placement: 'home', rung: 'L2' as const, holdout: false, atMs: NOW }
  const own = await signRecommendationId(SECRET, SHOP, facts, new Uint8Array(6))
  const foreign = await signRecommendationId(SECRET, OTHER_SHOP, facts, new Uint8Array(6))
  const forged = `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`
  const result = await send(
    [own, foreign, forged, 'x'].map((id, index) => view({ event_id: `e${index}`, recommendation_id: id })),
  )
  expect([result.accepted, result.rejected, result.warnings.map((one) => one.index)]).toEqual([4, [], [1, 2, 3]])
  expect((await stored()).map((one) => one.recommendationId)).toEqual([own, null, null, null])
})

test.each<['pk' | 'sk', number, boolean]>([
  ['pk', LIMITS.eventMaxAheadMs, true],
  ['pk', LIMITS.eventMaxAheadMs + 1, false],
  ['sk', LIMITS.eventMaxAheadMs + 1, false],
  ['pk', -LIMITS.eventMaxAgeMs, true],
  ['pk', -LIMITS.eventMaxAgeMs - 1, false],
  ['sk', -LIMITS.eventMaxAgeMs - 1, true],
  ['sk', -40 * 365 * 86_400_000, true],
])('a %s key telling of a moment %d ms from now: %s', async (kind, offsetMs, taken) => {
  const { send } = await setUp()
  const result = await send([view({ occurred_at: iso(NOW + offsetMs) })], kind)
  expect(result.accepted).toBe(taken ? 1 : 0)
  if (!taken) expect(result.rejected[0]!.errors[0]!.pointer).toBe('/occurred_at')
})

test('ids of browser keys are forgotten after a day, those of secret keys never', async () => {
  const { send, inbox } = await setUp()
  await send([view()], 'pk')
  await send([view({ event_id: 's1' })], 'sk')
  expect(await inbox.forgetIds(NOW + LIMITS.eventIdTtlMs + 1, 10)).toBe(1)
  expect(await send([view()], 'pk')).toMatchObject({ accepted: 1, duplicates: 0 })
  expect(await send([view({ event_id: 's1' })], 'sk')).toMatchObject({ accepted: 0, duplicates: 1 })
})

test('what a browser names cannot shut out what a server names', async () => {
  const { send } = await setUp()
  expect(await send([view({ event_id: 'order-1' })], 'pk')).toMatchObject({ accepted: 1 })
  expect(await send([view({ event_id: 'order-1' })], 'sk')).toMatchObject({ accepted: 1, duplicates: 0 })
})

test('a live store that fails costs no event, and is told of', async () => {
  const { send, stored, failures } = await setUp({ append: async () => Promise.reject(new Error('down')) })
  expect(await send([view()])).toMatchObject({ accepted: 1, rejected: [] })
  expect([await stored(), failures]).toMatchObject([[{ item: 'a' }], [{ message: 'down' }]])
})

test('an inbox that fails is told to the sender, and nothing reaches the live store', async () => {
  const written: unknown[] = []
  const deps = {
    inbox: { accept: async () => Promise.reject(new Error('D1_ERROR')) },
    live: { append: async () => void written.push(1) },
    signingSecret: SECRET,
    unique: () => 'u',
    onLiveFailure: () => {},
  }
  await expect(acceptEvents(SHOP, 'pk', [view()], deps, NOW)).rejects.toThrow('D1_ERROR')
  expect(written).toEqual([])
})

test("only what tells of taste becomes a shopper's recent past, and users are not anonymous visitors", async () => {
  const { send, liveStore } = await setUp()
  await send([
    view({ event_id: '1', occurred_at: iso(NOW - 10) }),
    { type: 'impression', user_id: 'u', item_ids: ['x', 'y'], event_id: '2' },
    { type: 'feedback', user_id: 'u', item_id: 'f', value: 0, event_id: '3', occurred_at: iso(NOW - 20) },
    view({ event_id: '4', user_id: undefined, anonymous_id: 'u', item_id: 'anonymous' }),
  ])
  expect((await liveStore.recent(SHOP, 'u:u')).map((own) => [own.item, own.value])).toEqual([
    ['f', -1],
    ['a', null],
  ])
  expect((await liveStore.recent(SHOP, 'a:u')).map((own) => own.item)).toEqual(['anonymous'])
})

test('the largest bulk of events with many items is cut into values that D1 takes', async () => {
  const { send, stored } = await setUp()
  const items = Array.from({ length: LIMITS.impressionItems }, (_, index) => `item-number-${index}`)
  const many = Array.from({ length: 1_000 }, (_, index) => ({
    type: 'impression',
    anonymous_id: 'a'.repeat(36),
    event_id: `${'e'.repeat(30)}${index}`,
    item_ids: items,
  }))
  expect((await send(many, 'sk')).accepted).toBe(1_000)
  expect(await stored()).toHaveLength(50_000)
})

test.each<[string, object, Array<[string, number, number | null]>]>([
  ['a purchase of one', { type: 'purchase', item_id: 'a', quantity: 2, price: 5 }, [['a', 2, 5]]],
  [
    'lines win',
    { type: 'purchase', item_id: 'a', items: [{ item_id: 'b' }, { item_id: 'c', quantity: 3, price: 1 }] },
    [
      ['b', 1, null],
      ['c', 3, 1],
    ],
  ],
  ['a refund', { type: 'refund', item_id: 'a' }, [['a', 1, null]]],
])('%s as interactions', async (_name, over, expected) => {
  const { send, stored } = await setUp()
  await send([{ user_id: 'u', event_id: 'e', ...over }])
  expect((await stored()).map((one) => [one.item, one.quantity, one.price])).toEqual(expected)
})

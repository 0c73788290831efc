/** A shop with its shoppers, and one among them who leaves something behind at every door. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/base/clock.ts'
import { runLearning } from '../../../shared/enrich/learn_shops.ts'
import { runFold } from '../../../shared/enrich/run.ts'
import { createModelCallStore } from '../../../shared/store/operations/model_calls.ts'
import { createReasonStore } from '../../../shared/store/reasons.ts'
import { QUEUES } from '../../../workers/enrich/queues.ts'
import { demoShop } from '../../support/shops.ts'
import { secretOf, signShopify } from '../../support/webhook_senders.ts'
import type { Victim } from './canaries.ts'
import type { Stage } from './stage.ts'
import type { Surroundings } from './surroundings.ts'

export const SHOP = 'shop-of-the-victim'
/** With the same names of everybody. */
export const OTHER_SHOP = 'shop-beside-it'
const SOURCE = 'shopify'
const SECRET = secretOf('shopify', 'erasure')
/** Learning needs some; more take longer. */
const EVENTS = 700
const ITEMS = 60

const data = demoShop('hearth-and-field')
const known = new Set(data.items.slice(0, ITEMS).map((item) => item.id))
const events = (data.events as Array<Record<string, unknown>>)
  .filter((event) => known.has(String(event.item_id)) && event.items === undefined)
  .slice(-EVENTS)
export const START_MS = data.newestMs + HOUR_MS
const iso = (ms: number) => new Date(ms).toISOString()
const some = [...known]
const names = (victim: Victim) => [
  { user_id: victim.user },
  { anonymous_id: victim.anonymous },
  { session_id: victim.session },
]

let deliveries = 0

/** A signed delivery of the platform. */
export function shopifyDelivery(topic: string, body: unknown, atMs: number, id = `delivery-${++deliveries}`) {
  return signShopify(SECRET, { topic, id, triggeredAtMs: atMs, shopDomain: 'unit.myshopify.com' }, JSON.stringify(body))
}

export const personOf = ({ customer, email, phone }: Victim) => ({
  id: Number(customer),
  email,
  phone,
  first_name: 'Jane',
})
const orderOf = (victim: Victim, id: string, customer: unknown, atMs: number) => ({
  ...{ id: Number(id), name: `#${id}`, email: victim.email, phone: victim.phone, customer, currency: 'GBP' },
  ...{ financial_status: 'paid', created_at: iso(atMs), processed_at: iso(atMs), cancelled_at: null, refunds: [] },
  line_items: [{ id: 1, product_id: 5, variant_id: 51, quantity: 1, price: '10.00' }],
})
const refundOf = (order: string, atMs: number) => ({
  ...{ id: Number(order) + 1, order_id: Number(order), created_at: iso(atMs), processed_at: iso(atMs) },
  refund_line_items: [{ quantity: 1, line_item: { id: 1, product_id: 5, variant_id: 51, price: '10.00' } }],
  transactions: [{ kind: 'refund', amount: '10.00' }],
})
/** An order that cannot be read: it is kept whole among the dead letters. */
const brokenOrder = (victim: Victim, atMs: number) => ({
  ...orderOf(victim, victim.order, personOf(victim), atMs),
  id: { not: 'an id' },
})

/** Both shops with items, events and everything that crons make of them. */
export async function furnish(stage: Stage, time: Surroundings): Promise<void> {
  for (const shop of [SHOP, OTHER_SHOP]) {
    await stage.putShop(shop, data.body)
    await stage.ask(shop, 'PUT', `/v1/webhooks/${SOURCE}`, { kind: 'shopify', secrets: [SECRET] })
    await stage.ask(shop, 'POST', '/v1/items:bulk', linesOf(data.items.slice(0, ITEMS)), 'sk', 'application/x-ndjson')
    await stage.ask(shop, 'POST', '/v1/events:bulk', linesOf(events), 'sk', 'application/x-ndjson')
    await stage.ask(shop, 'PUT', '/v1/gates/generic', { mode: 'live', crossing: 1_000 })
  }
  await catchUp(stage, time)
}

const linesOf = (values: readonly unknown[]) => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`

/** Minutes as crons have them. */
export async function catchUp(stage: Stage, time: Surroundings, minutes = 3, held: readonly string[] = []) {
  for (let minute = 0; minute < minutes; minute++) {
    await stage.deliverQueues(held)
    await stage.cron('work')
    await stage.deliverQueues(held)
    time.advance(MINUTE_MS)
  }
}

/** What somebody leaves behind at every door. @param suffix tells two shoppers' events apart */
export async function leaveTraces(stage: Stage, time: Surroundings, shop: string, victim: Victim): Promise<void> {
  const nowMs = time.now()
  const whoever = names(victim)
  const told = whoever.flatMap((who, nth) =>
    some.slice(0, 8).map((item_id, at) => ({
      ...{ type: at % 3 === 2 ? 'purchase' : at % 3 === 1 ? 'add_to_cart' : 'view', item_id, ...who },
      // An id that names its shopper, as many senders make them.
      event_id: `${Object.values(who)[0]}-${at}`,
      occurred_at: iso(nowMs - (nth * 8 + at + 1) * HOUR_MS),
    })),
  )
  const kept = { type: 'feedback', item_id: some[0], user_id: victim.user, value: 'like', event_id: `plain-${nowMs}` }
  await stage.ask(shop, 'POST', '/v1/events', { events: [...told, kept] })
  await stage.ask(shop, 'POST', '/v1/events', { events: [{ type: 'view', item_id: some[1], ...whoever[1] }] }, 'pk')
  // A history of orders that knows addresses alone.
  const csv = `order_id,email,product_id,quantity,price,created_at\nh-1,${victim.email},${some[2]},1,10.00,${iso(nowMs - DAY_MS)}\n`
  await stage.ask(shop, 'POST', '/v1/events:bulk?format=orders', csv, 'sk', 'text/csv')
  await platformTells(stage, time, shop, victim)
  await shelves(stage, shop, victim)
}

async function platformTells(stage: Stage, time: Surroundings, shop: string, victim: Victim): Promise<void> {
  const nowMs = time.now()
  // Told as a guest's first, and then as a customer's: the store knows both names.
  const order = orderOf(victim, victim.order, null, nowMs - HOUR_MS)
  for (const [topic, body] of [
    ['orders/create', order],
    ['orders/updated', { ...order, customer: personOf(victim) }],
    ['orders/create', orderOf(victim, victim.guestOrder, null, nowMs - HOUR_MS)],
    ['orders/create', brokenOrder(victim, nowMs)],
    ['customers/data_request', { customer: personOf(victim), orders_requested: [] }],
  ] as const) {
    const { headers, body: text } = shopifyDelivery(topic, body, nowMs)
    await stage.deliver(shop, SOURCE, headers, text)
  }
  // Of an order that never comes; who asks to be forgotten names it.
  const waiting = shopifyDelivery('refunds/create', refundOf(`${victim.guestOrder}9`, nowMs), nowMs)
  await stage.deliver(shop, SOURCE, waiting.headers, waiting.body)
}

async function shelves(stage: Stage, shop: string, victim: Victim): Promise<void> {
  for (const who of names(victim)) {
    const base = { limit: 8, locale: 'en-GB', ...who }
    for (const body of [
      { placement: 'home', explain: 'full' },
      { placement: 'generic', query: victim.words, explain: 'full', wait_ms: 300 },
      { placement: 'generic', query: victim.words, explain: 'full', wait_ms: 300 },
      { placement: 'cart', cart_item_ids: [some[3]], explain: 'trace' },
    ])
      await stage.ask(shop, 'POST', '/v1/recommendations', { ...base, ...body })
    const [[name, id]] = Object.entries(who) as [[string, string]]
    const query = new URLSearchParams({ placement: 'home', item_id: some[4]!, [name]: id })
    await stage.ask(shop, 'GET', `/v1/explain?${query}`)
  }
}

/** Half a run of learning, events that wait, and what a model said of the victim's past and search. */
export async function underWay(stage: Stage, time: Surroundings, victim: Victim): Promise<void> {
  time.advance(LEARNS_AGAIN_MS)
  // The same events would not be learned again.
  const latest = { type: 'view', item_id: some[8], ...names(victim)[0], event_id: 'learned-anew' }
  await stage.ask(SHOP, 'POST', '/v1/events', { events: [latest] })
  await runFold(stage.enrich)
  await runLearning(stage.enrich, { units: LEARNING_UNITS })
  const more = names(victim).map((who, at) => ({
    type: 'view',
    item_id: some[9 + at],
    ...who,
    event_id: `waits-${at}`,
  }))
  await stage.ask(SHOP, 'POST', '/v1/events', { events: more })
  const { CACHE, OPERATIONS } = stage.platform.bindings
  const item = { id: some[0]!, title: 'A thing' }
  const none = { attribute: null, count: null, market: null, since: null, effect: true } as const
  const facts = [
    { id: 'query:1', kind: 'matches_query', item: null, value: victim.words, ...none },
    { id: 'own:1', kind: 'own_item', item, value: null, ...none },
  ] as const
  const reason = { evidence: 'e', text: `Matches your search for ${victim.words}.`, facts: [...facts] }
  const reasons = createReasonStore(CACHE)
  await reasons.putReason(SHOP, { digest: 'd-1', key: 'k', reason })
  const pack = { v: 1, key: 'k', locale: 'en', reasons: { [item.id]: reason }, madeAtMs: time.now() } as const
  await reasons.putPack(SHOP, 'd-1', pack)
  const calls = createModelCallStore(OPERATIONS)
  const call = { key: 'reasons:planted', shop: SHOP, purpose: 'reasons', model: 'm', maxMicro: 10 }
  await calls.reserve([call], 'claim', null, 1e9, time.now())
  const answer = { text: reason.text, reason: null, inputTokens: 1, outputTokens: 1, microCost: 1 }
  await calls.settle([[call.key, answer]], 'claim', time.now())
}
const LEARNS_AGAIN_MS = 11 * MINUTE_MS
const LEARNING_UNITS = 12

/** What was under way while the victim was forgotten, and comes afterwards. */
export async function comeLate(
  stage: Stage,
  shop: string,
  victim: Victim,
  wasMs: number,
  nowMs: number,
): Promise<void> {
  const [user, visitor] = names(victim)
  const event = (who: object, id: string) => ({
    type: 'view',
    item_id: some[5],
    ...who,
    // As they were named who came in time: what nobody kept is no reason to keep its name.
    event_id: `${Object.values(who)[0]}-${id}`,
    occurred_at: iso(wasMs),
  })
  await stage.ask(shop, 'POST', '/v1/events', { events: [event(user!, 'late-1'), event(visitor!, 'late-2')] })
  await stage.ask(shop, 'POST', '/v1/events', { events: [event(visitor!, 'late-3')] }, 'pk')
  for (const [topic, body] of [
    ['orders/updated', orderOf(victim, victim.order, personOf(victim), wasMs)],
    ['orders/create', brokenOrder(victim, wasMs)],
  ] as const) {
    const { headers, body: text } = shopifyDelivery(topic, body, nowMs)
    await stage.deliver(shop, SOURCE, headers, text)
  }
}

export const IMPRESSIONS = QUEUES.impressions

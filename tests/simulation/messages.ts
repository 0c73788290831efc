/** What the platforms send about what happened: one message a fact, delivered until it is acknowledged. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import type { Rng } from '../../shared/base/rng.ts'
import {
  type Delivery,
  type SentItem,
  type SentOrder,
  secretOf,
  shopifyDelete,
  shopifyLevel,
  shopifyOrder,
  shopifyProduct,
  shopifyRefund,
  signShopify,
  signStandard,
  signWooCommerce,
  standardDelete,
  standardItem,
  wooDelete,
  wooOrder,
  wooProduct,
} from '../support/webhook_senders.ts'
import type { Change, ItemTruth, Life, OrderTruth, SimShop } from './story.ts'

/** What is known of the world once a message was acknowledged. */
export type Fact =
  | { kind: 'item'; item: string; clock: number; truth: ItemTruth | null }
  | { kind: 'level'; item: string; variant: string; location: string; clock: number; units: number }
  /** Lines bought or returned; each counts once, however often its order is told. */
  | { kind: 'lines'; type: 'purchase' | 'refund'; lines: readonly string[] }
  /** A delivery that cannot be taken and has to be found among the dead letters. */
  | { kind: 'bad' }
  /** A signature that nobody made; it is refused and nothing comes of it. */
  | { kind: 'forged' }

export interface Message {
  number: number
  shop: SimShop
  /** The item, order or refund that it is about; for the report. */
  about: string
  topic: string
  /** The same over attempts where the platform says so. */
  id: string
  atMs: number
  fact: Fact
  /** One attempt, signed. */
  send(sentAtMs: number, attempt: number): Delivery
}

/** Pauses of a sender that got no answer; the last one repeats. */
export const RETRY_MS: Readonly<Record<SimShop['platform'], readonly number[]>> = {
  // Eight over four hours.
  shopify: [10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 45 * MINUTE_MS, HOUR_MS, HOUR_MS],
  // It does not come again by itself: a person sends it once more.
  woocommerce: [20 * MINUTE_MS],
  // The schedule of the specification; it ends 75 h 35 min 5 s after the first attempt.
  standard: [
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
  ],
}
export const STALE_RETRY_MS = 75 * HOUR_MS + 35 * MINUTE_MS + 5 * SECOND_MS

export const secretOfShop = ({ platform, shop }: SimShop): string => secretOf(platform, shop)
/** The source's name in its address. */
export const sourceOf = ({ platform }: SimShop): string => platform

type Draft = Omit<Message, 'number' | 'send' | 'id'> & { body: string; triggeredAtMs?: number }

/** Every message of a world, in the order in which things happened. */
export function writeMessages(
  rng: Rng,
  lives: readonly Life[],
  orders: readonly OrderTruth[],
  badShare: number,
): Message[] {
  const drafts = [...lives.flatMap((life) => ofLife(rng, life)), ...orders.flatMap((order) => ofOrder(rng, order))]
  const bad = Array.from({ length: Math.ceil(drafts.length * badShare) }, (_, n) => badDraft(rng, rng.pick(drafts), n))
  const forged = Array.from({ length: Math.ceil(drafts.length * badShare) }, () => forgedDraft(rng.pick(drafts)))
  return [...drafts, ...bad, ...forged].sort((a, b) => a.atMs - b.atMs).map(toMessage)
}

function toMessage(draft: Draft, number: number): Message {
  const { body, triggeredAtMs, ...known } = draft
  const { shop, topic, atMs } = known
  const secret = known.fact.kind === 'forged' ? secretOf(shop.platform, 'another sender') : secretOfShop(shop)
  const id = `${shop.platform}-${number}`
  let original: Delivery | null = null
  const send = (sentAtMs: number, attempt: number): Delivery => {
    switch (shop.platform) {
      case 'shopify': {
        const envelope = { topic, id, triggeredAtMs: triggeredAtMs ?? atMs, shopDomain: `${shop.shop}.example` }
        original ??= signShopify(secret, envelope, body)
        return original
      }
      case 'woocommerce':
        return signWooCommerce(secret, topic, `${id}-${attempt}`, body)
      case 'standard':
        return signStandard(secret, id, sentAtMs, body)
    }
  }
  return { ...known, number, id, send }
}

const ofLife = (rng: Rng, life: Life): Draft[] =>
  life.changes.flatMap((change, index) => ofChange(rng, life, change, index === 0))

function ofChange(rng: Rng, life: Life, change: Change, isFirst: boolean): Draft[] {
  const { shop, item } = life
  const base = { shop, about: item, atMs: change.atMs }
  const sent = change.truth && sentItem(shop, item, change.truth, life.changes[0]!.atMs, change.atMs)
  const fact: Fact = { kind: 'item', item, clock: clockOf(shop, change), truth: change.truth }
  switch (shop.platform) {
    case 'standard':
      return sent === null
        ? [{ ...base, topic: 'product.deleted', body: standardDelete(item, change.atMs), fact }]
        : [{ ...base, topic: 'product.updated', body: standardItem(sent), fact }]
    case 'woocommerce':
      if (sent === null) return [{ ...base, topic: 'product.deleted', body: wooDelete(item), fact }]
      return [{ ...base, topic: isFirst ? 'product.created' : 'product.updated', body: wooProduct(sent), fact }]
    case 'shopify':
      return ofShopifyChange(rng, item, change, base, sent, fact)
  }
}

/** WooCommerce knows seconds; Shopify has a moment beside the body, and its deletes have nothing else. */
const clockOf = (shop: SimShop, change: Change) =>
  shop.platform === 'woocommerce'
    ? change.truth === null
      ? Number.POSITIVE_INFINITY
      : Math.floor(change.atMs / 1_000) * 1_000
    : change.atMs

function ofShopifyChange(
  rng: Rng,
  item: string,
  change: Change,
  base: Pick<Draft, 'shop' | 'about' | 'atMs'>,
  sent: SentItem | null,
  fact: Fact,
): Draft[] {
  if (sent === null || change.truth === null)
    return [{ ...base, topic: 'products/delete', body: shopifyDelete(item), fact }]
  const topic = change.kind === 'create' ? 'products/create' : 'products/update'
  const product: Draft = { ...base, topic, body: shopifyProduct(sent), fact }
  const isTold = (variant: string, location: string) =>
    change.kind === 'create' ||
    change.kind === 'variants' ||
    (change.kind === 'stock' && change.variant === variant && change.location === location)
  const levels = change.truth.variants.flatMap(({ id: variant, units }) =>
    Object.entries(units ?? {}).flatMap(([location, count]): Draft[] => {
      if (!isTold(variant, location)) return []
      const body = shopifyLevel(variant, location, count, change.atMs)
      const level: Fact = { kind: 'level', item, variant, location, clock: change.atMs, units: count }
      return [{ ...base, topic: 'inventory_levels/update', body, fact: level }]
    }),
  )
  // Whether a change of stock is told as an update of the product too is up to the shop's apps.
  return change.kind === 'stock' && rng.next() < 0.5 ? levels : [product, ...levels]
}

function sentItem(shop: SimShop, id: string, truth: ItemTruth, createdAtMs: number, updatedAtMs: number): SentItem {
  const { title, description, brand, visible } = truth
  const variants = truth.variants.map(({ id: variant, price, units }) => ({
    id: variant,
    price,
    stock: units === null ? null : Object.values(units).reduce((sum, count) => sum + count, 0),
  }))
  return { id, title, description, brand, visible, currency: shop.currency, variants, createdAtMs, updatedAtMs }
}

function ofOrder(rng: Rng, truth: OrderTruth): Draft[] {
  const { shop, order: id, customer, atMs, refund } = truth
  const order: SentOrder = { id, customer, currency: shop.currency, atMs, updatedAtMs: atMs, lines: truth.lines }
  const base = { shop, about: id }
  const bought: Fact = { kind: 'lines', type: 'purchase', lines: truth.lines.map((line) => `${id}/${line.line}`) }
  const laterMs = atMs + SECOND_MS + rng.int(HOUR_MS)
  if (shop.platform === 'woocommerce') {
    return [
      { ...base, atMs, topic: 'order.created', body: wooOrder(order, 'processing'), fact: bought },
      {
        ...base,
        atMs: laterMs,
        topic: 'order.updated',
        body: wooOrder({ ...order, updatedAtMs: laterMs }, 'completed'),
        fact: bought,
      },
    ]
  }
  const told: Draft[] = [
    { ...base, atMs, topic: 'orders/create', body: shopifyOrder(order), fact: bought },
    {
      ...base,
      atMs: laterMs,
      topic: 'orders/updated',
      body: shopifyOrder({ ...order, updatedAtMs: laterMs }),
      fact: bought,
    },
  ]
  if (refund === null) return told
  const body = shopifyRefund(refund.refund, refund.atMs, order, refund.quantity)
  const lines = [`${id}/${refund.refund}`]
  return [
    ...told,
    { ...base, atMs: refund.atMs, topic: 'refunds/create', body, fact: { kind: 'lines', type: 'refund', lines } },
  ]
}

/** Signed rightly, and no product all the same. */
function badDraft(rng: Rng, like: Draft, number: number): Draft {
  const { shop, atMs } = like
  const id = String(9_900_001 + number)
  const bodies = {
    shopify: [JSON.stringify({ id: Number(id), body_html: 'without a title' }), '{"id": 1, "title": '],
    woocommerce: [JSON.stringify({ id: Number(id), status: 'publish', price: '1.00' }), 'no JSON at all'],
    standard: [
      JSON.stringify({ type: 'product.updated', timestamp: new Date(atMs).toISOString(), data: { id } }),
      '[1, 2',
    ],
  }
  const topics = { shopify: 'products/update', woocommerce: 'product.updated', standard: 'product.updated' }
  const { platform } = shop
  return { shop, about: id, atMs, topic: topics[platform], body: rng.pick(bodies[platform]), fact: { kind: 'bad' } }
}

const forgedDraft = (like: Draft): Draft => ({ ...like, fact: { kind: 'forged' } })

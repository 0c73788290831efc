import { canonicalJson, hash64, hash128, lengthPrefixed } from '../base/hash.ts'
import type { Card } from '../domain/card.ts'
import type { OrderContext } from '../domain/llm_order.ts'
import type { PastItem } from '../recall/anchors.ts'
import type { OrderPlace } from '../store/llm_orders.ts'
import { RERANK_LIMITS } from './limits.ts'

export type { OrderPlace }

/** Of the key's own form: another one makes every kept order a miss. */
const KEY_FORM = 'order@2'

/**
 * Everything but the candidates that an order depends on, as one text: no two contexts share it, since every field bears
 * its length and lists are JSON. The key stands in KV, so that what a shopper typed stands in it as a hash alone.
 */
export const orderKey = (context: OrderContext): string =>
  lengthPrefixed([
    KEY_FORM,
    context.shop,
    context.market,
    context.placement,
    context.settings,
    context.locale,
    canonicalJson(context.seeds),
    canonicalJson(context.cart),
    // Two queries of one hash would have to be sought, and whoever finds them has the other's order of the same items.
    context.query === null ? '' : hash128(context.query),
    canonicalJson(context.audience),
    context.model,
    context.prompt,
  ])

/** Its name is a hash without a secret: whoever finds another key of the same name has it read as a miss. */
export function orderPlace(context: OrderContext): OrderPlace {
  const key = orderKey(context)
  const isPersonal = context.query !== null || context.audience.kind === 'exact' || context.cart.length > 0
  return { shop: context.shop, key, digest: hash128(key), isPersonal }
}

/**
 * Whose past it is, as far as a model is told of it: the items with what was done, in the order of time. Shoppers of equal
 * pasts share it, and it names none of them.
 * @param past in any order; without times the list's own order counts, newest last
 * @returns null for no past: such a shopper is everyone
 */
export function historyFingerprint(past: readonly PastItem[]): string | null {
  if (past.length === 0) return null
  const timed = past.map((event, index) => ({ event, at: event.atMs ?? index }))
  // What happened at one moment has no order: neither has the fingerprint.
  timed.sort((a, b) => a.at - b.at || compare(a.event.id, b.event.id) || compare(a.event.type, b.event.type))
  const told = timed.slice(-RERANK_LIMITS.historyShown)
  return hash128(canonicalJson(told.map(({ event }) => [event.id, event.type, event.value])))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** What of an item a model is shown: an order holds for the item as long as all of this stays. */
export type ShownFacts = Pick<Card, 'title' | 'brand' | 'categories' | 'attributes' | 'price' | 'currency'>

/** A short hash of what a model is shown of an item, 16 characters. Stock is not shown: what is out of it is on no shelf. */
export const candidateVersion = ({ title, brand, categories, attributes, price, currency }: ShownFacts): string => {
  // As canonical JSON, by the engine's own writer: a shelf does this for each of its items. Attributes are plain values.
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return hash64(JSON.stringify([title, brand, categories, sorted, price, currency]))
}

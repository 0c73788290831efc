import { canonicalJson, lengthPrefixed, sha256 } from '../base/hash.ts'
import { shopperKey } from '../domain/event.ts'
import type { Filter } from '../domain/filter.ts'
import type { RecommendationRequest } from '../domain/recommendation.ts'
import type { PlacementBody, ShopConfig } from '../domain/shop.ts'
import { BASE_ORDER_VERSION } from '../rank/weights.ts'
import { fromRecent, type PastItem, upTo } from '../recall/anchors.ts'

/** Who asks for something wants that: variety is worth a third of what it is where nothing was asked for. */
const QUERY_VARIETY = 1 / 3

/** A request with everything decided that can be decided before any storage is asked. */
export interface ShelfRequest {
  shop: ShopConfig
  placementName: string
  placement: PlacementBody
  /** `u:…`, `a:…` or `s:…`; null for nobody in particular. */
  shopper: string | null
  seeds: readonly string[]
  cart: readonly string[]
  /** The past that the request carries; null when the live store is to be asked. */
  past: readonly PastItem[] | null
  query: string | null
  limit: number
  market: string
  locale: string
  filter: Filter | null
  exclude: readonly string[]
  diversity: number
  explain: 'none' | 'short' | 'trace'
  strict: boolean
  /** Hashes of items on earlier pages. */
  shown: ReadonlySet<number>
  /** The moment that decay is relative to; null for the shop's newest event. */
  asOfMs: number | null
}

/**
 * @param shown what the request's cursor remembers; empty without one
 */
export function resolveRequest(
  shop: ShopConfig,
  placement: PlacementBody,
  request: RecommendationRequest,
  shown: ReadonlySet<number>,
): ShelfRequest {
  const market = request.market ?? shop.market
  const marketLocale = shop.markets.find((own) => own.market === market)?.locale
  return {
    shop,
    placementName: request.placement,
    placement,
    shopper: shopperKey(request),
    seeds: request.item_ids ?? [],
    cart: request.cart_item_ids ?? [],
    past: asOfPast(request),
    query: request.query ?? null,
    limit: request.limit ?? placement.limit,
    market,
    locale: request.locale ?? marketLocale ?? shop.locale,
    filter: request.filter ?? null,
    exclude: request.exclude_item_ids ?? [],
    diversity:
      request.diversity ?? (request.query === undefined ? placement.diversity : placement.diversity * QUERY_VARIETY),
    explain: request.explain ?? placement.explain,
    strict: request.freshness === 'strict',
    shown,
    asOfMs: request.as_of === undefined ? null : Date.parse(request.as_of),
  }
}

/** What the request tells of the past, without what lies after the moment that it asks for. */
function asOfPast(request: RecommendationRequest): PastItem[] | null {
  const past = pastOf(request)
  return past === null ? null : upTo(request.as_of === undefined ? null : Date.parse(request.as_of), past)
}

/** `recent` says that the request knows all; `history` alone adds to what the live store has only when there is no shopper. */
function pastOf(request: RecommendationRequest): PastItem[] | null {
  if (request.recent === undefined && request.history === undefined) return null
  const history = (request.history ?? []).map(
    (entry): PastItem =>
      typeof entry === 'string'
        ? { id: entry, type: 'purchase', atMs: null, value: null }
        : { id: entry[0], type: 'purchase', atMs: entry[1] * 1_000, value: null },
  )
  const recent = (request.recent ?? []).map((event) =>
    fromRecent({
      item: event.item_id,
      type: event.type ?? 'view',
      atMs: event.occurred_at === undefined ? Number.NaN : Date.parse(event.occurred_at),
      value: null,
    }),
  )
  const timed = [...history, ...recent]
  // Without a single time the lists' own order is all there is; with some, the untimed count as newest.
  const allUntimed = timed.every((item) => item.atMs === null || Number.isNaN(item.atMs))
  return timed.map((item) => ({
    ...item,
    atMs: item.atMs !== null && !Number.isNaN(item.atMs) ? item.atMs : allUntimed ? null : Number.MAX_SAFE_INTEGER,
  }))
}

/** Whether nothing in the request is about one shopper, so that the shelf can be shared. */
export function isShared(request: ShelfRequest): boolean {
  return (
    request.shopper === null &&
    request.past === null &&
    request.cart.length === 0 &&
    request.exclude.length === 0 &&
    request.shown.size === 0 &&
    request.query === null &&
    request.asOfMs === null &&
    !request.strict &&
    request.explain !== 'trace'
  )
}

/** Everything that a shared shelf depends on; two requests with equal keys get the same shelf. */
export function sharedKey(request: ShelfRequest): string {
  return lengthPrefixed([
    BASE_ORDER_VERSION,
    request.shop.shop,
    request.placementName,
    canonicalJson(request.placement),
    request.market,
    request.locale,
    canonicalJson(request.seeds),
    canonicalJson(request.filter),
    String(request.limit),
    String(request.diversity),
    request.explain,
  ])
}

export const sharedDigest = (key: string): Promise<string> => sha256(key)

import { canonicalJson, lengthPrefixed, sha256 } from '../base/hash.ts'
import { shopperKey } from '../domain/event.ts'
import type { Filter } from '../domain/filter.ts'
import type { Purpose } from '../domain/ranker.ts'
import type { RecommendationRequest } from '../domain/recommendation.ts'
import type { PlacementBody, ShopConfig } from '../domain/shop.ts'
import { rankerVersion } from '../rank/defaults.ts'
import { rulesState } from '../rank/rules_compile.ts'
import { fromRecent, type PastItem, upTo } from '../recall/anchors.ts'

/** Who asks for something wants that: variety is worth a tenth of what it is where nothing was asked for. */
const QUERY_VARIETY = 1 / 10

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
  /** Only these are ranked; null for whatever recall brings. */
  candidates: readonly string[] | null
  diversity: number
  explain: 'none' | 'short' | 'full' | 'trace'
  strict: boolean
  /** Hashes of items on earlier pages. */
  shown: ReadonlySet<number>
  /** The moment that decay is relative to; null for the shop's newest event. */
  asOfMs: number | null
  /** The moment that rules are judged at; null for now. */
  rulesAtMs: number | null
  /** The shelf's own coin: what is drawn for it is drawn by this, so that it can be drawn again. */
  coin: string
  /** How long it may wait for an order of a language model; 0: not at all. */
  waitMs: number
}

/**
 * @param shown what the request's cursor remembers; empty without one
 * @param coin random, of this shelf alone
 * @param candidates the only items to be ranked; null for whatever recall brings
 */
export function resolveRequest(
  shop: ShopConfig,
  placement: PlacementBody,
  request: RecommendationRequest,
  shown: ReadonlySet<number>,
  coin: string,
  candidates: readonly string[] | null = null,
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
    limit: request.limit ?? candidates?.length ?? placement.limit,
    market,
    locale: request.locale ?? marketLocale ?? shop.locale,
    filter: request.filter ?? null,
    exclude: request.exclude_item_ids ?? [],
    candidates,
    diversity:
      request.diversity ??
      // Who brings candidates wants them in order, and varies them as he likes.
      (candidates !== null ? 0 : undefined) ??
      (request.query === undefined ? placement.diversity : placement.diversity * QUERY_VARIETY),
    explain: request.explain ?? placement.explain,
    strict: request.freshness === 'strict',
    shown,
    asOfMs: request.as_of === undefined ? null : Date.parse(request.as_of),
    rulesAtMs: request.as_of === undefined ? null : Date.parse(request.as_of),
    coin,
    waitMs: request.wait_ms ?? 0,
  }
}

/** What an order is learned for: words are asked for the same way wherever they are asked. */
export const purposeOf = (request: ShelfRequest): Purpose =>
  request.query === null ? request.placement.strategy : 'search'

/** Whether what the shopper bought may come again. */
export const repeats = ({ repeat_purchases, strategy }: PlacementBody): boolean =>
  repeat_purchases || strategy === 'again'

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
    request.candidates === null &&
    request.shown.size === 0 &&
    request.query === null &&
    request.waitMs === 0 &&
    request.asOfMs === null &&
    !request.strict &&
    request.explain !== 'trace' &&
    request.explain !== 'full'
  )
}

/** Everything that a shared shelf depends on; two requests with equal keys get the same shelf. */
export function sharedKey(request: ShelfRequest, nowMs: number): string {
  return lengthPrefixed([
    rankerVersion(request.shop.ranker),
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
    rulesState(request.shop.rules, request.rulesAtMs ?? nowMs),
  ])
}

export const sharedDigest = (key: string): Promise<string> => sha256(key)

import { recommendationRequestSchema } from '../domain/recommendation.ts'
import type { PlacementBody, ShopConfig } from '../domain/shop.ts'
import { indexTastes, type TasteIndex, tasteLiftsSchema } from '../domain/taste_lifts.ts'
import { GATE } from '../gate/limits.ts'
import { allAnchors, pastAnchors } from '../recall/anchors.ts'
import { resolveRequest, type ShelfRequest } from '../recommend/request.ts'
import { clusterOf } from '../rerank/cluster_of.ts'
import { WARM } from './warm_limits.ts'

/** Shelves that are asked for one after the other, for the order of one context. */
export interface WarmContext {
  /** Stays from run to run: where the next one goes on. */
  name: string
  /** Whose order is wanted: a taste's few shelves must not be taken for everybody's. */
  audience: 'everyone' | 'cluster'
  requests: readonly ShelfRequest[]
}

/** A shop's tastes as shelves know them, the most frequent first. */
export interface ShopTastes {
  index: TasteIndex
  /** The items that tell of each most. */
  strongest: ReadonlyArray<{ id: string; items: readonly string[] }>
}

/** @param value the copy in KV, unread; @returns null for what is none */
export function readTastes(value: unknown): ShopTastes | null {
  const index = indexTastes(value)
  if (index === null) return null
  const { tastes } = tasteLiftsSchema.parse(value)
  const strongest = [...tastes]
    .sort((a, b) => b.share - a.share)
    .map(({ id, items }) => ({ id, items: items.slice(0, WARM.tasteItems).map(([item]) => item) }))
  return { index, strongest }
}

/**
 * The shelves whose contexts many shoppers share, those of most shoppers first: everybody's in every market, then in
 * turns pages of popular items and tastes. They go through the pipeline like any shopper's, so that their contexts are
 * the very ones that shoppers' shelves look up.
 */
export function warmContexts(config: ShopConfig, popular: readonly string[], tastes: ShopTastes | null): WarmContext[] {
  const places = Object.entries(config.placements).flatMap(([name, placement]) => {
    const gate = config.gates[name]
    if (gate === undefined || gate.mode === 'off' || placement.strategy === 'again') return []
    const reach = gate.mode === 'live' ? (gate.crossing ?? GATE.defaultCrossing) : (gate.crossing ?? WARM.pastItems)
    return config.markets.map(({ market }): Place => ({ config, name, placement, market, reach }))
  })
  const plain = places.filter(({ placement }) => !PAGES.has(placement.strategy))
  const pages = places.filter(({ placement }) => PAGES.has(placement.strategy))
  const everyone = plain.map((place) => contextOf(place, 'everyone', [{}]))
  const items = popular
    .slice(0, WARM.popularItems)
    .map((id) => pages.map((place) => contextOf(place, `item ${id}`, [pageOf(place, id)])))
  const clusters = (tastes?.strongest ?? []).map((taste) =>
    plain.flatMap((place) => {
      const requests = tasteShelves(place, taste, tastes!.index)
      return requests.length === 0
        ? []
        : [{ name: nameOf(place, `taste ${taste.id}`), audience: 'cluster' as const, requests }]
    }),
  )
  const turns = Array.from({ length: Math.max(items.length, clusters.length) }, (_, at) => [
    ...(items[at] ?? []),
    ...(clusters[at] ?? []),
  ])
  return [...everyone, ...turns.flat()]
}

interface Place {
  config: ShopConfig
  name: string
  placement: PlacementBody
  market: string
  /** Items in a history up to which orders are made. */
  reach: number
}

/** Strategies whose shelves stand beside an item. */
const PAGES: ReadonlySet<string> = new Set(['product', 'cart'])
const pageOf = ({ placement }: Place, id: string) =>
  placement.strategy === 'cart' ? { cart_item_ids: [id] } : { item_ids: [id] }

const nameOf = ({ name, market }: Place, what: string) => `${name} ${market} ${what}`
const contextOf = (place: Place, what: string, bodies: ReadonlyArray<Record<string, unknown>>): WarmContext => ({
  ...{ name: nameOf(place, what), audience: 'everyone' },
  requests: bodies.map((body) => requestOf(place, body)),
})

/** A shopper whose past is told and empty: of nobody in particular, though not out of the cache of shared shelves. */
function requestOf({ config, name, placement, market }: Place, body: Record<string, unknown>): ShelfRequest {
  const request = recommendationRequestSchema.parse({ placement: name, market, recent: [], ...body })
  return resolveRequest(config, placement, request, new Set(), COIN)
}

/** Nobody sees these shelves: it decides nothing that is kept. */
const COIN = 'AAAAAAAA'

/** Shelves of shoppers of a taste, each with another few of the items that tell of it; none where they tell of others too. */
function tasteShelves(place: Place, { id, items }: ShopTastes['strongest'][number], index: TasteIndex): ShelfRequest[] {
  const size = Math.min(WARM.pastItems, place.reach)
  if (size === 0 || items.length === 0) return []
  const shelves = Array.from({ length: WARM.shelvesPerTaste }, (_, at) => {
    const past = Array.from({ length: size }, (_, n) => items[(at * size + n) % items.length]!)
    return requestOf(place, { recent: [...new Set(past)].map((item_id) => ({ item_id })) })
  }).filter(({ past }) => clusterOf(allAnchors([], [], pastAnchors(past ?? [])), index) === id)
  // Asked for once it was wanted so often: what few shelves there are come again.
  return shelves.length === 0
    ? []
    : Array.from({ length: WARM.shelvesPerTaste }, (_, at) => shelves[at % shelves.length]!)
}

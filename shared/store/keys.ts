import { hash64, hash128 } from '../base/hash.ts'

/** Every key and object name that is written anywhere outside D1, in one place; docs/storage.md describes the values. */

const encoder = new TextEncoder()
const byteLength = (text: string) => encoder.encode(text).length

/** Keeps an id readable where it fits and hashes it where it does not; values carry the id and are verified. */
function fitting(id: string, maxBytes: number): string {
  if (byteLength(id) <= maxBytes) return id
  return `#${hash128(id)}`
}

/** KV keys are at most 512 bytes; the prefix and the shop take fewer than 64. */
const KV_ID_BYTES = 400
/** Vectorize ids and namespaces are at most 64 bytes; a shop's name takes 40 at most. */
const VECTOR_ID_BYTES = 64

export const kvKeys = {
  shop: (shop: string) => `shop:v1:${shop}`,
  lists: (shop: string, market: string) => `lists:v1:${shop}:${fitting(market, KV_ID_BYTES)}`,
  stats: (shop: string) => `stats:v1:${shop}`,
  tastes: (shop: string) => `tastes:v1:${shop}`,
  item: (shop: string, id: string) => `item:v2:${shop}:${fitting(id, KV_ID_BYTES)}`,
  veto: (shop: string) => `veto:v1:${shop}`,
  shelf: (shop: string, digest: string) => `shelf:v1:${shop}:${digest}`,
  order: (shop: string, digest: string) => `order:v1:${shop}:${digest}`,
  embedder: (shop: string, version: string) => `embedder:v1:${shop}:${version}`,
  reason: (shop: string, digest: string) => `reason:v1:${shop}:${digest}`,
  reasonPack: (shop: string, digest: string) => `reasons:v1:${shop}:${digest}`,
  queryVector: (version: string, digest: string) => `query:v1:${hash64(version)}:${digest}`,
}

/** 48 bits of a version: a shop has three at most at one time, and no two shops share a namespace whatever they hash to. */
const VERSION_DIGITS = 12

/** The namespace of one embedder's vectors in one view: at most 40 + 1 + 12 + 2 bytes. */
export function vectorNamespace(shop: string, version: string, view: 'text' | 'found'): string {
  return `${shop}:${hash64(version).slice(0, VERSION_DIGITS)}:${view[0]}`
}

/**
 * The id of an item's vector in a namespace, at most 64 bytes; ids are one space over the whole index. No shop's name
 * begins with #, and what is read is checked against its namespace and item.
 */
export function vectorId(namespace: string, item: string): string {
  const plain = `${namespace}:${item}`
  return byteLength(plain) <= VECTOR_ID_BYTES ? plain : `#${hash64(namespace)}:${hash128(item)}`
}

/** The calendar day of a moment, UTC: the partition that an event belongs to. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const padded = (seq: number) => String(seq).padStart(12, '0')

/** The day of an object of events or impressions: `events/v1/shop/2026-01-31/…`. */
export const dayIn = ({ name }: { name: string }): string => name.split('/')[DAY_AT]!
const DAY_AT = 3

/** What the name of an event object tells of the batches in it. */
export interface EventRange {
  /** Of the fold that put the last of them. */
  from: number
  to: number
  /** Of all of them. */
  first: number
}

const EVENTS = /\/(\d+)-(\d+)(?:~(\d+))?\.ndjson$/

/** @returns null for a name that is no event object's */
export function eventRange(name: string): EventRange | null {
  const found = EVENTS.exec(name)
  if (found === null) return null
  const from = Number(found[1])
  return { from, to: Number(found[2]), first: from - Number(found[3] ?? 0) }
}

export const objectNames = {
  events: (shop: string, day: string, fromSeq: number, toSeq: number) =>
    `events/v1/${shop}/${day}/${padded(fromSeq)}-${padded(toSeq)}.ndjson`,
  /**
   * Of several objects of a day: the batches of the last, and how many before them it goes back. It sorts behind all that
   * are in it, so that whoever reads on from one of those meets it.
   */
  joinedEvents: (shop: string, day: string, last: EventRange, first: number) =>
    `events/v1/${shop}/${day}/${padded(last.from)}-${padded(last.to)}~${padded(last.from - first)}.ndjson`,
  eventsOfShop: (shop: string) => `events/v1/${shop}/`,
  impressionsOfShop: (shop: string) => `impressions/v1/${shop}/`,
  impressions: (shop: string, day: string, unique: string) => `impressions/v1/${shop}/${day}/${unique}.ndjson`,
  /** Calls to a language model, a day's together: they are kept for a week. */
  call: (shop: string, day: string, key: string) => `calls/v1/${shop}/${day}/${encodeURIComponent(key)}.json`,
  callsOfShop: (shop: string) => `calls/v1/${shop}/`,
  /** Everything that learning keeps of a shop, and how its folders are divided. */
  learningOfShop: (shop: string) => `learn/v1/${shop}/`,
  learning: (shop: string, origin: 'own' | 'offered', run: string) => `learn/v1/${shop}/${origin}/${run}/`,
  textMap: (shop: string) => `learn/v1/${shop}/text_map.bin`,
  /** Says which run another machine offers. */
  learningOffer: (shop: string) => `learn/v1/${shop}/offer.json`,
}

/** The token that confines a full text query to its shop; letters and digits only, so that FTS5 sees one token. */
export const tenantToken = (shop: string): string => `t${hash64(shop)}`

import { EVENT_TYPES, type EventType } from '../../domain/event.ts'

/** Something a shopper just did. */
export interface RecentEvent {
  item: string
  type: EventType
  atMs: number
  /** Feedback in [-1, 1]; null for other events. */
  value: number | null
}

/** A shopper's last events, shared by all regions at once. */
export interface LiveStore {
  /** Newest last, events of one moment by their packed texts; empty for an unknown shopper. */
  recent(shop: string, shopper: string): Promise<RecentEvent[]>
  /** Adds events, but none that a forgotten shopper's past no longer holds, however late the write comes. */
  append(
    shop: string,
    rows: ReadonlyArray<{ shopper: string; events: readonly RecentEvent[] }>,
    nowMs: number,
  ): Promise<void>
}

/** The packed form, the same in every backend. */
export type RecentTuple = readonly [item: string, type: EventType, atMs: number, value: number | null]
export const packRecent = (event: RecentEvent): RecentTuple => [event.item, event.type, event.atMs, event.value]
export const unpackRecent = ([item, type, atMs, value]: RecentTuple): RecentEvent => ({ item, type, atMs, value })

/** An event from its packed text; null when it is none. */
export function readRecent(text: string): RecentEvent | null {
  try {
    const tuple = JSON.parse(text) as unknown
    if (!Array.isArray(tuple)) return null
    const [item, type, atMs, value] = tuple as unknown[]
    const isEvent =
      typeof item === 'string' &&
      (EVENT_TYPES as readonly unknown[]).includes(type) &&
      Number.isFinite(atMs) &&
      (value === null || Number.isFinite(value))
    return isEvent ? unpackRecent(tuple as unknown as RecentTuple) : null
  } catch {
    return null
  }
}

/** Events as their packed texts, each once, oldest first, those of one moment in the order of their bytes. */
export function packEach(events: readonly RecentEvent[]): Array<{ atMs: number; packed: string }> {
  const each = new Map(events.map((event) => [JSON.stringify(packRecent(event)), event.atMs]))
  const packed = [...each].map(([packed, atMs]) => ({ atMs, packed }))
  return packed.sort((a, b) => a.atMs - b.atMs || byBytes(a.packed, b.packed))
}

/** The order of UTF-8, which D1 and Redis sort by; JavaScript's own puts 𠮷 before ～. */
function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const at = left.findIndex((letter, index) => letter !== right[index])
  return at === -1 ? left.length - right.length : left[at]!.codePointAt(0)! - (right[at]?.codePointAt(0) ?? -1)
}

/** A shopper who has not been seen for this long starts afresh. */
export const RECENT_TTL_SECONDS = 90 * 86_400

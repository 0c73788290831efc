import type { EventType } from '../../domain/event.ts'

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
  /** Newest last; empty for an unknown shopper. */
  recent(shop: string, shopper: string): Promise<RecentEvent[]>
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

/** Events as their packed texts, each once, oldest first. */
export function packEach(events: readonly RecentEvent[]): Array<{ atMs: number; packed: string }> {
  const each = new Map(events.map((event) => [JSON.stringify(packRecent(event)), event.atMs]))
  return [...each].map(([packed, atMs]) => ({ atMs, packed })).sort((a, b) => a.atMs - b.atMs)
}

/** A shopper who has not been seen for this long starts afresh. */
export const RECENT_TTL_SECONDS = 90 * 86_400

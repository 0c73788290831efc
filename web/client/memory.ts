import type { EventType, ShopEvent } from '../../shared/domain/event.ts'

/** Recent events kept for a shopper; as many as the live store keeps. */
export const MEMORY_EVENTS = 20

export interface Remembered {
  item_id: string
  type: EventType
  occurred_at: string
}

/** The two calls of `localStorage` that are used; a browser may refuse both. */
export interface KeyValue {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

export interface Memory {
  /** Oldest first. */
  recall(): Remembered[]
  keep(events: readonly ShopEvent[]): void
  forget(): void
}

const isRemembered = (entry: unknown): entry is Remembered => {
  const { item_id, type, occurred_at } = (entry ?? {}) as Partial<Remembered>
  return typeof item_id === 'string' && typeof type === 'string' && typeof occurred_at === 'string'
}

/** The last events of this browser under one key. Storage that is full, blocked or damaged costs the memory, never an error. */
export function memoryIn(storage: KeyValue | null, key: string): Memory {
  const write = (entries: readonly Remembered[]) => {
    try {
      storage?.setItem(key, JSON.stringify(entries))
    } catch {}
  }
  const recall = (): Remembered[] => {
    try {
      const kept: unknown = JSON.parse(storage?.getItem(key) ?? '[]')
      return Array.isArray(kept) ? kept.filter(isRemembered).slice(-MEMORY_EVENTS) : []
    } catch {
      return []
    }
  }
  return {
    recall,
    keep(events) {
      const fresh = events.flatMap(remembered)
      if (fresh.length > 0) write([...recall(), ...fresh].slice(-MEMORY_EVENTS))
    },
    forget: () => write([]),
  }
}

/** What was shown says nothing about taste: impressions are not remembered. */
function remembered(event: ShopEvent): Remembered[] {
  if (event.type === 'impression') return []
  const items = 'items' in event && event.items ? event.items.map((line) => line.item_id) : [event.item_id]
  const occurred_at = event.occurred_at ?? ''
  return items.flatMap((item_id) => (item_id === undefined ? [] : [{ item_id, type: event.type, occurred_at }]))
}

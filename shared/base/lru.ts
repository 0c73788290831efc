/** A bounded map that forgets the least recently used entry and entries past their time. */
export interface Lru<V> {
  get(key: string, nowMs: number): V | undefined
  set(key: string, value: V, nowMs: number): void
  delete(key: string): void
  readonly size: number
}

/**
 * @param capacity entries kept at most
 * @param ttlMs time after which an entry counts as absent
 */
export function createLru<V>(capacity: number, ttlMs: number): Lru<V> {
  const entries = new Map<string, { value: V; expiresAt: number }>()
  return {
    get(key, nowMs) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.expiresAt <= nowMs) {
        entries.delete(key)
        return undefined
      }
      // A Map iterates in insertion order: re-inserting makes the entry the youngest.
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, nowMs) {
      entries.delete(key)
      entries.set(key, { value, expiresAt: nowMs + ttlMs })
      if (entries.size > capacity) entries.delete(entries.keys().next().value!)
    },
    delete: (key) => void entries.delete(key),
    get size() {
      return entries.size
    },
  }
}

import type { StoredItem } from '../domain/card.ts'
import type { ShelfDeps } from './deps.ts'

/** Kept in isolate memory while D1 is silent: about 8 kB each. */
export const ITEMS_KEPT = 1_000
/** KV itself may be a minute behind; what can be sold is asked elsewhere. */
export const ITEMS_TTL_MS = 15_000

/** Items of a shop by id, from isolate memory where it has them; `read` brings the others, those that there are. */
export async function keptItems(
  shop: string,
  ids: readonly string[],
  deps: ShelfDeps,
  read: (missing: readonly string[]) => Promise<Map<string, StoredItem>>,
): Promise<Map<string, StoredItem>> {
  const { items } = deps.memory
  const nowMs = deps.clock.now()
  const found = new Map<string, StoredItem>()
  const missing: string[] = []
  for (const id of ids) {
    const held = items.get(`${shop} ${id}`, nowMs)
    if (held === undefined) missing.push(id)
    else found.set(id, held)
  }
  if (missing.length === 0) return found
  for (const [id, item] of await read(missing)) {
    items.set(`${shop} ${id}`, item, nowMs)
    found.set(id, item)
  }
  return found
}

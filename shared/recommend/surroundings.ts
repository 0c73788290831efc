import type { ContextItem, Neighbours } from '../domain/card.ts'
import type { ShelfDeps } from './deps.ts'
import type { ShelfRequest } from './request.ts'

/** Kept in isolate memory: about 8 kB each. */
export const SURROUNDINGS_KEPT = 3_000
/** Learning publishes every ten minutes at most; what an item is like changes with its text. */
export const SURROUNDINGS_TTL_MS = 120_000

export interface Around {
  neighbours: Map<string, Neighbours>
  context: Map<string, ContextItem>
}

const nameOf = (request: ShelfRequest, id: string) => `${request.shop.shop} ${id}`

/** What isolate memory has of these items, and the ids of which it has nothing. */
export function recalled(
  request: ShelfRequest,
  ids: readonly string[],
  deps: ShelfDeps,
): Around & { missing: string[] } {
  const around = {
    neighbours: new Map<string, Neighbours>(),
    context: new Map<string, ContextItem>(),
    missing: [] as string[],
  }
  const nowMs = deps.clock.now()
  for (const id of ids) {
    const known = deps.memory.surroundings.get(nameOf(request, id), nowMs)
    if (!known) {
      around.missing.push(id)
      continue
    }
    around.neighbours.set(id, known.neighbours)
    around.context.set(id, known.item)
  }
  return around
}

/** Keeps what D1 told. An item without neighbours is not kept: it may be new, and about to get them. */
export function remember(request: ShelfRequest, around: Around, deps: ShelfDeps): void {
  const nowMs = deps.clock.now()
  for (const [id, neighbours] of around.neighbours) {
    const item = around.context.get(id)
    if (item) deps.memory.surroundings.set(nameOf(request, id), { neighbours, item }, nowMs)
  }
}

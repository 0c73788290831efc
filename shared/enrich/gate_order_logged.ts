import { chunk } from '../base/batch.ts'
import { hash32 } from '../base/hash.ts'
import { cardInMarket, type StoredItem } from '../domain/card.ts'
import type { Interaction } from '../domain/event.ts'
import type { OrderCandidate, OrderContext } from '../domain/llm_order.ts'
import { TASKS, taskRecipe } from '../prompt/tasks.ts'
import { MOVES } from '../recommend/llm/order_shelf.ts'
import { applyOrder } from '../rerank/apply_order.ts'
import { makeOrder } from '../rerank/make_order.ts'
import { orderCandidate } from '../rerank/order_candidate.ts'
import { NO_PAST, type ShelfPastItem } from '../rerank/past.ts'
import type { EnrichDeps } from './deps.ts'
import type { LoggedShelf, OrderLogged } from './gate_replay.ts'

/** Nobody waits, but the run's lease ends. */
const DEADLINE_MS = 20_000
const ITEMS_PER_READ = 100
/** Items are as they are now, whatever they were when the shelf was shown. */
const VERSION = 'now'

/** Asks the model for orders of logged shelves, as it is asked for those of live ones, on one pass's word. */
export const createOrderLogged =
  (deps: Pick<EnrichDeps, 'catalogue' | 'model' | 'clock'>): OrderLogged =>
  async (shop, shelf) => {
    const maker = await deps.model.completer()
    if (maker === null) return null
    const items = await readItems(shop, shelf, deps)
    const told = (ids: readonly string[]) => ids.flatMap((id) => items.get(id) ?? [])
    const context: OrderContext = {
      ...{ shop, market: shelf.market, placement: shelf.placement, settings: 'replay', locale: shelf.locale },
      ...{
        seeds: shelf.seeds,
        cart: shelf.cart,
        query: shelf.query,
        model: maker.model,
        prompt: taskRecipe(TASKS.rank),
      },
      audience: { kind: 'exact', fingerprint: shelf.id },
    }
    const past = { ...NO_PAST, seeds: told(shelf.seeds), cart: told(shelf.cart), items: pastOf(shelf.past, items) }
    const made = await makeOrder(
      context,
      told(shelf.shown),
      past,
      { complete: deps.model.complete, clock: deps.clock },
      { passes: 1, deadlineMs: DEADLINE_MS, seed: hash32(shelf.id) },
    )
    if (!made.ok) return null
    const composed = shelf.shown.map((id) => ({ id, version: VERSION, pinned: shelf.pinned.includes(id) }))
    const { ids } = applyOrder(composed, made.order, { maxMoves: MOVES })
    return { wanted: ids, history: new Set(shelf.past.map(({ item }) => item)).size }
  }

async function readItems(
  shop: string,
  shelf: LoggedShelf,
  deps: Pick<EnrichDeps, 'catalogue' | 'clock'>,
): Promise<Map<string, OrderCandidate>> {
  const ids = new Set([...shelf.shown, ...shelf.seeds, ...shelf.cart, ...shelf.past.map(({ item }) => item)])
  const items = new Map<string, OrderCandidate>()
  for (const part of chunk([...ids], ITEMS_PER_READ))
    for (const item of await deps.catalogue.storedItems(shop, part, deps.clock.now()))
      items.set(item.id, candidateOf(item, shelf, deps.clock.now()))
  return items
}

/** As a live shelf tells of it; without a price where it cannot be sold any more. */
function candidateOf(item: StoredItem, { market, locale }: LoggedShelf, nowMs: number): OrderCandidate {
  const card = cardInMarket(item, market, nowMs)
  const { id, title, brand, categories, attributes } = item
  const told = card === null ? { id, title, brand, categories, attributes, price: null } : orderCandidate(card, locale)
  return { ...told, version: VERSION }
}

/** Oldest first, each item once, where it was met last, with all that was done with it. */
function pastOf(past: readonly Interaction[], items: ReadonlyMap<string, OrderCandidate>): ShelfPastItem[] {
  const done = new Map<string, Set<string>>()
  for (const { item, type } of past) {
    const did = done.get(item) ?? new Set<string>()
    done.delete(item)
    done.set(item, did.add(type))
  }
  return [...done].flatMap(([id, did]) => {
    const item = items.get(id)
    return item === undefined ? [] : [{ ...item, did: [...did] }]
  })
}

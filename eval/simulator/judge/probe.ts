import { MINUTE_MS, SECOND_MS } from '../../../shared/base/clock.ts'
import { hash32 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import { SHELF_LIMIT } from '../session.ts'
import type { ShelfContext, SimulatedEvent } from '../types.ts'
import type { Arm } from './arm.ts'
import { MARKET } from './shop.ts'
import type { Stage } from './stage.ts'

export interface Responsiveness {
  shoppers: number
  /** Share of shoppers whose home shelf is another one after they looked at an item. */
  changed: number
  /** The same where nothing happened in between. */
  unprompted: number
  /** Items of the looked-at item's category on the shelf, after less before. */
  towards: number
}

/**
 * Asks for a shopper's home shelf twice, has the shopper look at an item that was not on it, and asks a third time. Before
 * all of it the shelf is asked for once: an isolate that has met a past knows more of it on the next page.
 */
export async function probe(stage: Stage, arm: Arm, shoppers: number): Promise<Responsiveness> {
  const { catalogue } = stage.world
  const rng = seededRng(hash32('probe', stage.config.seed))
  const sums = { changed: 0, unprompted: 0, towards: 0 }
  const asked = rng.shuffle(stage.world.shoppers).slice(0, shoppers)
  for (const [index, shopper] of asked.entries()) {
    const atMs = stage.endMs + index * MINUTE_MS
    const context: ShelfContext = {
      shopper: shopper.id,
      sessionId: `p-${shopper.id}`,
      market: MARKET.market,
      placement: 'home',
      atMs,
      limit: SHELF_LIMIT,
      recentItemIds: [],
      cartItemIds: [],
    }
    await arm.shelf(context)
    const before = await arm.shelf({ ...context, atMs: atMs + SECOND_MS })
    const again = await arm.shelf({ ...context, atMs: atMs + 2 * SECOND_MS })
    const item = rng.pick(catalogue.items.filter(({ id }) => !before.includes(id)))
    const looked: SimulatedEvent = {
      event_id: `p-${shopper.id}-01`,
      type: 'view',
      item_id: item.id,
      ...(shopper.anonymous ? { anonymous_id: shopper.id } : { user_id: shopper.id }),
      session_id: context.sessionId,
      market: MARKET.market,
      occurred_at: new Date(atMs + 3 * SECOND_MS).toISOString(),
    }
    await arm.tell([looked], atMs + 3 * SECOND_MS)
    const after = await arm.shelf({ ...context, atMs: atMs + 4 * SECOND_MS })
    const near = (ids: readonly string[]) =>
      ids.filter((id) => catalogue.byId.get(id)!.category === item.category).length
    if (String(again) !== String(before)) sums.unprompted += 1
    if (String(after) !== String(again)) sums.changed += 1
    sums.towards += near(after) - near(again)
  }
  const mean = (sum: number) => sum / asked.length
  return {
    shoppers: asked.length,
    changed: mean(sums.changed),
    unprompted: mean(sums.unprompted),
    towards: mean(sums.towards),
  }
}

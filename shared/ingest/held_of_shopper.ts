import { mapConcurrent } from '../base/batch.ts'
import { shopperHash } from '../domain/shopper_hash.ts'
import type { HabitsOfUser, HeldOfUser, ProfileOfUser } from '../domain/user_answers.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { LiveStore } from '../store/live/live.ts'
import type { ProfileStore } from '../store/live/profiles.ts'
import { guestOrder } from '../store/operations/erasures_rows.ts'
import type { OrderOfShopper, ShopperReads } from '../store/shopper_reads.ts'

export interface HeldDeps {
  reads: Pick<ShopperReads, 'orders' | 'waitingRefunds'>
  live: Pick<LiveStore, 'recent'>
  profiles: Pick<ProfileStore, 'get'>
  habits: Pick<HabitStore, 'get'>
}

type StoredProfile = NonNullable<Awaited<ReturnType<ProfileStore['get']>>>
type StoredHabits = NonNullable<Awaited<ReturnType<HabitStore['get']>>>

/** The platform lets a worker wait for six answers at once. */
const NAMES_AT_ONCE = 2

/**
 * What is held by the names of a shopper.
 * @param some of the names: each takes calls of its own, and a request has a thousand
 * @param all with whose orders it comes; null leaves the orders out
 */
export async function heldOf(
  shop: string,
  some: readonly string[],
  all: readonly string[] | null,
  deps: HeldDeps,
): Promise<HeldOfUser> {
  const own = await mapConcurrent(some, NAMES_AT_ONCE, async (name) => {
    const [recent, profile, habits] = await Promise.all([
      deps.live.recent(shop, name),
      deps.profiles.get(shop, name),
      deps.habits.get(shop, shopperHash(name)),
    ])
    return { name, recent, profile: profile && profileOf(profile), habits: habits && habitsOf(habits) }
  })
  // The fields of one shopper have the first; nothing says that two names are one shopper but who asks.
  const withProfile = all === null ? undefined : own.find(({ profile }) => profile !== null)
  const withHabits = all === null ? undefined : own.find(({ habits }) => habits !== null)
  const further = own.map((one) => ({
    name: one.name,
    profile: one === withProfile ? null : one.profile,
    habits: one === withHabits ? null : one.habits,
  }))
  const recent = own.flatMap((one) => one.recent).sort((a, b) => a.atMs - b.atMs)
  const orders = all === null ? [] : await deps.reads.orders(shop, all)
  const refunds = all === null ? [] : await deps.reads.waitingRefunds(shop, [...orders, ...guestOrders(all)])
  return {
    recent_events: recent.map(({ item, type, atMs, value }) => ({
      item_id: item,
      type,
      occurred_at: iso(atMs),
      value,
    })),
    profile: withProfile?.profile ?? null,
    habits: withHabits?.habits ?? null,
    further: further.filter(({ profile, habits }) => profile !== null || habits !== null),
    orders: orders.map(orderOf),
    waiting_refunds: refunds.map(orderOf),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

function profileOf({ events, recipe, updatedAtMs, profile, representatives }: StoredProfile): ProfileOfUser {
  // Those of earlier releases lack parts.
  const { categories = [], brands = [], attributes = [], markets = [], topics = [], price = null, text = '' } = profile
  return {
    ...{ events, made_by: recipe, updated_at: iso(updatedAtMs), text },
    tastes: {
      categories: pairs(categories),
      brands: pairs(brands),
      attributes: pairs(attributes),
      markets: pairs(markets),
      ...{ topics, price },
    },
    representative_item_ids: representatives,
  }
}

const habitsOf = ({ visits, items, liked, disliked }: StoredHabits): HabitsOfUser => ({
  visits,
  items: items.map(({ item, visits, units }) => ({ item_id: item, visits, quantity: units })),
  liked_item_ids: liked.map(([item]) => item),
  disliked_item_ids: disliked.map(([item]) => item),
})

const pairs = (tastes: ReadonlyArray<readonly [string, number]>): Array<[string, number]> =>
  tastes.map(([name, weight]) => [name, weight])
const orderOf = ({ source, order, createdAtMs }: OrderOfShopper) => ({
  ...{ source, order_id: order },
  created_at: iso(createdAtMs),
})
/** A refund may wait for an order that was never told itself: its guest is named by it. */
const guestOrders = (names: readonly string[]) =>
  names.flatMap((name) => {
    const guest = guestOrder(name)
    return guest === null ? [] : { source: guest.source, order: guest.order_id }
  })

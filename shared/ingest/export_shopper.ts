import { shopperHash } from '../domain/shopper_hash.ts'
import type { HeldOfUser, ShelfOfUser, UserPage } from '../domain/user_answers.ts'
import { namesShopper } from '../enrich/names_shopper.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { LiveStore } from '../store/live/live.ts'
import type { ProfileStore } from '../store/live/profiles.ts'
import type { DeadLetterStore, LetterView } from '../store/operations/dead_letters.ts'
import type { ForgottenStore } from '../store/operations/forgotten.ts'
import type { OrderOfShopper, ShopperReads } from '../store/shopper_reads.ts'
import { eventLines } from './feeds/event_line.ts'

export interface ExportDeps {
  reads: ShopperReads
  live: Pick<LiveStore, 'recent'>
  profiles: Pick<ProfileStore, 'get'>
  habits: Pick<HabitStore, 'get'>
  letters: Pick<DeadLetterStore, 'list' | 'get'>
  forgotten: Pick<ForgottenStore, 'among'>
}

/** The places that are looked through, in their order: what is moved from one to another meanwhile is met twice, never missed. */
export const EXPORT_PLACES = ['waiting', 'events', 'impressions', 'letters'] as const
export interface ExportPlace {
  where: (typeof EXPORT_PLACES)[number]
  from: string
}

/** Letters of one page: each is read whole, and may be megabytes. */
const LETTERS = 20

type Page = Pick<UserPage, 'held' | 'events' | 'shelves' | 'dead_letters' | 'forgetting'>

/**
 * A page of everything that a shop's stores hold of a shopper. Pages are bounded in what is read for them, so that one may
 * be empty and not the last.
 * @param names as the stores know the shopper
 * @param place null begins, with what is held by the shopper's name
 */
export async function exportShopper(
  shop: string,
  names: readonly string[],
  place: ExportPlace | null,
  deps: ExportDeps,
): Promise<{ page: Page; next: ExportPlace | null }> {
  const { where, from } = place ?? { where: 'waiting', from: '' }
  const empty: Page = {
    held: place === null ? await heldOf(shop, names, deps) : null,
    forgetting: (await deps.forgotten.among(shop, names)).size > 0,
    events: [],
    shelves: [],
    dead_letters: [],
  }
  const then = (next: string | null): ExportPlace | null => {
    if (next !== null) return { where, from: next }
    const after = EXPORT_PLACES[EXPORT_PLACES.indexOf(where) + 1]
    return after === undefined ? null : { where: after, from: '' }
  }
  switch (where) {
    case 'waiting':
    case 'events': {
      const read = where === 'waiting' ? deps.reads.waiting : deps.reads.events
      const { found, next } = await read(shop, names, from)
      return { page: { ...empty, events: eventLines(found) as Page['events'] }, next: then(next) }
    }
    case 'impressions': {
      const { found, next } = await deps.reads.impressions(shop, names, from)
      return { page: { ...empty, shelves: found.map(shelfOf) }, next: then(next) }
    }
    case 'letters': {
      const { found, next } = await lettersOf(shop, names, from, deps)
      return { page: { ...empty, dead_letters: found }, next: then(next) }
    }
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

async function heldOf(shop: string, names: readonly string[], deps: ExportDeps): Promise<HeldOfUser> {
  const each = <T>(read: (name: string) => Promise<T>) => Promise.all(names.map(read))
  const recent = (await each((name) => deps.live.recent(shop, name))).flat().sort((a, b) => a.atMs - b.atMs)
  const [profile] = (await each((name) => deps.profiles.get(shop, name))).filter((own) => own !== null)
  const [habits] = (await each((name) => deps.habits.get(shop, shopperHash(name)))).filter((own) => own !== null)
  const orders = await deps.reads.orders(shop, names)
  const { text = '', categories = [], brands = [], attributes = [], markets = [] } = profile?.profile ?? {}
  const { topics = [], price = null } = profile?.profile ?? {}
  return {
    recent_events: recent.map(({ item, type, atMs, value }) => ({
      item_id: item,
      type,
      occurred_at: iso(atMs),
      value,
    })),
    profile:
      profile === undefined
        ? null
        : {
            ...{ events: profile.events, made_by: profile.recipe, updated_at: iso(profile.updatedAtMs), text },
            tastes: {
              categories: pairs(categories),
              brands: pairs(brands),
              attributes: pairs(attributes),
              markets: pairs(markets),
              ...{ topics, price },
            },
            representative_item_ids: profile.representatives,
          },
    habits:
      habits === undefined
        ? null
        : {
            visits: habits.visits,
            items: habits.items.map(({ item, visits, units }) => ({ item_id: item, visits, quantity: units })),
            liked_item_ids: habits.liked.map(([item]) => item),
            disliked_item_ids: habits.disliked.map(([item]) => item),
          },
    orders: orders.map(orderOf),
    waiting_refunds: (await deps.reads.waitingRefunds(shop, orders)).map(orderOf),
  }
}

const pairs = (tastes: ReadonlyArray<readonly [string, number]>): Array<[string, number]> =>
  tastes.map(([name, weight]) => [name, weight])
const orderOf = ({ source, order, createdAtMs }: OrderOfShopper) => ({
  ...{ source, order_id: order },
  created_at: iso(createdAtMs),
})

/** What of an impression record is of the shopper; records of earlier releases lack parts. */
function shelfOf(record: unknown): ShelfOfUser {
  const own = record as Record<string, unknown>
  const text = (name: string) => (typeof own[name] === 'string' ? own[name] : '')
  const ids = (name: string) =>
    Array.isArray(own[name]) ? (own[name] as unknown[]).filter((id) => typeof id === 'string') : []
  return {
    recommendation_id: text('recommendation_id'),
    shown_at: iso(typeof own.at === 'number' ? own.at : 0),
    ...{ placement: text('placement'), market: text('market'), locale: text('locale') },
    query: typeof own.query === 'string' ? own.query : null,
    ...{ seed_item_ids: ids('seeds'), cart_item_ids: ids('cart'), item_ids: ids('shown') },
  }
}

async function lettersOf(shop: string, names: readonly string[], from: string, deps: ExportDeps) {
  const before = from === '' ? null : Number(from)
  const page = await deps.letters.list({ shop, origin: null, beforeSeq: before, limit: LETTERS })
  const found: Page['dead_letters'] = []
  for (const { seq } of page) {
    const letter = await deps.letters.get(seq, shop)
    if (letter !== null && namesShopper(letter, names)) found.push(letterOf(letter))
  }
  return { found, next: page.length < LETTERS ? null : String(page.at(-1)!.seq) }
}

const letterOf = ({ seq, origin, topic, createdAtMs }: LetterView) => ({
  ...{ seq, origin, topic },
  created_at: iso(createdAtMs),
})

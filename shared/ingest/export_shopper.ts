import type { ShelfOfUser, UserPage } from '../domain/user_answers.ts'
import { namesShopper } from '../enrich/names_shopper.ts'
import type { DeadLetterStore, LetterView } from '../store/operations/dead_letters.ts'
import type { ShopperRows } from '../store/operations/erasures_rows.ts'
import type { ForgottenStore } from '../store/operations/forgotten.ts'
import type { ShopperReads } from '../store/shopper_reads.ts'
import { eventLines } from './feeds/event_line.ts'
import { type HeldDeps, heldOf } from './held_of_shopper.ts'

export interface ExportDeps extends HeldDeps {
  reads: ShopperReads
  rows: Pick<ShopperRows, 'otherNames'>
  letters: Pick<DeadLetterStore, 'list' | 'get'>
  forgotten: Pick<ForgottenStore, 'among'>
}

/** The places that are looked through, in their order: what is moved from one to another meanwhile is met twice, never missed. */
const EXPORT_PLACES = ['names', 'waiting', 'events', 'impressions', 'letters'] as const
export interface ExportPlace {
  where: (typeof EXPORT_PLACES)[number]
  from: string
}

/** Names of one page: each takes a few calls, and the platform lets a request make a thousand. */
const NAMES = 100
/** Letters of one page: each is read whole, and may be megabytes. */
const LETTERS = 20

type Page = Pick<UserPage, 'names' | 'held' | 'events' | 'shelves' | 'dead_letters' | 'forgetting'>

/**
 * A page of everything that a shop's stores hold of a shopper. Pages are bounded in what is read for them, so that one may
 * be empty and not the last.
 * @param given names of the shopper; those of guests that the orders tell are looked for with them
 * @param place null begins, with what is held by the shopper's names
 */
export async function exportShopper(
  shop: string,
  given: readonly string[],
  place: ExportPlace | null,
  deps: ExportDeps,
): Promise<{ page: Page; next: ExportPlace | null }> {
  const { where, from } = place ?? { where: 'names', from: '' }
  const others = await deps.rows.otherNames(shop, given)
  const names = [...new Set([...given, ...others.sort()])]
  const empty: Page = {
    names,
    held: null,
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
    case 'names': {
      // One that is gone since is not found, and they are read again.
      const first = from === '' ? 0 : names.indexOf(from) + 1
      const some = names.slice(first, first + NAMES)
      const held = await heldOf(shop, some, first === 0 ? names : null, deps)
      return { page: { ...empty, held }, next: then(first + NAMES < names.length ? some.at(-1)! : null) }
    }
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

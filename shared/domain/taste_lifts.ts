import * as z from 'zod'
import { hash64 } from '../base/hash.ts'
import { idSchema } from './ids.ts'
import { TASTE_ITEMS_KEPT, TASTES_MAX, type TastesText } from './tastes.ts'

/** What a shelf needs of a shop's tastes: by which items each is told. Names nobody. */
export const tasteLiftsSchema = z.strictObject({
  v: z.literal(1),
  /** The learning run's stamp. */
  stampMs: z.int().min(0),
  tastes: z
    .array(
      z.strictObject({
        /** Stays from run to run as long as the taste does. */
        id: z.string().min(1).max(32),
        /** Of all shoppers. */
        share: z.number().min(0).max(1),
        /** [id, log-lift in hundredths]: how much more likely its shoppers want the item than others, strongest first. */
        items: z.array(z.tuple([idSchema, z.int()])).max(TASTE_ITEMS_KEPT),
      }),
    )
    .max(TASTES_MAX),
})
export type TasteLifts = z.infer<typeof tasteLiftsSchema>

/** Shoppers of an item that it takes to believe its own lift as much as none. */
const PRIOR_SHOPPERS = 5
/** Hundredths of a log-lift. */
const SCALE = 100
/** A taste of another run is the same one when it has so much of its weight in common. */
const SAME_MIN = 0.4

/**
 * The compact copy of a shop's tastes. Learning finds them anew every few minutes, in any order; orders that were made
 * for a taste must not be lost each time, so a taste that lies where an earlier one lay keeps its id.
 * @param before the copy that is in use; null for none
 */
export function tasteLifts(text: TastesText, stampMs: number, before: TasteLifts | null): TasteLifts {
  const total = text.tastes.reduce((sum, taste) => sum + taste.shoppers, 0)
  const bare = text.tastes.map(({ shoppers, items }) => ({
    share: shoppers / total,
    items: liftsOf(items, shoppers / total),
  }))
  const ids = idsOf(bare, before?.tastes ?? [])
  return { v: 1, stampMs, tastes: bare.map((taste, at) => ({ id: ids[at]!, ...taste })) }
}

type Lifts = TasteLifts['tastes'][number]['items']

/** log(P(taste | item) / P(taste)), the item's shoppers joined by a few of the shop's. */
function liftsOf(items: TastesText['tastes'][number]['items'], share: number): Lifts {
  return items
    .map(([id, own, all]): Lifts[number] => {
      const lift = (own + PRIOR_SHOPPERS * share) / (all + PRIOR_SHOPPERS) / share
      return [id, Math.round(SCALE * Math.log(lift))]
    })
    .filter(([, lift]) => lift > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

/** Pairs tastes with earlier ones, those most alike first; whoever is left gets a new id. */
function idsOf(tastes: ReadonlyArray<{ items: Lifts }>, before: TasteLifts['tastes']): string[] {
  const alike = tastes.flatMap(({ items }, at) =>
    before.map((earlier) => ({ at, id: earlier.id, common: inCommon(items, earlier.items) })),
  )
  alike.sort((a, b) => b.common - a.common || a.at - b.at || (a.id < b.id ? -1 : 1))
  const ids = new Map<number, string>()
  const used = new Set<string>()
  for (const { at, id, common } of alike) {
    if (common < SAME_MIN || ids.has(at) || used.has(id)) continue
    ids.set(at, id)
    used.add(id)
  }
  return tastes.map(({ items }, at) => {
    let id = ids.get(at) ?? hash64(items.map(([item]) => item).join('\n')).slice(0, 12)
    while (!ids.has(at) && used.has(id)) id = hash64(id).slice(0, 12)
    used.add(id)
    return id
  })
}

/** The weight that two lists share, of all that they have (weighted Jaccard). */
function inCommon(a: Lifts, b: Lifts): number {
  const other = new Map(b)
  let [least, most] = [0, b.reduce((sum, [, lift]) => sum + lift, 0)]
  for (const [id, lift] of a) {
    const theirs = other.get(id) ?? 0
    least += Math.min(lift, theirs)
    most += Math.max(lift, theirs) - theirs
  }
  return most === 0 ? 0 : least / most
}

/** Tastes as an isolate holds them: by item, which tastes it tells of. */
export interface TasteIndex {
  ids: readonly string[]
  stampMs: number
  /** [place in `ids`, log-lift]. */
  byItem: ReadonlyMap<string, ReadonlyArray<readonly [taste: number, lift: number]>>
}

/** @returns null for what is no copy of tastes */
export function indexTastes(value: unknown): TasteIndex | null {
  const parsed = tasteLiftsSchema.safeParse(value)
  if (!parsed.success) return null
  const byItem = new Map<string, Array<readonly [number, number]>>()
  for (const [taste, { items }] of parsed.data.tastes.entries()) {
    for (const [id, lift] of items) {
      const own = byItem.get(id)
      if (own === undefined) byItem.set(id, [[taste, lift / SCALE]])
      else own.push([taste, lift / SCALE])
    }
  }
  return { ids: parsed.data.tastes.map(({ id }) => id), stampMs: parsed.data.stampMs, byItem }
}

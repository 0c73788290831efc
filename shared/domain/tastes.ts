import { dot, unpackDirection } from './item_factors.ts'

/** The most tastes of a shop. */
export const TASTES_MAX = 64
/** A smaller group might tell of a person. */
export const TASTE_SHOPPERS_MIN = 20
export const TASTE_ITEMS_KEPT = 100

/** What a taste's shoppers want more than others, in the shop's own words. */
export interface TasteName {
  kind: 'category' | 'brand' | 'attribute' | 'word'
  /** Of an attribute; empty else. */
  name: string
  value: string
}

export interface Taste {
  /** How many have it; of a shopper with several interests a part. */
  shoppers: number
  /** `packDirection` of where it lies. */
  centre: string
  /** Items that it wants more than others do: [id, its shoppers who wanted it, shoppers in all]. */
  items: ReadonlyArray<readonly [id: string, own: number, all: number]>
  /** Most telling first; empty until the catalogue was looked at. */
  names: readonly TasteName[]
}

/** The tastes of a shop as they are kept: one JSON document. */
export interface TastesText {
  v: 1
  asOfMs: number
  shoppers: number
  /** How shoppers were pooled (shared/learn/interests_pool_fit.ts). */
  halfLifeDays: number | null
  several: boolean
  /** How much nearness to an item's place says. */
  sharpness: number
  tastes: readonly Taste[]
}

export interface Affinity {
  taste: Taste
  /** Share of the item's shoppers that has this taste. */
  share: number
  /** How many times as likely this taste's shoppers want the item as the average shopper. */
  lift: number
}

/**
 * Who would want an item at this place: P(taste | item) proportional to the taste's share times
 * exp(sharpness cosine). Largest lift first.
 * @param trust how much the place says, in [0, 1]: sharpness is less where it rests on little
 */
export function affinitiesTo(text: TastesText, place: Float32Array, trust: number): Affinity[] {
  const total = text.tastes.reduce((sum, taste) => sum + taste.shoppers, 0)
  const odds = text.tastes.map(
    (taste) => (taste.shoppers / total) * Math.exp(text.sharpness * trust * dot(unpackDirection(taste.centre), place)),
  )
  const sum = odds.reduce((all, one) => all + one, 0)
  return text.tastes
    .map((taste, at) => ({ taste, share: odds[at]! / sum, lift: odds[at]! / sum / (taste.shoppers / total) }))
    .sort((a, b) => b.lift - a.lift)
}

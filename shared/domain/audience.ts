import * as z from 'zod'

/** What the answer about an item rests on. */
export const AUDIENCE_BASES = ['behaviour', 'text', 'both', 'none'] as const
export type AudienceBasis = (typeof AUDIENCE_BASES)[number]

/** Tastes of one answer. */
export const AUDIENCE_TASTES = 5
/** Items that stand for a taste. */
export const AUDIENCE_ITEMS = 5

const share = z.number().min(0).max(1)

/** Who would want an item. No shopper is named, and no group of fewer than twenty is told of. */
export const audienceSchema = z.strictObject({
  item_id: z.string(),
  /** `none`: the shop has too few shoppers, or the item's text is not known to the index yet. */
  basis: z.enum(AUDIENCE_BASES),
  /** Shoppers who wanted the item, when it was last learned. */
  shoppers: z.int().min(0),
  /** What the text counts for, in shoppers; `own_share` is shoppers / (shoppers + kappa). */
  kappa: z.int().min(0),
  own_share: share,
  /** The newest event that was learned from; null where nothing was. */
  as_of: z.iso.datetime().nullable(),
  tastes: z.array(
    z.strictObject({
      /** In the catalogue's words; empty where nothing sets its shoppers' items apart. */
      name: z.string(),
      names: z.array(
        z.strictObject({
          kind: z.enum(['category', 'brand', 'attribute', 'word']),
          name: z.string(),
          value: z.string(),
        }),
      ),
      shoppers: z.int().min(20),
      /** Of all shoppers. */
      share_of_shoppers: share,
      /** Of those who would want the item. */
      share_of_audience: share,
      /** How many times as likely as the average shopper these want it. */
      lift: z.number().min(0),
      /** What they want more than others, most telling first. */
      top_items: z.array(z.strictObject({ id: z.string(), title: z.string(), shoppers: z.int().min(0) })),
    }),
  ),
})
export type Audience = z.infer<typeof audienceSchema>

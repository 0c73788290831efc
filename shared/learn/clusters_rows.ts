import * as z from 'zod'
import { idSchema } from '../domain/ids.ts'
import { tasteLifts, tasteLiftsSchema } from '../domain/taste_lifts.ts'
import { TASTE_ITEMS_KEPT, TASTE_SHOPPERS_MIN, TASTES_MAX, type TastesText } from '../domain/tastes.ts'
import { kind } from './row_kind.ts'

const count = z.number().min(0)
const tasteSchema = z.strictObject({
  shoppers: z.int().min(TASTE_SHOPPERS_MIN),
  centre: z.string().length(88),
  items: z.array(z.tuple([idSchema, count, count])).max(TASTE_ITEMS_KEPT),
  // Names come from the catalogue, which only the service has.
  names: z.array(z.never()),
})
const textSchema = z.strictObject({
  v: z.literal(1),
  asOfMs: z.int().min(0),
  shoppers: z.int().min(TASTE_SHOPPERS_MIN),
  halfLifeDays: z.number().min(0).nullable(),
  several: z.boolean(),
  sharpness: z.number().min(0).max(100),
  tastes: z.array(tasteSchema).min(1).max(TASTES_MAX),
})

type ClusterRow = ['clusters', TastesText]

/** ['clusters', tastes]: the whole of shared/domain/tastes.ts in one row, without names. */
export const clusterRows = kind<ClusterRow>({
  schema: z.tuple([z.literal('clusters'), textSchema]) as unknown as z.ZodType<ClusterRow>,
  whole: true,
  known: ([name, text], knows) => [
    name,
    { ...text, tastes: text.tastes.map((taste) => ({ ...taste, items: taste.items.filter(([id]) => knows(id)) })) },
  ],
  async publish(rows, { shop, stampMs }, { factors, cache }) {
    const text = rows[0]![1]
    await factors.putTastes(shop, text, stampMs)
    const before = tasteLiftsSchema.safeParse(await cache.tastes(shop))
    await cache.putTastes(shop, tasteLifts(text, stampMs, before.success ? before.data : null))
  },
  async finish({ shop, stampMs }, { factors, cache }) {
    await factors.clearTastesBefore(shop, stampMs)
    const copy = tasteLiftsSchema.safeParse(await cache.tastes(shop))
    // KV may not show yet what this run wrote, but it never shows a later stamp than there is.
    if (copy.success && copy.data.stampMs < stampMs && (await factors.tastes(shop)) === null)
      await cache.removeTastes(shop)
  },
})

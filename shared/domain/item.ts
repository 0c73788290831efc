import * as z from 'zod'
import {
  currencySchema,
  idSchema,
  linkSchema,
  localeSchema,
  marketSchema,
  minorSchema,
  momentSchema,
  shortTextSchema,
} from './ids.ts'
import { LIMITS } from './limits.ts'

const attributeScalar = z.union([z.string().min(1).max(LIMITS.shortTextChars), z.number(), z.boolean()])

/** A product's property: one value or several. Names are the shop's own (`colour`, `material` ...). */
export const attributesSchema = z
  .record(shortTextSchema, z.union([attributeScalar, z.array(attributeScalar).max(LIMITS.attributeValues)]))
  .refine(
    (all) => Object.keys(all).length <= LIMITS.attributesPerItem,
    `at most ${LIMITS.attributesPerItem} attributes`,
  )

/** A store keeps one row each: a second one of the same name would refuse the whole batch. */
const distinct = <T>(list: readonly T[] | undefined, name: (entry: T) => string): boolean =>
  list === undefined || new Set(list.map(name)).size === list.length

/** A form of the product that can be bought: a size, a colour. */
export const variantSchema = z.strictObject({
  id: idSchema,
  title: shortTextSchema.optional(),
  options: z.record(shortTextSchema, shortTextSchema).optional(),
  sku: shortTextSchema.optional(),
  image_url: linkSchema.optional(),
})

/** Units in stock; absent means that stock is not tracked and the variant can always be bought. */
const stockSchema = z.int().min(0).max(1_000_000_000)

export const offerVariantSchema = z.strictObject({
  id: idSchema,
  price: minorSchema,
  list_price: minorSchema.optional(),
  stock: stockSchema.optional(),
})

/** What an item costs in one market, and the words it is sold with there. */
export const offerSchema = z
  .strictObject({
    market: marketSchema,
    currency: currencySchema,
    price: minorSchema.optional(),
    list_price: minorSchema.optional(),
    stock: stockSchema.optional(),
    visible: z.boolean().optional(),
    valid_from: momentSchema.optional(),
    valid_until: momentSchema.optional(),
    url: linkSchema.optional(),
    title: z.string().min(1).max(LIMITS.titleChars).optional(),
    description: z.string().max(LIMITS.descriptionChars).optional(),
    variants: z
      .array(offerVariantSchema)
      .min(1)
      .max(LIMITS.variantsPerItem)
      .refine((list) => distinct(list, (variant) => variant.id), 'names a variant twice')
      .optional(),
  })
  .refine((offer) => offer.price !== undefined || offer.variants !== undefined, {
    path: ['price'],
    message: 'an offer has a price or variants with prices',
  })

/** The body of `PUT /v1/items/{id}`, and with its id one line of a bulk write. */
export const itemBodySchema = z.strictObject({
  title: z.string().min(1).max(LIMITS.titleChars),
  description: z.string().max(LIMITS.descriptionChars).optional(),
  brand: shortTextSchema.optional(),
  /** Paths from general to particular: `Kitchen > Tea > Teapots`. */
  categories: z.array(z.string().min(1).max(LIMITS.titleChars)).max(LIMITS.categoriesPerItem).optional(),
  tags: z.array(shortTextSchema).max(LIMITS.tagsPerItem).optional(),
  attributes: attributesSchema.optional(),
  /** The language of title and description; the shop's when absent. */
  locale: localeSchema.optional(),
  url: linkSchema.optional(),
  image_url: linkSchema.optional(),
  created_at: momentSchema.optional(),
  /** The source's own clock: an older write never overwrites a newer one. Now, when absent. */
  updated_at: momentSchema.optional(),
  /** Orders writes whose clocks are equal: the source's own counter, the larger is the newer. 0, when absent. */
  version: z.int().min(0).optional(),
  variants: z
    .array(variantSchema)
    .max(LIMITS.variantsPerItem)
    .refine((list) => distinct(list, (variant) => variant.id), 'names a variant twice')
    .optional(),
  offers: z
    .array(offerSchema)
    .min(1)
    .max(LIMITS.marketsPerItem)
    .refine((list) => distinct(list, (offer) => offer.market), 'names a market twice'),
})

export const itemLineSchema = itemBodySchema.extend({ id: idSchema })

/** A delete among the lines of a bulk write. */
export const itemDeletionSchema = z.strictObject({
  id: idSchema,
  deleted: z.literal(true),
  updated_at: momentSchema.optional(),
  version: z.int().min(0).optional(),
})

export type ItemBody = z.infer<typeof itemBodySchema>
export type ItemLine = z.infer<typeof itemLineSchema>
export type Offer = z.infer<typeof offerSchema>
export type Attributes = z.infer<typeof attributesSchema>
export type ItemDeletion = z.infer<typeof itemDeletionSchema>

/** What a write of one item came to. */
export const itemOutcomeSchema = z.enum(['created', 'updated', 'unchanged', 'stale', 'deleted', 'rejected'])
export type ItemOutcome = z.infer<typeof itemOutcomeSchema>

/** Separates the steps of a category path. */
export const CATEGORY_SEPARATOR = ' > '

/** The general category of a path: `Kitchen` of `Kitchen > Tea`. */
export const rootCategory = (path: string): string => path.split(CATEGORY_SEPARATOR, 1)[0]!

/** The particular category of a path: `Tea` of `Kitchen > Tea`. */
export function leafCategory(path: string): string {
  const at = path.lastIndexOf(CATEGORY_SEPARATOR)
  return at === -1 ? path : path.slice(at + CATEGORY_SEPARATOR.length)
}

/** A path and every path above it, the most general first: `Kitchen`, `Kitchen > Tea` of `Kitchen > Tea`. */
export function categoryLevels(path: string): string[] {
  const levels: string[] = []
  for (let at = path.indexOf(CATEGORY_SEPARATOR); at !== -1; at = path.indexOf(CATEGORY_SEPARATOR, at + 1))
    levels.push(path.slice(0, at))
  levels.push(path)
  return levels
}

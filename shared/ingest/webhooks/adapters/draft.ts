import type { FieldError } from '../../../base/problem.ts'
import { capText } from '../../../base/text/clean.ts'
import { plainText } from '../../../base/text/html.ts'
import { fieldErrors } from '../../../domain/decode.ts'
import { idSchema, linkSchema } from '../../../domain/ids.ts'
import { type ItemLine, itemLineSchema, type Offer } from '../../../domain/item.ts'
import { LIMITS } from '../../../domain/limits.ts'
import { isoOf } from './shapes.ts'
import type { Warnings } from './warnings.ts'

/** An item as a platform tells it: nothing cut, nothing cleaned, much of it perhaps missing. */
export interface Draft {
  id: string
  title: string
  /** Text or markup. */
  description?: string | undefined
  brand?: string | undefined
  categories?: readonly string[] | undefined
  tags?: readonly string[] | undefined
  attributes?: ReadonlyArray<readonly [name: string, values: ReadonlyArray<string | number | boolean>]>
  url?: string | undefined
  imageUrl?: string | undefined
  createdAtMs?: number | null
  updatedAtMs: number
  version?: number | undefined
  locale: string
  variants?: ReadonlyArray<{
    id: string
    title?: string | undefined
    options?: ReadonlyArray<readonly [name: string, value: string]>
    sku?: string | undefined
    imageUrl?: string | undefined
  }>
  offers: readonly Offer[]
}

export type Line = { ok: true; line: ItemLine } | { ok: false; errors: readonly FieldError[] }

/**
 * A line as the API takes it. The API refuses what is too long, since its sender can mend it; a platform cannot, so here
 * it is cut, and a warning says so. What only decorates is dropped when it does not fit.
 */
export function toItemLine(draft: Draft, warnings: Warnings): Line {
  const capped = (value: string | undefined, max: number, field: string): string | undefined => {
    const clean = plainText(value ?? '')
    const short = capText(clean, max)
    if (short !== clean) warnings.add(`${field} is cut to ${max} characters`)
    return short === '' ? undefined : short
  }
  const short = (value: string | undefined, field: string) => capped(value, LIMITS.shortTextChars, field)
  const list = (values: readonly string[] | undefined, most: number, max: number, field: string) =>
    kept(unique((values ?? []).map((value) => capped(value, max, field))), most, field, warnings)
  const offered = uniqueBy(draft.offers, (offer) => offer.market, 'offers', warnings)
  const variants = uniqueBy(draft.variants ?? [], (variant) => variant.id, 'variants', warnings)
  const candidate = {
    id: draft.id,
    title: capped(draft.title, LIMITS.titleChars, 'title') ?? '',
    description: capped(draft.description, LIMITS.descriptionChars, 'description'),
    brand: short(draft.brand, 'brand'),
    categories: list(draft.categories, LIMITS.categoriesPerItem, LIMITS.titleChars, 'categories'),
    tags: list(draft.tags, LIMITS.tagsPerItem, LIMITS.shortTextChars, 'tags'),
    attributes: attributesOf(draft.attributes ?? [], short, warnings),
    locale: draft.locale,
    url: link(draft.url, 'url', warnings),
    image_url: link(draft.imageUrl, 'image_url', warnings),
    created_at: draft.createdAtMs == null ? undefined : isoOf(draft.createdAtMs),
    updated_at: isoOf(draft.updatedAtMs),
    version: draft.version,
    variants: kept(variants, LIMITS.variantsPerItem, 'variants', warnings).map((variant) => ({
      id: variant.id,
      title: short(variant.title, 'variant title'),
      options: record(
        (variant.options ?? []).flatMap(([name, value]): Array<[string, string]> => {
          const [cleanName, cleanValue] = [short(name, 'option name'), short(value, 'option value')]
          return cleanName === undefined || cleanValue === undefined ? [] : [[cleanName, cleanValue]]
        }),
      ),
      sku: short(variant.sku, 'sku'),
      image_url: link(variant.imageUrl, 'variant image_url', warnings),
    })),
    offers: offered.map((offer) => ({ ...offer, url: link(offer.url, 'offer url', warnings) })),
  }
  const parsed = itemLineSchema.safeParse(withoutGaps(candidate))
  return parsed.success ? { ok: true, line: parsed.data } : { ok: false, errors: fieldErrors(parsed.error) }
}

function attributesOf(
  entries: NonNullable<Draft['attributes']>,
  short: (value: string | undefined, field: string) => string | undefined,
  warnings: Warnings,
): ItemLine['attributes'] {
  const clean = entries.flatMap(([name, values]): Array<[string, Array<string | number | boolean>]> => {
    const cleanName = short(name, 'attribute name')
    const cleanValues = [
      ...new Set(values.map((value) => (typeof value === 'string' ? short(value, 'attribute value') : value))),
    ].filter((value) => value !== undefined && (typeof value !== 'number' || Number.isFinite(value)))
    return cleanName === undefined || cleanValues.length === 0
      ? []
      : [
          [
            cleanName,
            kept(cleanValues as Array<string | number | boolean>, LIMITS.attributeValues, 'attribute values', warnings),
          ],
        ]
  })
  const most = kept(clean, LIMITS.attributesPerItem, 'attributes', warnings)
  return record(most.map(([name, values]) => [name, values.length === 1 ? values[0]! : values]))
}

/** An object of pairs; undefined when there are none. Names of the language's own, such as `__proto__`, are left out. */
function record<T>(pairs: ReadonlyArray<[string, T]>): Record<string, T> | undefined {
  const own = pairs.filter(([name]) => !(name in Object.prototype))
  return own.length === 0 ? undefined : Object.fromEntries(own)
}

/** A link that can be opened; `//host/x` is written out. */
function link(value: string | undefined, field: string, warnings: Warnings): string | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const absolute = value.trim().replace(/^\/\//, 'https://')
  if (linkSchema.safeParse(absolute).success) return absolute
  warnings.add(`${field} is no address and is left out`)
  return undefined
}

function kept<T>(list: readonly T[], most: number, field: string, warnings: Warnings): T[] {
  if (list.length > most) warnings.add(`${field}: the first ${most} of ${list.length} are kept`)
  return list.slice(0, most)
}

const unique = (list: ReadonlyArray<string | undefined>): string[] => [
  ...new Set(list.filter((value): value is string => value !== undefined)),
]

function uniqueBy<T>(list: readonly T[], key: (entry: T) => string, field: string, warnings: Warnings): T[] {
  const first = new Map<string, T>()
  for (const entry of list) if (!first.has(key(entry))) first.set(key(entry), entry)
  if (first.size < list.length) warnings.add(`${field}: ${list.length - first.size} named twice are left out`)
  return [...first.values()]
}

/** Without keys whose value is undefined or an empty list, at any depth of objects. */
function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGaps)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, own]) =>
      own === undefined || (Array.isArray(own) && own.length === 0) ? [] : [[key, withoutGaps(own)]],
    ),
  )
}

/** Whether a text may be an id as it stands. */
export const isId = (value: string): boolean => idSchema.safeParse(value).success

import * as z from 'zod'
import type { FieldError } from '../../../base/problem.ts'
import { fieldErrors } from '../../../domain/decode.ts'
import type { SourceContext } from '../../../domain/webhook_source.ts'
import type { Effect } from '../effects.ts'
import { toItemLine } from './draft.ts'
import { offerOf } from './offers.ts'
import { amount, flag, idLike, listOf, momentMs, text, whole } from './shapes.ts'
import { Warnings } from './warnings.ts'

const variant = z.object({
  id: idLike,
  sku: text,
  /** Null: the product's. */
  price: amount,
  sale_price: amount,
  calculated_price: amount,
  inventory_level: whole,
  purchasing_disabled: flag,
  image_url: text,
  option_values: listOf(z.object({ option_display_name: z.string(), label: z.string() })),
})
type Variant = z.infer<typeof variant>

/** `GET /v3/catalog/products/{id}?include=variants,images`, with or without its envelope. */
const product = z.object({
  id: idLike,
  name: z.string().min(1),
  description: text,
  price: amount,
  sale_price: amount,
  calculated_price: amount,
  retail_price: amount,
  is_visible: flag,
  availability: text,
  inventory_tracking: text,
  inventory_level: whole,
  search_keywords: text,
  custom_url: z.object({ url: text }).optional().catch(undefined),
  custom_fields: listOf(z.object({ name: z.string(), value: z.string() })),
  images: listOf(z.object({ url_standard: text, is_thumbnail: flag })),
  variants: listOf(variant),
  date_created: text,
  date_modified: z.string(),
})
type Product = z.infer<typeof product>
const answer = z.union([z.object({ data: product }).transform((body) => body.data), product])

/** A sale price of zero means that there is none. */
const isSale = (value: string | number | undefined) => value !== undefined && Number(value) > 0

function pricesOf(read: Product, own: Variant | null) {
  const regular = own?.price ?? read.price
  const sale = [own?.sale_price, own?.price === undefined ? read.sale_price : undefined].find(isSale)
  const price = (own ?? read).calculated_price ?? sale ?? regular
  const isReduced = price !== undefined && regular !== undefined && Number(regular) > Number(price)
  return { price, listPrice: isReduced ? regular : read.retail_price }
}

function stockOf(read: Product, own: Variant | null): number | undefined {
  if (own?.purchasing_disabled === true) return 0
  if (read.inventory_tracking === 'variant') return own?.inventory_level ?? read.inventory_level ?? 0
  return read.inventory_tracking === 'product' ? (read.inventory_level ?? 0) : undefined
}

export type Fetched =
  | { ok: true; effects: readonly Effect[]; warnings: readonly string[] }
  | { ok: false; errors: readonly FieldError[] }

/**
 * A product as BigCommerce's API answers, as what a full body would have asked for. Its clock is `date_modified`.
 * @param fetchedAtMs its version: of two answers that were modified in one second the later one is the newer
 */
export function fetchedProduct(body: unknown, context: SourceContext, fetchedAtMs?: number): Fetched {
  const parsed = answer.safeParse(body)
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const updatedAtMs = momentMs(read.date_modified)
  if (updatedAtMs === null) return { ok: false, errors: [{ pointer: '/data/date_modified', detail: 'is no moment' }] }
  const warnings = new Warnings()
  const variants = read.variants ?? []
  const rows = variants.length === 0 ? [null] : variants
  const priced = rows.map((own) => ({ id: own?.id ?? read.id, ...pricesOf(read, own), stock: stockOf(read, own) }))
  const isVisible = read.is_visible !== false && read.availability !== 'disabled'
  const offer = offerOf(priced, context.market, context.currency, isVisible, warnings)
  if (offer === null) return { ok: false, errors: [{ pointer: '/data/price', detail: 'no variant has a price' }] }
  const line = toItemLine(
    {
      id: read.id,
      title: read.name,
      description: read.description,
      tags: read.search_keywords?.split(','),
      attributes: (read.custom_fields ?? []).map(({ name, value }) => [name, [value]] as const),
      url: read.custom_url?.url,
      imageUrl: (read.images?.find((one) => one.is_thumbnail === true) ?? read.images?.[0])?.url_standard,
      createdAtMs: momentMs(read.date_created),
      updatedAtMs,
      version: fetchedAtMs,
      locale: context.locale,
      variants: variants.map((own) => ({
        id: own.id,
        sku: own.sku,
        imageUrl: own.image_url,
        options: (own.option_values ?? []).map((one) => [one.option_display_name, one.label] as const),
      })),
      offers: [offer],
    },
    warnings,
  )
  return line.ok
    ? { ok: true, effects: [{ kind: 'item', line: line.line, inventory: [] }], warnings: warnings.list }
    : { ok: false, errors: line.errors }
}

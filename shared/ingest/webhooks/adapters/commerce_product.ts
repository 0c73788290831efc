import * as z from 'zod'
import { fieldErrors } from '../../../domain/decode.ts'
import { currencySchema, idSchema, minorSchema } from '../../../domain/ids.ts'
import type { Offer } from '../../../domain/item.ts'
import type { SourceContext } from '../../../domain/webhook_source.ts'
import { asked, type Read, wrong } from './adapter.ts'
import { toItemLine } from './draft.ts'
import { lenient, listOf, text } from './shapes.ts'
import { Warnings } from './warnings.ts'

const money = z.object({ amount: minorSchema, currency: currencySchema })
const media = listOf(z.object({ url: z.string(), type: text }))
const brandLike = lenient(z.union([z.string(), z.object({ name: z.string() }).transform((brand) => brand.name)]))

const variant = z.object({
  id: idSchema,
  sku: text,
  title: text,
  price: money,
  list_price: lenient(money),
  availability: lenient(z.object({ available: lenient(z.boolean()), status: text })),
  /** UCP names the value `label`, ACP `value`, and its list `variant_options`. */
  options: listOf(z.object({ name: z.string(), label: text, value: text })),
  variant_options: listOf(z.object({ name: z.string(), label: text, value: text })),
  media,
})

/**
 * The Product that the Universal Commerce Protocol and the Agentic Commerce Protocol share but for a few names
 * (ucp source/schemas/shopping/types/product.json; acp spec/2026-04-17/json-schema/schema.feed.json).
 */
const product = z.object({
  id: idSchema,
  title: z.string().min(1),
  description: lenient(z.union([z.string(), z.object({ plain: text, html: text, markdown: text })])),
  brand: brandLike,
  url: text,
  categories: listOf(z.union([z.string().transform((value) => ({ value })), z.object({ value: z.string() })])),
  tags: listOf(z.string()),
  media,
  version: lenient(z.int().min(0)),
  variants: z.array(variant).min(1),
})
type Variant = z.infer<typeof variant>

const GONE = new Set(['out_of_stock', 'discontinued'])
/** No number is told: what is out has none, all else is not counted. */
const isOut = ({ availability }: Variant) =>
  availability?.available === false || (availability?.available === undefined && GONE.has(availability?.status ?? ''))

const descriptionOf = (description: z.infer<typeof product>['description']): string | undefined =>
  typeof description === 'object' ? (description.html ?? description.plain ?? description.markdown) : description

export function readCommerceProduct(data: unknown, atMs: number, context: SourceContext): Read {
  const parsed = product.safeParse(data)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const warnings = new Warnings()
  const currency = read.variants[0]!.price.currency
  const sold = read.variants.filter((one) => one.price.currency === currency)
  if (sold.length < read.variants.length) warnings.add(`variants that are not priced in ${currency} are left out`)
  const rows = new Map(sold.map((one) => [one.id, one]))
  const offer: Offer = {
    market: context.market,
    currency,
    variants: [...rows.values()].slice(0, 2_048).map((one) => ({
      id: one.id,
      price: one.price.amount,
      ...(one.list_price !== undefined && one.list_price.amount > one.price.amount
        ? { list_price: one.list_price.amount }
        : {}),
      ...(isOut(one) ? { stock: 0 } : {}),
    })),
  }
  const line = toItemLine(
    {
      id: read.id,
      title: read.title,
      description: descriptionOf(read.description),
      brand: read.brand,
      categories: read.categories?.map((one) => one.value),
      tags: read.tags,
      url: read.url,
      imageUrl: read.media?.[0]?.url,
      updatedAtMs: atMs,
      version: read.version,
      locale: context.locale,
      variants: [...rows.values()].map((one) => ({
        id: one.id,
        title: one.title,
        sku: one.sku,
        imageUrl: one.media?.[0]?.url,
        options: (one.options ?? one.variant_options ?? []).flatMap(({ name, label, value }) => {
          const chosen = label ?? value
          return chosen === undefined ? [] : [[name, chosen] as const]
        }),
      })),
      offers: [offer],
    },
    warnings,
  )
  if (!line.ok) return { errors: line.errors }
  return line.line.offers.length === 0
    ? wrong('/variants', 'no variant has a price')
    : asked([{ kind: 'item', line: line.line, inventory: [] }], warnings.list)
}

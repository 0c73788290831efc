import * as z from 'zod'
import { fieldErrors } from '../../../../domain/decode.ts'
import type { InventoryLink } from '../../effects.ts'
import { type AdapterInput, asked, type Read, wrong } from '../adapter.ts'
import { toItemLine } from '../draft.ts'
import { offerOf } from '../offers.ts'
import { amount, idLike, lenient, listOf, momentMs, text, whole } from '../shapes.ts'
import { Warnings } from '../warnings.ts'
import { triggeredAtMs } from './headers.ts'

const image = z.object({ id: lenient(idLike), src: z.string() })

const variant = z.object({
  id: idLike,
  title: text,
  sku: text,
  price: amount,
  compare_at_price: amount,
  option1: text,
  option2: text,
  option3: text,
  image_id: lenient(idLike),
  inventory_item_id: lenient(idLike),
  /** Null: nobody counts. Newer versions of the API leave the field out. */
  inventory_management: z.string().nullish().catch(undefined),
  inventory_policy: text,
  inventory_quantity: whole,
})
type Variant = z.infer<typeof variant>

/** The body of products/create and products/update: the product as the REST API gives it. */
const product = z.object({
  id: idLike,
  title: z.string().min(1),
  body_html: text,
  vendor: text,
  product_type: text,
  category: lenient(z.object({ full_name: text, name: text })),
  tags: lenient(z.union([z.string(), z.array(z.string())])),
  handle: text,
  status: text,
  published_at: z.string().nullish().catch(undefined),
  created_at: text,
  updated_at: text,
  image: lenient(image),
  images: listOf(image),
  options: listOf(z.object({ name: z.string() })),
  variants: listOf(variant),
  variant_gids: listOf(z.object({})),
})
type Product = z.infer<typeof product>

/** The only variant of a product without options is called so; it means nothing to anybody. */
const DEFAULT_TITLE = 'Default Title'

const tagsOf = (tags: Product['tags']): string[] => (typeof tags === 'string' ? tags.split(',') : (tags ?? []))

/** Drafts, archived products and those that the online store does not show are kept and not sold. */
const isVisible = (body: Product) =>
  (body.status === undefined || body.status === 'active') && body.published_at !== null

/** Undefined: not tracked, or sold beyond what is there. */
const stockOf = (one: Variant): number | undefined =>
  one.inventory_management === null || one.inventory_policy === 'continue' ? undefined : one.inventory_quantity

function optionsOf(one: Variant, options: Product['options']): Array<[string, string]> {
  const values = [one.option1, one.option2, one.option3]
  return values.flatMap((value, index): Array<[string, string]> => {
    const name = options?.[index]?.name
    return value === undefined || name === undefined || value === DEFAULT_TITLE ? [] : [[name, value]]
  })
}

export function readProduct({ body, headers, receivedAtMs, context }: AdapterInput): Read {
  const parsed = product.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const variants = read.variants ?? []
  const warnings = new Warnings()
  if ((read.variant_gids?.length ?? 0) > variants.length)
    warnings.add(`the body carries ${variants.length} of ${read.variant_gids!.length} variants`)
  const priced = variants.map((one) => ({
    id: one.id,
    price: one.price,
    listPrice: one.compare_at_price,
    stock: stockOf(one),
  }))
  const offer = offerOf(priced, context.market, context.currency, isVisible(read), warnings)
  if (offer === null) return wrong('/variants', 'no variant has a price')
  const pictures = new Map((read.images ?? []).map((one) => [one.id, one.src]))
  const triggered = triggeredAtMs(headers)
  const line = toItemLine(
    {
      id: read.id,
      title: read.title,
      description: read.body_html,
      brand: read.vendor,
      categories: [read.category?.full_name ?? read.category?.name, read.product_type].filter(
        (name) => name !== undefined,
      ),
      tags: tagsOf(read.tags),
      url: read.handle === undefined ? undefined : `/products/${encodeURIComponent(read.handle.toWellFormed())}`,
      imageUrl: read.image?.src ?? read.images?.[0]?.src,
      createdAtMs: momentMs(read.created_at),
      updatedAtMs: momentMs(read.updated_at) ?? triggered ?? receivedAtMs,
      version: triggered ?? undefined,
      locale: context.locale,
      variants: variants.map((one) => ({
        id: one.id,
        title: one.title === DEFAULT_TITLE ? undefined : one.title,
        options: optionsOf(one, read.options),
        sku: one.sku,
        imageUrl: one.image_id === undefined ? undefined : pictures.get(one.image_id),
      })),
      offers: [offer],
    },
    warnings,
  )
  if (!line.ok) return { errors: line.errors }
  const known = new Set(line.line.offers.flatMap((one) => one.variants ?? []).map((one) => one.id))
  // A variant that is not counted has levels that say nothing.
  const inventory = variants.flatMap((one): InventoryLink[] =>
    one.inventory_item_id === undefined || stockOf(one) === undefined || !known.has(one.id)
      ? []
      : [{ inventoryItem: one.inventory_item_id, variant: one.id }],
  )
  return asked([{ kind: 'item', line: line.line, inventory }], warnings.list)
}

import * as z from 'zod'
import { fieldErrors } from '../../../domain/decode.ts'
import { type Adapter, type AdapterInput, asked, type Read, wrong } from './adapter.ts'
import { type Draft, toItemLine } from './draft.ts'
import { bodyOf, hashedId, sentTopic } from './names.ts'
import { offerOf } from './offers.ts'
import { amount, flag, idLike, isoOf, lenient, listOf, momentMs, text, whole } from './shapes.ts'
import { Warnings } from './warnings.ts'
import { readWooOrder } from './woocommerce_orders.ts'

const named = z.object({ name: z.string() })

/** A product as `GET /wc/v3/products/{id}` gives it, which is the body of its webhooks. */
const product = z.object({
  id: idLike,
  name: z.string().min(1),
  status: text,
  catalog_visibility: text,
  permalink: text,
  description: text,
  short_description: text,
  sku: text,
  price: amount,
  regular_price: amount,
  manage_stock: lenient(z.union([z.boolean(), z.string()])),
  stock_quantity: whole,
  stock_status: text,
  backorders: text,
  backorders_allowed: flag,
  categories: listOf(named),
  tags: listOf(named),
  brands: listOf(named),
  images: listOf(z.object({ src: z.string() })),
  attributes: listOf(z.object({ name: z.string(), options: listOf(z.string()), option: text })),
  date_created_gmt: text,
  date_modified_gmt: text,
})
type Product = z.infer<typeof product>

/** Undefined: not counted, or sold beyond what is there. */
function stockOf(read: Product): number | undefined {
  if (read.stock_status === 'outofstock') return 0
  const isOversold = read.backorders_allowed === true || (read.backorders !== undefined && read.backorders !== 'no')
  return read.manage_stock !== true || isOversold ? undefined : (read.stock_quantity ?? 0)
}

const attributesOf = (read: Product): NonNullable<Draft['attributes']> =>
  (read.attributes ?? []).map(
    ({ name, options, option }) => [name, options ?? (option === undefined ? [] : [option])] as const,
  )

function readProduct({ body, receivedAtMs, context }: AdapterInput): Read {
  const parsed = product.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const warnings = new Warnings()
  const isShown = (read.status === undefined || read.status === 'publish') && read.catalog_visibility !== 'hidden'
  const priced = { id: read.id, price: read.price, listPrice: read.regular_price, stock: stockOf(read) }
  // Variations are told by id alone, so the product is sold as one, from its lowest price on. One without any price
  // cannot be bought there: it is kept and hidden here.
  const isPriced = read.price !== undefined && read.price !== ''
  if (!isPriced) warnings.add('the product has no price and is hidden')
  const own = isPriced ? priced : { ...priced, price: 0, listPrice: undefined }
  const offer = offerOf([own], context.market, context.currency, isShown && isPriced, warnings)
  if (offer === null) return wrong('/price', 'is no price')
  const line = toItemLine(
    {
      id: read.id,
      title: read.name,
      description: [read.short_description, read.description].filter(Boolean).join('\n'),
      brand: read.brands?.[0]?.name,
      categories: read.categories?.map((one) => one.name),
      tags: read.tags?.map((one) => one.name),
      attributes: attributesOf(read),
      url: read.permalink,
      imageUrl: read.images?.[0]?.src,
      createdAtMs: momentMs(read.date_created_gmt),
      updatedAtMs: momentMs(read.date_modified_gmt) ?? receivedAtMs,
      locale: context.locale,
      variants: [{ id: read.id, sku: read.sku }],
      offers: [offer],
    },
    warnings,
  )
  return line.ok ? asked([{ kind: 'item', line: line.line, inventory: [] }], warnings.list) : { errors: line.errors }
}

/**
 * The body says nothing but the id, so the clock is ours. One that says more was signed for another topic, which is not
 * signed: it must not delete what it tells of.
 */
function readDeletion({ body, receivedAtMs }: AdapterInput): Read {
  const parsed = z.object({ id: idLike, name: z.never().optional(), status: z.never().optional() }).safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  return asked([{ kind: 'delete', deletion: { id: parsed.data.id, deleted: true, updated_at: isoOf(receivedAtMs) } }])
}

const TOPICS: Readonly<Record<string, (input: AdapterInput) => Read>> = {
  'product.created': readProduct,
  'product.updated': readProduct,
  'product.restored': readProduct,
  'product.deleted': readDeletion,
  'order.created': readWooOrder,
  'order.updated': readWooOrder,
  'order.restored': readWooOrder,
}

const resource = z.object({ id: lenient(idLike), date_modified_gmt: text })

/** WooCommerce's webhooks (woocommerce.com/document/webhooks): the REST form of the resource. */
export const woocommerce: Adapter = {
  /**
   * Every delivery has a new id, so the state that it tells names it. A delete tells no state, and is never sent twice:
   * there the delivery's own id tells a second delete from the first.
   */
  name(delivery, body) {
    const topic = sentTopic(delivery.headers.get('x-wc-webhook-topic'))
    const own = resource.safeParse(body)
    const id = own.success ? (own.data.id ?? '') : ''
    const modified = own.success ? own.data.date_modified_gmt : undefined
    const sent = modified ?? delivery.headers.get('x-wc-webhook-delivery-id') ?? ''
    return { id: hashedId(topic, id, sent, bodyOf(delivery)), topic }
  },
  read(input) {
    if (Object.hasOwn(TOPICS, input.topic)) return TOPICS[input.topic]!(input)
    return /^(?:order|coupon|customer|action)\./.test(input.topic)
      ? { ignored: 'a topic that changes no item and no shopper' }
      : wrong('', 'a topic that is not known')
  },
}

/** Webhook senders as the platforms have them: bodies in their shapes, headers and signatures in their ways. */
import { createHmac } from 'node:crypto'

/** One delivery as it goes over the wire. */
export interface Delivery {
  headers: Record<string, string>
  body: string
}

export type SenderKind = 'shopify' | 'woocommerce' | 'standard'

/** A secret as the platform shows it, made from any text. */
export const secretOf = (kind: SenderKind, seed: string): string =>
  kind === 'standard'
    ? `whsec_${Buffer.from(seed.padEnd(32, '.').slice(0, 32)).toString('base64')}`
    : `secret of ${seed}`

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64')

/** Second resolution, as Shopify and WooCommerce write moments. */
export const toSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

export interface ShopifyEnvelope {
  topic: string
  /** The same over retries. */
  id: string
  triggeredAtMs: number
  shopDomain: string
}

/** Shopify signs the body alone; every retry is the original, byte for byte. */
export function signShopify(secret: string, envelope: ShopifyEnvelope, body: string): Delivery {
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': envelope.topic,
      'x-shopify-webhook-id': envelope.id,
      'x-shopify-event-id': `event-${envelope.id}`,
      'x-shopify-shop-domain': envelope.shopDomain,
      'x-shopify-api-version': '2026-10',
      // Nanoseconds, as Shopify writes it.
      'x-shopify-triggered-at': new Date(envelope.triggeredAtMs).toISOString().replace('Z', '000000Z'),
      'x-shopify-hmac-sha256': hmac(secret, body),
    },
  }
}

/** WooCommerce names every attempt anew. */
export function signWooCommerce(secret: string, topic: string, deliveryId: string, body: string): Delivery {
  const [resource, event] = topic.split('.') as [string, string]
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'WooCommerce/10.3.4 Hookshot (WordPress/6.9)',
      'x-wc-webhook-source': 'https://shop.example/',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-resource': resource,
      'x-wc-webhook-event': event,
      'x-wc-webhook-id': '7',
      'x-wc-webhook-delivery-id': deliveryId,
      'x-wc-webhook-signature': hmac(secret, body),
    },
  }
}

/** Standard Webhooks: the id stays over retries, the timestamp is the attempt's. */
export function signStandard(secret: string, id: string, sentAtMs: number, body: string): Delivery {
  const timestamp = String(Math.floor(sentAtMs / 1_000))
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${hmac(key, `${id}.${timestamp}.${body}`)}`,
    },
  }
}

export interface SentVariant {
  id: string
  /** Minor units. */
  price: number
  /** Units of all locations; null: not counted. */
  stock: number | null
}

export interface SentItem {
  id: string
  title: string
  description: string
  brand: string
  visible: boolean
  currency: string
  variants: readonly SentVariant[]
  createdAtMs: number
  updatedAtMs: number
}

/** Decimals as the platforms write prices; the yen has none of its own. */
const decimal = (minor: number, currency: string): string =>
  currency === 'JPY' ? String(minor) : (minor / 100).toFixed(2)

export const inventoryItemOf = (variant: string): string => `6${variant}`

/** The body of `products/create` and `products/update`: the REST product. */
export function shopifyProduct(item: SentItem): string {
  return JSON.stringify({
    id: Number(item.id),
    title: item.title,
    body_html: `<p>${item.description}</p>`,
    vendor: item.brand,
    product_type: 'Home',
    handle: `product-${item.id}`,
    status: item.visible ? 'active' : 'draft',
    published_at: item.visible ? toSecond(item.createdAtMs) : null,
    tags: 'home, simulated',
    created_at: toSecond(item.createdAtMs),
    updated_at: toSecond(item.updatedAtMs),
    admin_graphql_api_id: `gid://shopify/Product/${item.id}`,
    options: [{ id: 1, product_id: Number(item.id), name: 'Title', position: 1, values: ['Default Title'] }],
    images: [],
    image: null,
    variants: item.variants.map((variant, index) => ({
      id: Number(variant.id),
      product_id: Number(item.id),
      title: item.variants.length === 1 ? 'Default Title' : `Kind ${variant.id}`,
      option1: item.variants.length === 1 ? 'Default Title' : `Kind ${variant.id}`,
      price: decimal(variant.price, item.currency),
      compare_at_price: null,
      position: index + 1,
      sku: `sku-${variant.id}`,
      inventory_policy: 'deny',
      inventory_management: variant.stock === null ? null : 'shopify',
      inventory_item_id: Number(inventoryItemOf(variant.id)),
      inventory_quantity: variant.stock ?? 0,
      created_at: toSecond(item.createdAtMs),
      updated_at: toSecond(item.updatedAtMs),
    })),
  })
}

export const shopifyDelete = (id: string): string => JSON.stringify({ id: Number(id) })

export const shopifyLevel = (variant: string, location: string, available: number | null, atMs: number): string =>
  JSON.stringify({
    inventory_item_id: Number(inventoryItemOf(variant)),
    location_id: Number(location),
    available,
    updated_at: toSecond(atMs),
    admin_graphql_api_id: `gid://shopify/InventoryLevel/${location}?inventory_item_id=${inventoryItemOf(variant)}`,
  })

export interface SentOrder {
  id: string
  customer: string
  currency: string
  atMs: number
  updatedAtMs: number
  lines: ReadonlyArray<{ line: string; item: string; variant: string; quantity: number; price: number }>
}

export function shopifyOrder(order: SentOrder): string {
  return JSON.stringify({
    id: Number(order.id),
    name: `#${order.id}`,
    currency: order.currency,
    presentment_currency: order.currency,
    financial_status: 'paid',
    test: false,
    created_at: toSecond(order.atMs),
    processed_at: toSecond(order.atMs),
    updated_at: toSecond(order.updatedAtMs),
    cancelled_at: null,
    customer: { id: Number(order.customer.slice(1)) + 100_000 },
    line_items: order.lines.map((line) => ({
      id: Number(line.line),
      product_id: Number(line.item),
      variant_id: Number(line.variant),
      quantity: line.quantity,
      price: decimal(line.price, order.currency),
      title: 'Something',
    })),
  })
}

export function shopifyRefund(refund: string, atMs: number, order: SentOrder, quantity: number): string {
  const line = order.lines[0]!
  return JSON.stringify({
    id: Number(refund),
    order_id: Number(order.id),
    created_at: toSecond(atMs),
    processed_at: toSecond(atMs),
    note: null,
    refund_line_items: [
      {
        id: Number(`${refund}1`),
        line_item_id: Number(line.line),
        quantity,
        restock_type: 'no_restock',
        subtotal: Number(decimal(line.price * quantity, order.currency)),
        line_item: {
          id: Number(line.line),
          product_id: Number(line.item),
          variant_id: Number(line.variant),
          quantity: line.quantity,
          price: decimal(line.price, order.currency),
        },
      },
    ],
    transactions: [],
  })
}

/** The body of `product.created` and `product.updated`: the REST product, version 3. */
export function wooProduct(item: SentItem): string {
  const [variant] = item.variants
  const stock = variant!.stock
  return JSON.stringify({
    id: Number(item.id),
    name: item.title,
    slug: `product-${item.id}`,
    permalink: `https://shop.example/product/${item.id}/`,
    date_created: toSecond(item.createdAtMs).slice(0, -1),
    date_created_gmt: toSecond(item.createdAtMs).slice(0, -1),
    date_modified: toSecond(item.updatedAtMs).slice(0, -1),
    date_modified_gmt: toSecond(item.updatedAtMs).slice(0, -1),
    type: 'simple',
    status: item.visible ? 'publish' : 'draft',
    catalog_visibility: 'visible',
    description: `<p>${item.description}</p>\n`,
    short_description: '',
    sku: `sku-${item.id}`,
    price: decimal(variant!.price, item.currency),
    regular_price: decimal(variant!.price, item.currency),
    sale_price: '',
    on_sale: false,
    purchasable: true,
    manage_stock: stock !== null,
    stock_quantity: stock,
    backorders: 'no',
    stock_status: stock === 0 ? 'outofstock' : 'instock',
    categories: [{ id: 9, name: 'Home', slug: 'home' }],
    brands: [{ id: 3, name: item.brand, slug: 'brand' }],
    tags: [],
    images: [],
    attributes: [],
    variations: [],
  })
}

export const wooDelete = shopifyDelete

export function wooOrder(order: SentOrder, status: string): string {
  return JSON.stringify({
    id: Number(order.id),
    status,
    currency: order.currency,
    date_created_gmt: toSecond(order.atMs).slice(0, -1),
    date_modified_gmt: toSecond(order.updatedAtMs).slice(0, -1),
    date_paid_gmt: toSecond(order.atMs).slice(0, -1),
    customer_id: Number(order.customer.slice(1)) + 100_000,
    refunds: [],
    line_items: order.lines.map((line) => ({
      id: Number(line.line),
      name: 'Something',
      product_id: Number(line.item),
      variation_id: 0,
      quantity: line.quantity,
      subtotal: decimal(line.price * line.quantity, order.currency),
      total: decimal(line.price * line.quantity, order.currency),
      total_tax: '0.00',
      price: Number(decimal(line.price, order.currency)),
    })),
  })
}

/** The body of `product.created` and `product.updated` as a sender of Standard Webhooks writes it: our own form of an item. */
export function standardItem(item: SentItem): string {
  const { id, title, description, brand, visible, currency } = item
  const created_at = new Date(item.createdAtMs).toISOString()
  const variants = item.variants.map((variant) => ({
    id: variant.id,
    price: variant.price,
    ...(variant.stock === null ? {} : { stock: variant.stock }),
  }))
  return JSON.stringify({
    type: 'product.updated',
    timestamp: new Date(item.updatedAtMs).toISOString(),
    data: {
      id,
      title,
      description,
      brand,
      created_at,
      categories: ['Home'],
      offers: [{ market: '*', currency, visible, variants }],
    },
  })
}

export const standardDelete = (id: string, atMs: number): string =>
  JSON.stringify({ type: 'product.deleted', timestamp: new Date(atMs).toISOString(), data: { id } })

import type { SourceKind } from '../../shared/domain/webhook_source.ts'

/** Sources that `shelfwise webhook send` can play. */
export const SAMPLE_KINDS = [
  'shopify',
  'woocommerce',
  'bigcommerce',
  'standard',
] as const satisfies readonly SourceKind[]
export type SampleKind = (typeof SAMPLE_KINDS)[number]

/** A small body as the platform sends it, about one made-up product, dated now: a later sample is news. */
type Sample = (nowMs: number) => unknown

const PRODUCT = 9_000_001
const VARIANT = 9_100_001
const INVENTORY = 9_200_001
const ORDER = 9_300_001
const CUSTOMER = 9_400_001

const iso = (ms: number) => new Date(ms).toISOString()
const toSecond = (ms: number) => iso(ms).replace(/\.\d+Z$/, 'Z')

const shopifyProduct: Sample = (nowMs) => ({
  id: PRODUCT,
  title: 'Sample teapot from Shopify',
  body_html: '<p>Stoneware, holds one litre.</p>',
  vendor: 'Sample Pottery',
  product_type: 'Teapots',
  handle: 'sample-teapot',
  status: 'active',
  tags: 'sample, kitchen',
  created_at: toSecond(nowMs - 86_400_000),
  published_at: toSecond(nowMs - 86_400_000),
  updated_at: toSecond(nowMs),
  options: [{ name: 'Colour', values: ['Blue'] }],
  variants: [
    {
      ...{ id: VARIANT, product_id: PRODUCT, title: 'Blue', sku: 'SAMPLE-1', price: '24.50', compare_at_price: null },
      ...{ option1: 'Blue', inventory_item_id: INVENTORY, inventory_management: 'shopify', inventory_quantity: 7 },
    },
  ],
  images: [],
})

const shopifyOrder: Sample = (nowMs) => ({
  ...{
    id: ORDER,
    currency: 'EUR',
    created_at: toSecond(nowMs),
    updated_at: toSecond(nowMs),
    processed_at: toSecond(nowMs),
  },
  ...{ financial_status: 'paid', customer: { id: CUSTOMER } },
  line_items: [{ id: ORDER + 1, product_id: PRODUCT, variant_id: VARIANT, quantity: 1, price: '24.50' }],
})

const wooProduct: Sample = (nowMs) => ({
  ...{ id: PRODUCT, name: 'Sample teapot from WooCommerce', type: 'simple', status: 'publish', sku: 'SAMPLE-1' },
  ...{ permalink: 'https://shop.example/product/sample-teapot', catalog_visibility: 'visible' },
  ...{
    description: '<p>Stoneware, holds one litre.</p>',
    short_description: '',
    price: '24.50',
    regular_price: '24.50',
  },
  ...{ sale_price: '', manage_stock: true, stock_quantity: 7, stock_status: 'instock', purchasable: true },
  date_created_gmt: iso(nowMs - 86_400_000).slice(0, 19),
  date_modified_gmt: iso(nowMs).slice(0, 19),
  categories: [{ id: 1, name: 'Teapots', slug: 'teapots' }],
  ...{ tags: [], images: [], attributes: [], variations: [] },
})

const bigcommerce =
  (scope: string): Sample =>
  (nowMs) => ({
    ...{ scope, store_id: '1', producer: 'stores/sample', hash: `sample-${nowMs}` },
    ...{ created_at: Math.floor(nowMs / 1_000), data: { type: 'product', id: PRODUCT } },
  })

const standardItem: Sample = (nowMs) => ({
  type: 'product.updated',
  timestamp: iso(nowMs),
  data: {
    ...{
      id: 'sample-teapot',
      title: 'Sample teapot',
      description: 'Stoneware, holds one litre.',
      brand: 'Sample Pottery',
    },
    ...{ categories: ['Kitchen > Teapots'], updated_at: iso(nowMs) },
    offers: [{ market: '*', currency: 'EUR', price: 2_450, stock: 7 }],
  },
})

/** Bodies by kind and topic; the first topic of a kind is meant when none is named. */
export const SAMPLES: Readonly<Record<SampleKind, Readonly<Record<string, Sample>>>> = {
  shopify: {
    'products/update': shopifyProduct,
    'products/create': shopifyProduct,
    'products/delete': () => ({ id: PRODUCT }),
    'inventory_levels/update': (nowMs) => ({
      ...{ inventory_item_id: INVENTORY, location_id: 1, available: 3, updated_at: toSecond(nowMs) },
    }),
    'orders/create': shopifyOrder,
    'refunds/create': (nowMs) => ({
      ...{ id: ORDER + 2, order_id: ORDER, created_at: toSecond(nowMs), processed_at: toSecond(nowMs) },
      refund_line_items: [
        {
          ...{ id: ORDER + 3, line_item_id: ORDER + 1, quantity: 1 },
          line_item: { id: ORDER + 1, product_id: PRODUCT, variant_id: VARIANT, quantity: 1, price: '24.50' },
        },
      ],
    }),
    'customers/redact': () => ({
      shop_domain: 'sample.example',
      customer: { id: CUSTOMER },
      orders_to_redact: [ORDER],
    }),
  },
  woocommerce: {
    'product.updated': wooProduct,
    'product.created': wooProduct,
    'product.deleted': () => ({ id: PRODUCT }),
  },
  bigcommerce: {
    'store/product/updated': bigcommerce('store/product/updated'),
    'store/product/created': bigcommerce('store/product/created'),
    'store/product/deleted': bigcommerce('store/product/deleted'),
  },
  standard: {
    'product.updated': standardItem,
    'product.deleted': (nowMs) => ({ type: 'product.deleted', timestamp: iso(nowMs), data: { id: 'sample-teapot' } }),
  },
}

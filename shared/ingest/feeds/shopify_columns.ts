/**
 * Columns of Shopify's product CSV in both dialects: `Handle, Title, Body (HTML), Variant Price ...` and, since 2024,
 * `Title, URL handle, Description, Price ...` (help.shopify.com: using CSV files to import products).
 */
export const SHOPIFY = {
  handle: ['handle', 'url_handle'],
  title: ['title'],
  body: ['body_(html)', 'description'],
  vendor: ['vendor'],
  category: ['product_category'],
  type: ['type', 'custom_product_type'],
  tags: ['tags'],
  published: ['published', 'published_on_online_store'],
  status: ['status'],
  sku: ['variant_sku', 'sku'],
  barcode: ['variant_barcode', 'barcode'],
  price: ['variant_price', 'price'],
  listPrice: ['variant_compare_at_price', 'compare_at_price'],
  quantity: ['variant_inventory_qty', 'inventory_quantity'],
  tracker: ['variant_inventory_tracker', 'inventory_tracker'],
  policy: ['variant_inventory_policy', 'continue_selling_when_out_of_stock'],
  image: ['image_src', 'product_image_url'],
  variantImage: ['variant_image', 'variant_image_url'],
  gift: ['gift_card'],
  variantId: ['variant_id'],
} as const

/** Options of a variant: Shopify knows three. */
export const OPTION_NUMBERS = [1, 2, 3] as const

/** Columns that say more of the product: Google's fields and the shop's metafields, by the attribute that they become. */
export function attributeOfColumn(key: string): string | null {
  const metafield = /^(.+?)_\(product\.metafields\.[^)]+\)$/.exec(key)?.[1]
  if (metafield !== undefined) return metafield
  const google = /^google_shopping_\/_(gender|age_group|mpn|condition|custom_label_\d)$/.exec(key)?.[1]
  return google ?? null
}

/** What a market's column is of: `Price / International` is a price in the market `International`. */
export function marketColumn(name: string): { field: 'price' | 'listPrice' | 'included'; market: string } | null {
  const match = /^(price|compare[ -]at price|included)\s*\/\s*(.+)$/i.exec(name.trim())
  if (!match) return null
  const word = match[1]!.toLowerCase()
  return {
    field: word === 'price' ? 'price' : word === 'included' ? 'included' : 'listPrice',
    market: match[2]!.trim(),
  }
}

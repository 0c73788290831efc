/**
 * Columns of Google Merchant feeds (support.google.com/merchants/answer/7052112), each with the names that other feeds
 * give it: OpenAI's product feed is the same table with some columns renamed.
 */
export const COLUMNS = {
  id: ['id', 'item_id', 'offer_id'],
  group: ['item_group_id', 'group_id'],
  groupTitle: ['item_group_title'],
  title: ['title', 'name', 'structured_title'],
  description: ['description', 'structured_description'],
  link: ['link', 'url', 'product_url'],
  image: ['image_link', 'image_url', 'image'],
  price: ['price'],
  salePrice: ['sale_price'],
  saleWindow: ['sale_price_effective_date'],
  availability: ['availability', 'stock_status'],
  quantity: ['quantity', 'inventory_quantity', 'sell_on_google_quantity', 'inventory'],
  expires: ['expiration_date'],
  brand: ['brand'],
  productType: ['product_type', 'product_category', 'category'],
  googleCategory: ['google_product_category'],
  highlights: ['product_highlight', 'product_highlights'],
  details: ['product_detail', 'product_details'],
  sku: ['sku', 'mpn'],
  updated: ['updated_at'],
  seller: ['seller_name'],
  eligible: ['is_eligible_search', 'enable_search'],
} as const

/** Columns that tell variants of a product apart, and their names among attributes and options. */
export const OPTION_COLUMNS = [
  'color',
  'size',
  'material',
  'pattern',
  'gender',
  'age_group',
  'size_type',
  'size_system',
] as const

/** Columns that are kept as attributes under their own names. */
export const ATTRIBUTE_COLUMNS = [
  'gtin',
  'mpn',
  'condition',
  'custom_label_0',
  'custom_label_1',
  'custom_label_2',
  'custom_label_3',
  'custom_label_4',
  'energy_efficiency_class',
  'unit_pricing_measure',
  'product_weight',
  'product_length',
  'product_width',
  'product_height',
] as const

/** What an availability means: whether it can be bought. */
const AVAILABILITY: Readonly<Record<string, boolean>> = {
  in_stock: true,
  instock: true,
  available: true,
  limited_availability: true,
  limited_stock: true,
  preorder: true,
  pre_order: true,
  presale: true,
  backorder: true,
  back_order: true,
  made_to_order: true,
  out_of_stock: false,
  outofstock: false,
  oos: false,
  sold_out: false,
  soldout: false,
  unavailable: false,
  discontinued: false,
}

/** Whether an availability as feeds write it (`in stock`, `IN_STOCK`, `https://schema.org/InStock`) can be bought; null: unknown word. */
export function canBeBought(text: string): boolean | null {
  const word = text
    .trim()
    .replace(/^https?:\/\/schema\.org\//i, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
  return AVAILABILITY[word] ?? null
}

/** Whether stock numbers say anything: what is sold before it is there has none that counts. */
export const countsStock = (text: string): boolean =>
  /^(?:https?:\/\/schema\.org\/)?(?:in|limited|avail)/i.test(text.trim())

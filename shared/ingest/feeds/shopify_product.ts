import { LIMITS } from '../../domain/limits.ts'
import {
  categoryPath,
  compact,
  descriptionText,
  fitted,
  fittedAttributes,
  fittedList,
  link,
  type Remarks,
  shortText,
} from './caps.ts'
import { type FeedOptions, type FeedRecord, FeedRefused, reject } from './record.ts'
import { cell, cells, type FeedRow, pointerTo, yesOrNo } from './rows.ts'
import { attributeOfColumn, SHOPIFY } from './shopify_columns.ts'
import { marketOffers } from './shopify_markets.ts'
import { isVariantRow, optionNames, readVariant, type ShopifyVariant } from './shopify_variant.ts'

/** Rows of one handle are one product. */
export const shopifyKey = (row: FeedRow): string | null => cell(row, ...SHOPIFY.handle) || null

/** One product of the rows of a handle: its variants, and its first image. @throws FeedRefused without a currency */
export function shopifyProduct(rows: readonly FeedRow[], options: FeedOptions): FeedRecord[] {
  const { currency } = options
  if (currency === null) throw new FeedRefused("Shopify's product file names no currency: tell it")
  const [first] = rows as [FeedRow]
  const handle = shopifyKey(first)
  if (handle === null) return [reject(first.line, null, pointerTo(first, ...SHOPIFY.handle), 'no handle')]
  const remarks: Remarks = []
  const title = fitted(firstOf(rows, SHOPIFY.title), LIMITS.titleChars, 'title', remarks)
  if (title === undefined) return [reject(first.line, handle, pointerTo(first, ...SHOPIFY.title), 'no title')]
  if (handle.length > LIMITS.idChars)
    return [reject(first.line, handle, pointerTo(first, ...SHOPIFY.handle), `at most ${LIMITS.idChars} characters`)]
  const records: FeedRecord[] = []
  const variants = new Map<string, ShopifyVariant>()
  const names = optionNames(rows)
  for (const row of rows.filter(isVariantRow)) {
    const reading = readVariant(row, names, currency, remarks)
    const errors = reading.ok ? [] : reading.errors
    if (reading.ok) {
      const id = variantId(reading.variant, handle, variants)
      if (variants.has(id))
        errors.push({ pointer: pointerTo(row, ...SHOPIFY.sku), detail: 'this variant stands twice' })
      else if (variants.size === LIMITS.variantsPerItem)
        errors.push({ pointer: '', detail: `a product has at most ${LIMITS.variantsPerItem} variants` })
      else variants.set(id, reading.variant)
    }
    if (errors.length > 0) records.push({ kind: 'reject', line: row.line, id: handle, errors })
  }
  if (variants.size === 0) {
    if (records.length === 0) records.push(reject(first.line, handle, pointerTo(first, ...SHOPIFY.price), 'no price'))
    return records
  }
  const value = productOf(rows, handle, title, [...variants], currency, options, remarks)
  records.push({ kind: 'item', line: first.line, value })
  for (const detail of new Set(remarks)) records.push({ kind: 'warning', line: first.line, id: handle, detail })
  return records
}

const firstOf = (rows: readonly FeedRow[], columns: readonly string[]): string => {
  for (const row of rows) {
    const text = cell(row, ...columns)
    if (text !== '') return text
  }
  return ''
}

/** Its number where the file has one, else its SKU, else the values of its options, which are different within a product. */
function variantId(variant: ShopifyVariant, handle: string, known: ReadonlyMap<string, unknown>): string {
  const own = cell(variant.row, ...SHOPIFY.variantId)
  if (own !== '') return own.slice(0, LIMITS.idChars)
  const values = Object.values(variant.options).join(' / ')
  const named = values === '' ? handle : `${handle}: ${values}`
  // One SKU for several variants is common; then it names none of them.
  const bySku = variant.sku !== undefined && variant.sku.length <= LIMITS.idChars && !known.has(variant.sku)
  return bySku ? variant.sku! : named.slice(0, LIMITS.idChars)
}

function productOf(
  rows: readonly FeedRow[],
  handle: string,
  title: string,
  variants: ReadonlyArray<readonly [string, ShopifyVariant]>,
  currency: string,
  options: FeedOptions,
  remarks: Remarks,
): Record<string, unknown> {
  const short = { entries: LIMITS.tagsPerItem, chars: LIMITS.shortTextChars }
  const general = variants.map(([id, variant]) =>
    compact({
      id,
      price: variant.price,
      list_price: variant.listPrice ?? undefined,
      stock: variant.stock ?? undefined,
    }),
  )
  return compact({
    id: handle,
    title,
    description: descriptionText(firstOf(rows, SHOPIFY.body), remarks),
    brand: shortText(firstOf(rows, SHOPIFY.vendor), 'vendor', remarks),
    categories: categoriesOf(rows, remarks),
    tags: fittedList(firstOf(rows, SHOPIFY.tags).split(/\s*,\s*/), short, 'tags', remarks),
    attributes: attributesOf(rows, variants, remarks),
    image_url: link(firstOf(rows, SHOPIFY.image), 'image', remarks),
    variants: variants.map(([id, variant]) => variantOf(id, variant, remarks)),
    offers: [
      compact({
        market: options.market,
        currency,
        visible: isVisible(rows, remarks) ? undefined : false,
        variants: general,
      }),
      ...marketOffers(
        variants.map(([id, variant]) => ({ id, variant })),
        options,
        remarks,
      ).map((offer) => (isVisible(rows, []) ? offer : { ...offer, visible: false })),
    ],
  })
}

/** Drafts and archived products are not sold; gift cards are, and Shopify itself never recommends them. */
function isVisible(rows: readonly FeedRow[], remarks: Remarks): boolean {
  const status = firstOf(rows, SHOPIFY.status).toLowerCase()
  if (yesOrNo(firstOf(rows, SHOPIFY.gift)) === true) {
    remarks.push('a gift card is taken and not shown')
    return false
  }
  return yesOrNo(firstOf(rows, SHOPIFY.published)) !== false && (status === '' || status === 'active')
}

function variantOf(id: string, variant: ShopifyVariant, remarks: Remarks): Record<string, unknown> {
  const image = link(cell(variant.row, ...SHOPIFY.variantImage), 'variant image', remarks)
  const title = Object.values(variant.options).join(' / ')
  return compact({
    id,
    title: shortText(title, 'a variant title', remarks),
    options: variant.options,
    sku: variant.sku,
    image_url: image,
  })
}

function categoriesOf(rows: readonly FeedRow[], remarks: Remarks): string[] {
  const paths = [firstOf(rows, SHOPIFY.category), firstOf(rows, SHOPIFY.type)].map(categoryPath)
  return fittedList(paths, { entries: LIMITS.categoriesPerItem, chars: LIMITS.titleChars }, 'categories', remarks)
}

function attributesOf(
  rows: readonly FeedRow[],
  variants: ReadonlyArray<readonly [string, ShopifyVariant]>,
  remarks: Remarks,
): Record<string, unknown> {
  const entries: Array<readonly [string, readonly string[]]> = []
  for (const [, { options }] of variants)
    for (const [name, value] of Object.entries(options)) entries.push([name.toLowerCase(), [value]])
  for (const key of rows[0]!.names.keys()) {
    const name = attributeOfColumn(key)
    if (name === null) continue
    const values = rows.flatMap((row) => cells(row, key)).flatMap((text) => text.split(/\s*;\s*/))
    entries.push([name, values])
  }
  entries.push(['gtin', variants.map(([, { row }]) => cell(row, ...SHOPIFY.barcode).replace(/^'/, ''))])
  return fittedAttributes(entries, remarks)
}

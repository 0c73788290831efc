import { parseMoney } from '../../base/money.ts'
import { compact, type Remarks } from './caps.ts'
import type { FeedOptions } from './record.ts'
import { cell, type FeedRow, yesOrNo } from './rows.ts'
import { marketColumn } from './shopify_columns.ts'
import type { ShopifyVariant } from './shopify_variant.ts'

interface MarketColumns {
  market: string
  currency: string
  price: string | null
  listPrice: string | null
  included: string | null
}

/** Columns of markets that the shop has, by name; what is of another market is told in a remark. */
function marketColumns(row: FeedRow, options: FeedOptions, remarks: Remarks): MarketColumns[] {
  const found = new Map<string, MarketColumns>()
  for (const [key, name] of row.names) {
    const column = marketColumn(name)
    if (column === null) continue
    const known = options.markets.find(({ market }) => market.toLowerCase() === column.market.toLowerCase())
    if (known === undefined) {
      if (column.field === 'price' && cell(row, key) !== '')
        remarks.push(`"${name}" was left out: the shop has no market "${column.market}"`)
      continue
    }
    const empty = { market: known.market, currency: known.currency, price: null, listPrice: null, included: null }
    const entry = found.get(known.market) ?? empty
    found.set(known.market, { ...entry, [column.field]: key })
  }
  return [...found.values()]
}

/**
 * Offers of the markets whose prices the file names: of all variants when each has one, or of those that have. A market
 * that does not include the product gets an offer that is not visible, which hides the general one there.
 */
export function marketOffers(
  variants: ReadonlyArray<{ id: string; variant: ShopifyVariant }>,
  options: FeedOptions,
  remarks: Remarks,
): Array<Record<string, unknown>> {
  const [first] = variants
  if (first === undefined) return []
  return marketColumns(first.variant.row, options, remarks).flatMap((columns) => {
    const excluded = columns.included !== null && yesOrNo(cell(first.variant.row, columns.included)) === false
    const priced = variants.flatMap(({ id, variant }) => {
      const text = columns.price === null ? '' : cell(variant.row, columns.price)
      const own = text === '' ? null : parseMoney(text, columns.currency)
      if (text !== '' && own === null) remarks.push(`the price in ${columns.market} is no price and was left out`)
      const price = own ?? (excluded ? variant.price : null)
      if (price === null) return []
      const list =
        columns.listPrice === null ? null : parseMoney(cell(variant.row, columns.listPrice), columns.currency)
      const listPrice = list !== null && list > price ? list : undefined
      return [compact({ id, price, list_price: listPrice, stock: variant.stock ?? undefined })]
    })
    if (priced.length === 0) return []
    const visible = excluded ? { visible: false } : {}
    return [{ market: columns.market, currency: columns.currency, ...visible, variants: priced }]
  })
}

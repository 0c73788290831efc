import { parseMoney } from '../../../base/money.ts'
import type { Offer } from '../../../domain/item.ts'
import { LIMITS } from '../../../domain/limits.ts'
import type { Warnings } from './warnings.ts'

/** The schemas' largest number of units. */
const MOST_UNITS = 1_000_000_000

/** Units as they are stored; undefined when stock is not tracked. Oversold is none. */
export const unitsOf = (units: number | null | undefined): number | undefined =>
  units == null || !Number.isFinite(units) ? undefined : Math.max(0, Math.min(MOST_UNITS, Math.floor(units)))

export interface Priced {
  id: string
  price: string | number | null | undefined
  listPrice?: string | number | null | undefined
  stock?: number | null | undefined
}

/** One variant's offer; null when its price is none. A list price that is no more than the price says nothing. */
export function pricedVariant(variant: Priced, currency: string, warnings: Warnings) {
  const price = variant.price == null ? null : parseMoney(variant.price, currency)
  if (price === null) {
    warnings.add('variants without a price are left out')
    return null
  }
  const listPrice = variant.listPrice == null ? null : parseMoney(variant.listPrice, currency)
  const stock = unitsOf(variant.stock)
  return {
    id: variant.id,
    price,
    ...(listPrice !== null && listPrice > price ? { list_price: listPrice } : {}),
    ...(stock === undefined ? {} : { stock }),
  }
}

/** The offer of all variants in one market; null when none of them has a price. */
export function offerOf(
  variants: readonly Priced[],
  market: string,
  currency: string,
  visible: boolean,
  warnings: Warnings,
): Offer | null {
  const rows = new Map<string, NonNullable<ReturnType<typeof pricedVariant>>>()
  for (const variant of variants) {
    if (rows.size === LIMITS.variantsPerItem || rows.has(variant.id)) continue
    const row = pricedVariant(variant, currency, warnings)
    if (row !== null) rows.set(row.id, row)
  }
  return rows.size === 0 ? null : { market, currency, visible, variants: [...rows.values()] }
}

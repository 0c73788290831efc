import { parseMoney } from '../../base/money.ts'
import type { FieldError } from '../../base/problem.ts'
import { type Remarks, shortText } from './caps.ts'
import { cell, type FeedRow, pointerTo, yesOrNo } from './rows.ts'
import { OPTION_NUMBERS, SHOPIFY } from './shopify_columns.ts'

/** What a product says once for all its rows. */
export interface OptionNames {
  names: ReadonlyArray<string | null>
}

export interface ShopifyVariant {
  row: FeedRow
  options: Record<string, string>
  sku: string | undefined
  price: number
  listPrice: number | null
  stock: number | null
}

/** Whether a row tells of a variant; the others carry further images only. */
export const isVariantRow = (row: FeedRow): boolean =>
  cell(row, ...SHOPIFY.price, ...SHOPIFY.sku, ...SHOPIFY.variantId) !== '' ||
  OPTION_NUMBERS.some((number) => cell(row, `option${number}_value`) !== '')

/** The names of a product's options stand in its first row; Shopify's placeholder `Title` is none. */
export function optionNames(rows: readonly FeedRow[]): OptionNames {
  const named = (number: number) => rows.map((row) => cell(row, `option${number}_name`)).find((name) => name !== '')
  const isPlaceholder = named(1)?.toLowerCase() === 'title' && named(2) === undefined
  return { names: OPTION_NUMBERS.map((number) => (isPlaceholder ? null : (named(number) ?? null))) }
}

export function readVariant(
  row: FeedRow,
  { names }: OptionNames,
  currency: string,
  remarks: Remarks,
): { ok: true; variant: ShopifyVariant } | { ok: false; errors: FieldError[] } {
  const errors: FieldError[] = []
  const price = money(row, SHOPIFY.price, currency, errors, true)
  const listPrice = money(row, SHOPIFY.listPrice, currency, errors, false)
  const stock = stockOf(row, errors)
  if (errors.length > 0 || price === null) return { ok: false, errors }
  const options = names.flatMap((name, at) => {
    const value = shortText(cell(row, `option${at + 1}_value`), 'an option', remarks)
    const fit = name === null ? undefined : shortText(name, 'an option name', remarks)
    return fit === undefined || value === undefined ? [] : [[fit, value] as const]
  })
  return {
    ok: true,
    variant: {
      row,
      options: Object.fromEntries(options),
      // A leading apostrophe keeps spreadsheets from reading the number as one.
      sku: shortText(cell(row, ...SHOPIFY.sku).replace(/^'/, ''), 'sku', remarks),
      price,
      listPrice: listPrice !== null && listPrice > price ? listPrice : null,
      stock,
    },
  }
}

function money(
  row: FeedRow,
  columns: readonly string[],
  currency: string,
  errors: FieldError[],
  needed: boolean,
): number | null {
  const text = cell(row, ...columns)
  if (text === '') {
    if (needed) errors.push({ pointer: pointerTo(row, ...columns), detail: 'no price' })
    return null
  }
  const amount = parseMoney(text, currency)
  if (amount === null) {
    const detail = `"${text.slice(0, 40)}" is not a price of zero or more in ${currency}`
    errors.push({ pointer: pointerTo(row, ...columns), detail })
  }
  return amount
}

/** Shopify's own rule: what is not tracked, or goes on selling when it is out of stock, can always be bought. */
function stockOf(row: FeedRow, errors: FieldError[]): number | null {
  const policy = cell(row, ...SHOPIFY.policy).toLowerCase()
  const goesOn = policy === 'continue' || yesOrNo(policy) === true
  const hasTracker = SHOPIFY.tracker.some((key) => row.names.has(key))
  const quantity = cell(row, ...SHOPIFY.quantity)
  if (goesOn || quantity === '' || (hasTracker && cell(row, ...SHOPIFY.tracker) === '')) return null
  if (/^-?\d{1,9}(?:\.0+)?$/.test(quantity)) return Math.max(0, Math.trunc(Number(quantity)))
  errors.push({
    pointer: pointerTo(row, ...SHOPIFY.quantity),
    detail: `"${quantity.slice(0, 40)}" is not a whole number`,
  })
  return null
}

import type { FieldError } from '../../base/problem.ts'
import { LIMITS } from '../../domain/limits.ts'
import { type Remarks, shortText } from './caps.ts'
import { COLUMNS, canBeBought, countsStock, OPTION_COLUMNS } from './merchant_columns.ts'
import { parseMoment } from './moment.ts'
import { type Priced, parsePriced, priceProblem } from './priced.ts'
import type { FeedOptions } from './record.ts'
import { cell, type FeedRow, pointerTo } from './rows.ts'

/** What one row says of the thing that is bought. */
export interface MerchantOffer {
  row: FeedRow
  id: string
  price: number
  listPrice: number | null
  currency: string
  /** Null: not counted, it can be bought. */
  stock: number | null
  options: Record<string, string>
}

export type MerchantReading = { ok: true; offer: MerchantOffer; remarks: Remarks } | { ok: false; errors: FieldError[] }

/** Reads a row; everything that is wrong with it is told at once. */
export function readMerchantRow(row: FeedRow, options: FeedOptions): MerchantReading {
  const errors: FieldError[] = []
  const remarks: Remarks = []
  const id = cell(row, ...COLUMNS.id)
  if (id === '') errors.push({ pointer: pointerTo(row, ...COLUMNS.id), detail: 'no id' })
  if (id.length > LIMITS.idChars)
    errors.push({ pointer: pointerTo(row, ...COLUMNS.id), detail: `an id has at most ${LIMITS.idChars} characters` })
  if (cell(row, ...COLUMNS.title) === '' && cell(row, ...COLUMNS.groupTitle) === '')
    errors.push({ pointer: pointerTo(row, ...COLUMNS.title), detail: 'no title' })
  const price = readPrice(row, options, errors)
  const stock = readStock(row, errors)
  if (errors.length > 0 || price === null) return { ok: false, errors }
  const offer = { row, id, ...price, stock, options: readOptions(row, remarks) }
  return { ok: true, offer, remarks }
}

function readPrice(row: FeedRow, options: FeedOptions, errors: FieldError[]) {
  const text = cell(row, ...COLUMNS.price)
  const price = parsePriced(text, options.currency)
  if (price === null) {
    errors.push({ pointer: pointerTo(row, ...COLUMNS.price), detail: priceProblem(text, options.currency) })
    return null
  }
  const saleText = cell(row, ...COLUMNS.salePrice)
  const sale = saleText === '' ? null : parsePriced(saleText, price.currency)
  if (saleText !== '' && (sale === null || sale.currency !== price.currency)) {
    const detail = sale === null ? priceProblem(saleText, price.currency) : 'in another currency than the price'
    errors.push({ pointer: pointerTo(row, ...COLUMNS.salePrice), detail })
    return null
  }
  return onSale(row, price, sale, options, errors)
}

/** The price that holds now: a sale with a window counts only within it. */
function onSale(row: FeedRow, price: Priced, sale: Priced | null, options: FeedOptions, errors: FieldError[]) {
  const full = { price: price.amount, listPrice: null, currency: price.currency }
  if (sale === null || sale.amount >= price.amount) return full
  const window = cell(row, ...COLUMNS.saleWindow)
  if (window !== '') {
    const [from, until] = window.split('/').map((text) => parseMoment(text, options.dateOrder)) as [number?, number?]
    if (from == null || until == null) {
      errors.push({ pointer: pointerTo(row, ...COLUMNS.saleWindow), detail: 'two moments with a / between are wanted' })
      return null
    }
    if (options.nowMs < from || options.nowMs >= until) return full
  }
  return { price: sale.amount, listPrice: price.amount, currency: price.currency }
}

function readStock(row: FeedRow, errors: FieldError[]): number | null {
  const availability = cell(row, ...COLUMNS.availability)
  const buyable = availability === '' ? true : canBeBought(availability)
  if (buyable === null) {
    const detail = `"${availability.slice(0, 60)}" is no availability`
    errors.push({ pointer: pointerTo(row, ...COLUMNS.availability), detail })
    return null
  }
  if (!buyable) return 0
  const quantity = cell(row, ...COLUMNS.quantity)
  if (quantity === '' || (availability !== '' && !countsStock(availability))) return null
  if (/^-?\d{1,9}(?:\.0+)?$/.test(quantity)) return Math.max(0, Math.trunc(Number(quantity)))
  errors.push({ pointer: pointerTo(row, ...COLUMNS.quantity), detail: 'not a whole number' })
  return null
}

function readOptions(row: FeedRow, remarks: Remarks): Record<string, string> {
  return Object.fromEntries(
    OPTION_COLUMNS.flatMap((name) => {
      const value = shortText(cell(row, name), name, remarks)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

import { parseMoney } from '../../base/money.ts'

export interface Priced {
  /** Minor units. */
  amount: number
  currency: string
}

/** A price with its currency in the text (`15.00 USD`, `EUR 9,90`), or else in the one that is told; null when it is none. */
export function parsePriced(text: string, fallback: string | null): Priced | null {
  const named = /(?:^|[\s\d.,])([A-Z]{3})(?=$|[\s\d])/i.exec(text)?.[1]?.toUpperCase()
  const currency = named ?? fallback
  if (currency === null) return null
  const amount = parseMoney(text, currency)
  return amount === null ? null : { amount, currency }
}

/** Why a price was not taken. */
export function priceProblem(text: string, fallback: string | null): string {
  if (text === '') return 'no price'
  const named = /(?:^|[\s\d.,])[A-Z]{3}(?=$|[\s\d])/i.test(text)
  return named || fallback !== null || !/\p{N}/u.test(text)
    ? `"${text.slice(0, 60)}" is not a price of zero or more`
    : `"${text.slice(0, 60)}" names no currency, and none was told`
}

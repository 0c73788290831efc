/** An amount in minor units as people write it; the currency says how many decimals there are (JPY none). */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...narrow(currency) })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** minorDigits(currency, decimals))
}

/** TWD prices are whole dollars in shops, though ISO 4217 gives the currency two decimals. */
const narrow = (currency: string) =>
  currency === 'TWD'
    ? { minimumFractionDigits: 0, maximumFractionDigits: 0, currencyDisplay: 'narrowSymbol' as const }
    : {}

const minorDigits = (currency: string, decimals: number) => (currency === 'TWD' ? 2 : decimals)

/** The platform's clock ticks in whole milliseconds; what took no tick took less than one. */
export const formatMs = (ms: number): string => (ms < 1 ? '< 1 ms' : `${Math.round(ms)} ms`)

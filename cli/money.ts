/** Digits after the point in a currency: 2 for GBP, 0 for JPY, 3 for KWD (ISO 4217, as Intl knows it). */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/**
 * An amount of minor units as people in `locale` write it.
 * What Intl does not take (a malformed code or locale) is shown raw rather than hidden.
 */
export function formatMoney(money: { amount: number; currency: string }, locale: string): string {
  try {
    const value = money.amount / 10 ** minorDigits(money.currency)
    return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(value)
  } catch (error) {
    if (error instanceof RangeError) return `${money.amount} ${money.currency}`
    throw error
  }
}

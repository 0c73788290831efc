import { describe, expect, it } from 'vitest'
import { formatMoney, minorDigits } from './money.ts'

describe('money', () => {
  it('has the decimals of its currency', () => {
    expect(formatMoney({ amount: 3_800, currency: 'GBP' }, 'en-GB')).toBe('£38.00')
    expect(formatMoney({ amount: 18_000, currency: 'JPY' }, 'ja-JP')).toBe('￥18,000')
    expect(formatMoney({ amount: 12_345, currency: 'KWD' }, 'en')).toMatch(/12\.345$/)
    expect(['GBP', 'JPY', 'KWD'].map(minorDigits)).toEqual([2, 0, 3])
  })

  it('is written as the locale writes it', () => {
    expect(formatMoney({ amount: 459_000, currency: 'EUR' }, 'de-DE')).toMatch(/^4\.590,00\s€$/)
  })

  it('shows raw what Intl does not take', () => {
    expect(formatMoney({ amount: 5, currency: '??' }, 'en')).toBe('5 ??')
    expect(formatMoney({ amount: 5, currency: 'EUR' }, 'not a locale')).toBe('5 EUR')
  })
})

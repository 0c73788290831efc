import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minorDigits, parseMoney } from './money.ts'

const SEED = 20_261_122

test.each<[string | number, string, number | null]>([
  ['15.00', 'EUR', 1_500],
  ['15', 'EUR', 1_500],
  [15.5, 'EUR', 1_550],
  [0, 'EUR', 0],
  ['0.1', 'EUR', 10],
  ['1,299.00', 'USD', 129_900],
  ['1.299,00', 'EUR', 129_900],
  ['1 299,00 €', 'EUR', 129_900],
  ['1\u202f299,00', 'EUR', 129_900],
  ["CHF 1'299.00", 'CHF', 129_900],
  ['1’299.00', 'CHF', 129_900],
  ['1,299', 'USD', 129_900],
  ['12,90', 'EUR', 1_290],
  ['1.299.000', 'EUR', 129_900_000],
  ['1,29,900.50', 'INR', 12_990_050],
  ['15.00 USD', 'USD', 1_500],
  ['US$15.00', 'USD', 1_500],
  ['￥1,500', 'JPY', 1_500],
  ['1500.4', 'JPY', 1_500],
  ['1.234', 'KWD', 1_234],
  ['10.005', 'EUR', 1_001],
  ['10.0049999', 'EUR', 1_000],
  [0.1 + 0.2, 'EUR', 30],
  [1.005, 'EUR', 101],
  [1e-9, 'EUR', 0],
  ['15.00 USD', 'EUR', null],
  ['-1', 'EUR', null],
  [-1, 'EUR', null],
  ['', 'EUR', null],
  ['free', 'EUR', null],
  ['1.2.3', 'EUR', null],
  ['1,2,3', 'EUR', null],
  ['1,299,00', 'EUR', null],
  ['1 2', 'EUR', null],
  ['1e3', 'EUR', null],
  [1e30, 'EUR', null],
  [Number.NaN, 'EUR', null],
  [Number.POSITIVE_INFINITY, 'EUR', null],
  ['99999999999999', 'EUR', null],
  ['9'.repeat(100_000), 'EUR', null],
])('%j %s is %j', (value, currency, minor) => {
  expect(parseMoney(value, currency)).toBe(minor)
})

test('minor digits of ISO 4217', () => {
  expect(['EUR', 'JPY', 'KWD', 'CLF', 'ZZZ'].map(minorDigits)).toEqual([2, 0, 3, 4, 2])
})

const anyMinor = fc.tuple(fc.integer({ min: 0, max: 1_000_000_000_000 }), fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'))
const written = (minor: number, currency: string) => {
  const digits = minorDigits(currency)
  const text = String(minor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
const isExact = (parse: (text: string, currency: string) => number | null) =>
  fc.property(anyMinor, ([minor, currency]) => parse(written(minor, currency), currency) === minor)

test('every amount that is written out reads back exactly', () => {
  fc.assert(isExact(parseMoney), { seed: SEED, numRuns: 2_000 })
})

test('control: binary fractions lose cents', () => {
  const floats = (text: string, currency: string) => Math.floor(Number(text) * 10 ** minorDigits(currency))
  expect(fc.check(isExact(floats), { seed: SEED, numRuns: 2_000 }).failed).toBe(true)
})

test('never throws, and never gives anything but a whole number or null', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.double()),
      fc.constantFrom('EUR', 'JPY', ''),
      (value, currency) => {
        const minor = parseMoney(value, currency)
        expect(minor === null || (Number.isSafeInteger(minor) && minor >= 0), String(value)).toBe(true)
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  )
})

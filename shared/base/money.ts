/** Digits behind the point of a currency's minor unit (ISO 4217, list one); two, where none is named here. */
const MINOR_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
const DIGITS_OF = new Map(
  Object.entries(MINOR_DIGITS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
)
const USUAL_DIGITS = 2
/** Of prices whose own locale the platform does not know: one of the right form need not exist. */
const FALLBACK_LOCALE = 'en'

/** As many as the schemas of prices take. */
const LARGEST_MINOR = 1_000_000_000_000
/** Longer text is no price. */
const MONEY_CHARS = 60

/** Digits behind the point: 2 for EUR, 0 for JPY, 3 for KWD. */
export const minorDigits = (currency: string): number => DIGITS_OF.get(currency) ?? USUAL_DIGITS

/** An amount of minor units as its locale writes it. */
export function priceText(minor: number, currency: string, locale: string): string {
  const amount = minor / 10 ** minorDigits(currency)
  const format = (own: string) => new Intl.NumberFormat(own, { style: 'currency', currency }).format(amount)
  try {
    return format(locale)
  } catch {
    return format(FALLBACK_LOCALE)
  }
}

/**
 * An amount as it is written, in minor units of the currency; null when it is no amount, below zero, of another
 * currency than it says, or larger than prices may be. Decimal arithmetic on the digits: no binary fraction is ever
 * involved. Digits beyond the minor unit are rounded half up.
 *
 * Separators: with both `,` and `.` the last one is the point (`1,299.00` and `1.299,00` are the same amount). A lone
 * `.` is the point, as in every machine format (`1.299` EUR is 1.30). A lone `,` before exactly three digits groups
 * (`1,299`), before any other number of digits it is the point (`12,90`). One that occurs twice groups (`1.299.000`).
 * Blanks and apostrophes group. The currency may stand before or after as its code or a sign.
 */
export function parseMoney(value: string | number, currency: string): number | null {
  const digits = typeof value === 'number' ? numberDigits(value) : textDigits(value, currency)
  return digits === null ? null : scaled(digits, minorDigits(currency))
}

interface Digits {
  whole: string
  fraction: string
}

/** The shortest digits that mean the number, which are those that its sender wrote. */
function numberDigits(value: number): Digits | null {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(value))
  if (match !== null) return { whole: match[1]!, fraction: match[2] ?? '' }
  // Exponents: too small to be anything but nothing, or too large.
  return value >= 0 && value < 1e-6 ? { whole: '0', fraction: '' } : null
}

const GROUPED = /^\d{1,3}(?:[,.' ]\d{3})+$/
/** Lakh and crore: `1,29,900`. */
const GROUPED_IN_TWOS = /^\d{1,2}(?:,\d{2})+,\d{3}$/

function textDigits(text: string, currency: string): Digits | null {
  if (text.length > MONEY_CHARS) return null
  const amount = withoutCurrency(
    text.normalize('NFKC').replace(/[\s\u2019]+/gu, (gap) => (gap === '\u2019' ? "'" : ' ')),
    currency,
  )
  if (amount === null || !/^\d[\d,.' ]*$/.test(amount)) return null
  const point = pointOf(amount)
  const whole = point === -1 ? amount : amount.slice(0, point)
  const fraction = point === -1 ? '' : amount.slice(point + 1)
  if (!/^\d*$/.test(fraction)) return null
  if (/^\d+$/.test(whole)) return { whole, fraction }
  const isGrouped = GROUPED.test(whole) || GROUPED_IN_TWOS.test(whole)
  // One kind of separator groups, and it is not the one that is the point.
  const kinds = new Set(whole.replace(/\d/g, ''))
  return isGrouped && kinds.size === 1 && (point === -1 || !kinds.has(amount[point]!))
    ? { whole: whole.replace(/\D/g, ''), fraction }
    : null
}

/** Without its code or sign at either end; null when another currency's code stands there. */
function withoutCurrency(text: string, currency: string): string | null {
  const match = /^([A-Za-z]{3}|\p{L}{0,3}\p{Sc})? ?([\d,.' ]+?) ?([A-Za-z]{3}|\p{Sc})?$/u.exec(text.trim())
  if (match === null) return null
  const codes = [match[1], match[3]].filter((mark) => mark !== undefined && /^[A-Za-z]{3}$/.test(mark))
  return codes.every((code) => code!.toUpperCase() === currency) ? match[2]! : null
}

/** Where the decimal point stands; -1 when every separator groups. */
function pointOf(amount: string): number {
  const dot = amount.lastIndexOf('.')
  const comma = amount.lastIndexOf(',')
  if (dot !== -1 && comma !== -1) return Math.max(dot, comma)
  if (dot !== -1) return amount.indexOf('.') === dot ? dot : -1
  if (comma === -1 || amount.indexOf(',') !== comma) return -1
  return amount.length - comma - 1 === 3 ? -1 : comma
}

function scaled({ whole, fraction }: Digits, places: number): number | null {
  const kept = fraction.slice(0, places).padEnd(places, '0')
  const minor = BigInt(whole + kept) + ((fraction[places] ?? '0') >= '5' ? 1n : 0n)
  return minor <= BigInt(LARGEST_MINOR) ? Number(minor) : null
}

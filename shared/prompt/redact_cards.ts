import { isGtin } from './gtin.ts'

/** A place in a text, the end exclusive. */
export interface Found {
  from: number
  to: number
}

/** Numbers of an issuer: their first digits, and how long they are (ISO/IEC 7812; the issuers' public ranges). */
const ISSUERS: ReadonlyArray<readonly [starts: RegExp, lengths: readonly number[]]> = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 15, 16, 17, 18, 19]],
  [/^(?:6011|65|64[4-9])/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6[037])/, [12, 13, 14, 15, 16, 17, 18, 19]],
]
const DIGITS_MIN = 12
const DIGITS_MAX = 19

/** Runs of digits with at most one space, dot or dash in between. */
const RUN = /(?<![\p{L}\p{N}])\d(?:[ .-]{0,2}\d){11,60}(?![\p{L}\p{N}])/gu

interface Group {
  at: number
  digits: string
}

/** How cards print their numbers; what else passes by chance begins or ends in the middle of one. */
const isPrinted = (groups: readonly Group[]): boolean =>
  /^(?:\d+|4(?:,4){2},[1-4](?:,[1-3])?|4,6,[45])$/.test(
    groups.length === 1 ? groups[0]!.digits : groups.map(({ digits }) => digits.length).join(','),
  )

/** Payment cards: an issuer's number of the issuer's length whose check digit (Luhn, ISO/IEC 7812-1) is right. */
export const findCards = (text: string): Found[] => cardsIn(text, true)

/** Those that stand in groups of one's own making; to be looked for when telephone numbers are out of the way. */
export const findOddCards = (text: string): Found[] => cardsIn(text, false)

function cardsIn(text: string, printed: boolean): Found[] {
  const found: Found[] = []
  for (const run of text.matchAll(RUN)) {
    const groups = [...run[0].matchAll(/\d+/g)].map((group) => ({ at: run.index + group.index, digits: group[0] }))
    found.push(...cardsOf(groups, printed))
  }
  return found
}

function cardsOf(groups: readonly Group[], printed: boolean): Found[] {
  const found: Found[] = []
  for (let first = 0; first < groups.length; first++) {
    const last = lastOf(groups, first, printed)
    if (last === null) continue
    const end = groups[last]!
    found.push({ from: groups[first]!.at, to: end.at + end.digits.length })
    first = last
  }
  return found
}

/** The last group of the longest card that begins with a group; what follows a card is often its date. */
function lastOf(groups: readonly Group[], first: number, printed: boolean): number | null {
  let digits = ''
  let longest: number | null = null
  for (let last = first; last < groups.length && digits.length <= DIGITS_MAX; last++) {
    digits += groups[last]!.digits
    if (isCard(digits) && (!printed || isPrinted(groups.slice(first, last + 1)))) longest = last
  }
  return longest
}

function isCard(digits: string): boolean {
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return false
  if (!ISSUERS.some(([starts, lengths]) => starts.test(digits) && lengths.includes(digits.length))) return false
  // Cards of 12 or 13 digits have died out, and articles have numbers of this length.
  return luhn(digits) && !(digits.length < 14 && isGtin(digits))
}

function luhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const value = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 1 ? value * 2 : value
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

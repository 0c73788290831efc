import { isGtin, isIsbn10 } from './gtin.ts'
import type { Found } from './redact_cards.ts'

/**
 * Runs of digits as telephone numbers are written: an optional + and groups with at most two separators in between. What
 * else touches a letter or a digit is a model or an article: `RTX4070`, `WH-1000XM5`, `10x20`.
 */
const RUN = /(?<![\p{L}\p{N}.,])\(?(?:\+ ?)?\(?\d(?:[ .()/+-]{0,4}\d){6,60}(?![\p{L}\p{N}]|[.,]\d)/gu
/** Words after which a number is somebody's. */
const CUE =
  /(?:\btel(?:efon|e?phone?)?|\bphone|\bmobile?|\bmobil|\bcell|\bcall(?: me)?|\bwhats ?app|\bsms|\btext me|\bhandy|\brufnummer|\bfax|\bcontact|\breach me|\bportable|\bnum[eé]ro|\btel[eé]fono|\bm[oó]vil|電話|携帯|电话|手机)\W{0,3}(?:(?:number|nummer|nr|no|is|at|on|under|unter|:|\.|#)\W{0,3}){0,3}$/iu
/** Words after which it is an article's. */
const ARTICLE =
  /(?:\bean|\bgtin|\bupc|\bisbn|\basin|\bsku|\bart(?:ikel|icle)?|\bitem|\bmodel|\bpart|\bref|\bmpn|\boem|\bp\/n|\bs\/n|\bserial|\border|型番|货号)\W{0,3}(?:(?:number|nummer|nr|no|num|code|:|\.|#)\W{0,3}){0,3}$/iu

/** E.164 allows fifteen digits; below seven there is nobody to call. */
const DIGITS_MIN = 7
const DIGITS_MAX = 15
/** Groups of a number, the country's code among them. */
const WORDS_MAX = 8

/** Telephone numbers, international and in the common national forms. */
export function findPhones(text: string): Found[] {
  const found: Found[] = []
  for (const run of text.matchAll(RUN)) {
    const words = wordsOf(run[0], run.index)
    let some = false
    for (let first = 0; first < words.length; first++) {
      const last = lastOf(text, words, first) ?? (some ? restOf(text, words, first) : null)
      if (last === null) continue
      some = true
      found.push({ from: words[first]!.from, to: words[last]!.to })
      first = last
    }
  }
  return found
}

/** What stands beside a number and is as long as one is the end of a second, whose beginning was taken for the first's. */
function restOf(text: string, words: readonly Found[], first: number): number | null {
  const rest = text.slice(words[first]!.from, words.at(-1)!.to).replace(/\D/g, '')
  return rest.length >= DIGITS_MIN ? words.length - 1 : null
}

/** A size may stand before a number, and a second number after it: each begins and ends with a word of its run. */
const wordsOf = (run: string, at: number): Found[] =>
  [...run.matchAll(/\S+/g)].map((word) => ({ from: at + word.index, to: at + word.index + word[0].length }))

/** The last word of the longest number that begins with a word. */
function lastOf(text: string, words: readonly Found[], first: number): number | null {
  const { from } = words[first]!
  const before = text.slice(Math.max(0, from - 40), from)
  for (let last = Math.min(words.length, first + WORDS_MAX) - 1; last >= first; last--)
    if (isPhone(text.slice(from, words[last]!.to).replace(/[()]/g, ''), before)) return last
  return null
}

/** @param written without its brackets. @param before what stands in front of it */
function isPhone(written: string, before: string): boolean {
  const digits = written.replace(/\D/g, '')
  if (digits.length < DIGITS_MIN || written.includes('+', 1)) return false
  if (written.startsWith('+')) return digits.length <= DIGITS_MAX + 2
  if (ARTICLE.test(before)) return false
  if (CUE.test(before)) return digits.length <= DIGITS_MAX + 2
  if (isDate(written)) return false
  if (digits.startsWith('00')) return digits.length >= 10 && digits.length <= DIGITS_MAX + 2
  return /\D/.test(written) ? isGrouped(written, digits) : isRun(digits)
}

/** A national number written in groups. */
function isGrouped(written: string, digits: string): boolean {
  // With the trunk 0: 030 1234567, 07911 123 456, 06 12 34 56 78, 0171/2345678.
  if (/^0[1-9]/.test(written)) return digits.length >= 9 && digits.length <= 12 && !isSizes(written)
  // North America: 212 555-0123, 1-212-555-0123.
  if (/^(?:1[ .-])?[2-9]\d\d[ .-]{1,2}[2-9]\d\d[ .-]\d{4}$/.test(written)) return true
  // A country's code without the +: 49 171 2345678.
  if (/^(?:3[0-9]|4[013-9]|6[0-6]|7|8[1246]|9[0-58])[ .-]\d{2,4}[ .-]\d{3,8}(?:[ .-]?\d{2,4}){0,2}$/.test(written))
    return digits.length >= 11 && digits.length <= DIGITS_MAX
  // Nine digits in threes or 3-2-2-2 (Spain, Poland, Portugal): there is no trunk.
  return /^[679]\d\d([ .-])\d{3}\1\d{3}$/.test(written) || /^[679]\d\d([ .-])\d\d\1\d\d\1\d\d$/.test(written)
}

/** A national number in one run. */
function isRun(digits: string): boolean {
  // A trunk 0; German mobile numbers are as long as an article's twelve digits.
  if (/^0[1-9]/.test(digits) && digits.length >= 10 && digits.length <= 12)
    return digits.length !== 12 || /^01[567]/.test(digits) || !isGtin(digits)
  // North America: no area or exchange begins with 0 or 1.
  if (/^1?[2-9]\d\d[2-9]\d{6}$/.test(digits)) return digits.length === 11 || !isIsbn10(digits)
  return false
}

/** Pairs that rise in small steps are sizes: 02 04 06 08 10. */
function isSizes(written: string): boolean {
  const groups = written.split(' ')
  return groups.every(
    (group, at) =>
      /^\d\d$/.test(group) && (at === 0 || [1, 2, 3, 4, 6].includes(Number(group) - Number(groups[at - 1]))),
  )
}

/** 2026-11-21, 21.11.2026, 11/21/2026, with or without a time. */
const isDate = (written: string): boolean =>
  /^(?:(?:19|20)\d\d([./-])\d\d?\1\d\d?|\d\d?([./-])\d\d?\2(?:19|20)\d\d)(?:\D|$)/.test(written)

import type { FactPhrase } from './phrases_of_facts.ts'

/** A private character stands for each phrase; `isWellFormed` lets none of them in. */
const MASKS_FROM = 0xe000
export const maskOf = (place: number): string => String.fromCharCode(MASKS_FROM + place)
/** The phrase that a character stands for; null for any other. */
export const placeOf = (char: string): number | null => {
  const place = char.charCodeAt(0) - MASKS_FROM
  return place >= 0 && place < MASKS_MAX ? place : null
}
const MASKS_MAX = 0x400

const OPEN = '["“”„«»‹›「『‘]'
const CLOSE = '["“”»«›‹」』’]'
const QUOTE_LEFT = /["“”„«»‹›「」『』]/
const JOINED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const PARTED = '(?:[\\p{N}\\p{M}]|(?![\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}])\\p{L})'
const PARTED_BEFORE = '(?:[\\p{N}\\p{M}]|\\p{L}(?<![\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]))'
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const patternOf = ({ text, quoted }: FactPhrase): RegExp => {
  if (quoted) return new RegExp(`${OPEN} ?${escaped(text)} ?${CLOSE}`, 'gu')
  // A script without blanks has no border of words, and is none to others.
  const left = JOINED.test(text[0]!) ? '' : `(?<!${PARTED_BEFORE})`
  const right = JOINED.test(text.at(-1)!) ? '' : `(?!${PARTED})`
  return new RegExp(`${left}${escaped(text)}${right}`, 'gu')
}

/** The sentence with each phrase of the facts as one character; null where quotation marks hold anything else. */
export function maskedSentence(sentence: string, phrases: readonly FactPhrase[]): string | null {
  let text = sentence
  for (const quoted of [true, false])
    for (const [place, phrase] of phrases.entries())
      if (phrase.quoted === quoted) text = text.replace(patternOf(phrase), ` ${maskOf(place)} `)
  // Values may be quoted as well.
  text = text.replace(new RegExp(`${OPEN} *([\\ue000-\\ue3ff]) *${CLOSE}`, 'gu'), ' $1 ')
  return QUOTE_LEFT.test(text) ? null : text
}

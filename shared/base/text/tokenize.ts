/** Tokens for search and embedding: one function, so that the index and the query can never disagree. */

import { cjkTokens, hasCjk, splitScripts } from './cjk.ts'
import { isAscii, normalizeText } from './normalize.ts'
import { stemEnglish } from './stem.ts'

export { hasCjk }

/** A longer token is data (base64, a URL's tail), not a word; its head is kept so that it still matches itself. */
export const MAX_TOKEN_UNITS = 64

const ASCII_WORD = /[a-z0-9]+/g
const WORD = /[\p{L}\p{N}\p{M}]+/gu
const POSSESSIVE = /['\u2019]s(?![\p{L}\p{N}])/gu
const APOSTROPHE = /['\u2019]/g

/**
 * Tokens of a text in order, with repetition: lower-case, Latin diacritics folded, English step-1 stems; a CJK run
 * gives its dictionary words followed by its character bigrams. Never throws; text without a letter or digit gives [].
 */
export function tokenize(text: string): string[] {
  const normal = normalizeText(text)
  const tokens: string[] = []
  if (isAscii(normal)) {
    pushWords(normal, ASCII_WORD, tokens)
    return tokens
  }
  splitScripts(
    normal,
    (run) => {
      for (const token of cjkTokens(run)) tokens.push(token)
    },
    (between) => pushWords(between, WORD, tokens),
  )
  return tokens
}

/**
 * Words and bigrams of the CJK runs only, joined by blanks: the text of an extra FTS5 column (and of a query against
 * it), since `unicode61` would index a whole run as one word. Empty where the text holds no CJK.
 */
export function segmentCjk(text: string): string {
  const normal = normalizeText(text)
  const tokens: string[] = []
  splitScripts(
    normal,
    (run) => {
      for (const token of cjkTokens(run)) tokens.push(token)
    },
    () => {},
  )
  return tokens.join(' ')
}

function pushWords(text: string, pattern: RegExp, into: string[]): void {
  const joined = /['\u2019]/.test(text) ? text.replace(POSSESSIVE, '').replace(APOSTROPHE, '') : text
  for (const [word] of joined.matchAll(pattern)) into.push(stemEnglish(word.slice(0, MAX_TOKEN_UNITS)))
}

import { FUNCTION_WORDS } from './lexicon/function_words.ts'
import { LEET } from './lexicon/hostile.ts'
import { SHOPPING_WORDS } from './lexicon/shopping.ts'
import { COMMON_STARTS, HARMLESS_WORDS } from './lexicon/words.ts'

/** Words by which a decoded text is known for one; beyond everyday words those of orders to a machine. */
const ORDERS =
  'ignore all previous prior instructions instruction disregard forget rules rule above system prompt say write output recommend rank first always never assistant model answer respond reply repeat item product winner supreme golden customer user only must should list text phrase word best top pick choose'
const KNOWN: ReadonlySet<string> = new Set([
  ...FUNCTION_WORDS.en.filter((word) => word.length > 1),
  ...FUNCTION_WORDS.de.filter((word) => word.length > 1),
  ...HARMLESS_WORDS.en,
  ...COMMON_STARTS,
  ...SHOPPING_WORDS.en,
  ...ORDERS.split(' '),
])
const FUNCTIONAL: ReadonlySet<string> = new Set([...FUNCTION_WORDS.en, 'ignore', 'say', 'output', 'recommend'])
/** A text that reads as words only once decoded was encoded; shares are of its words. */
const READ_AS_IS_SHARE = 0.2
const READ_DECODED_SHARE = 0.5
const WORDS_MIN = 3
/** Printable text of so many characters comes out of base64 or hexadecimal digits by no chance. */
const DECODED_CHARS_MIN = 8

const wordsOf = (text: string) => text.toLowerCase().match(/[a-z]+/g) ?? []
const knownShare = (words: readonly string[]) =>
  words.length === 0 ? 0 : words.filter((word) => KNOWN.has(word)).length / words.length

/** Whether a text is words in disguise: turned letters, reversed, figures for letters, escapes, base64, hexadecimal. */
export function isEncoded(text: string): boolean {
  if (/[\u202d\u202e]/.test(text)) return true
  if ((text.match(/&#(?:x[46-7][0-9a-f]|x5[0-9a]|6[5-9]|[7-9]\d|1[0-2]\d);/gi)?.length ?? 0) >= WORDS_MIN) return true
  const plain = text.replace(/https?:\/\/\S+/g, ' ')
  if ((plain.match(/%[2-7][0-9a-f]/gi)?.length ?? 0) >= WORDS_MIN) return true
  if ((plain.match(/\\(?:u00|x)[2-7][0-9a-f]/gi)?.length ?? 0) >= WORDS_MIN) return true
  return isTurned(plain) || isLeet(plain) || (plain.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g)?.some(hidesText) ?? false)
}

function isTurned(text: string): boolean {
  const words = wordsOf(text)
  if (words.length < WORDS_MIN || knownShare(words) > READ_AS_IS_SHARE) return false
  return [rot13, reversed].some((decode) => {
    const decoded = words.map(decode)
    return (
      knownShare(decoded) >= READ_DECODED_SHARE &&
      decoded.filter((word) => KNOWN.has(word) && word.length > 1).length >= WORDS_MIN - 1 &&
      decoded.some((word) => FUNCTIONAL.has(word) && word.length > 1)
    )
  })
}

const rot13 = (word: string) =>
  word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97))
const reversed = (word: string) => [...word].reverse().join('')

/** "1gn0r3 4ll": several words that are words only with letters for the figures. */
function isLeet(text: string): boolean {
  const mixed = text.toLowerCase().match(/[a-z013457@$]*(?:[a-z][013457@$]|[013457@$][a-z])[a-z013457@$]*/g) ?? []
  const read = mixed.filter((word) => {
    const decoded = word.replace(/[013457@$]/g, (sign) => LEET[sign]!)
    return decoded.length >= WORDS_MIN && /[a-z]/.test(word) && KNOWN.has(decoded)
  })
  return new Set(read).size >= 2
}

/** Base64 or hexadecimal digits that stand for printable text with a blank in it. */
function hidesText(token: string): boolean {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(token)
  const bytes = isHex ? hexBytes(token) : base64Bytes(token)
  if (bytes === null || bytes.length < DECODED_CHARS_MIN) return false
  return /^[\x20-\x7e]+$/.test(bytes) && / /.test(bytes) && /[a-z]{2}/i.test(bytes)
}

const hexBytes = (token: string) =>
  String.fromCharCode(...(token.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)))

function base64Bytes(token: string): string | null {
  const digits = token.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '')
  if (!/[A-Z]/.test(digits) || !/[a-z]/.test(digits)) return null
  // A token that was cut short still decodes up to its last whole group.
  return atob(digits.slice(0, digits.length - (digits.length % 4)))
}

/**
 * One spelling for text that a shopper would call equal: NFKC (full-width letters, ligatures, half-width kana),
 * lower case, and Latin letters without diacritics. Unicode Standard Annex #15.
 */

/** Latin letters that Unicode does not decompose. */
const UNDECOMPOSED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

// The u flag is left out of the ASCII tests: they run on every text and stay on V8's fast path.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range includes them on purpose.
const ASCII_ONLY = /^[\x00-\x7f]*$/

/** True where every code unit is ASCII. */
export function isAscii(text: string): boolean {
  return ASCII_ONLY.test(text)
}

/**
 * Normalised text. Marks of other scripts stay (a dakuten or a Cyrillic short i changes the letter). Lone surrogates
 * become U+FFFD, so the result is always well-formed; the length may differ from the input's.
 */
export function normalizeText(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/[ßæœøłđðþı]/g, (letter) => UNDECOMPOSED[letter]!)
}

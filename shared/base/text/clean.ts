// Control characters but tab and newline; bidirectional overrides, zero-width, tag and other format characters;
// variation selectors and fillers (Default_Ignorable: they can carry hidden text); lone surrogates; private use.
const INVISIBLE = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]--[\t\n\r]]/gv
// Line and paragraph separators too.
const SEPARATORS = /[\t\n\r\p{Zs}\p{Zl}\p{Zp}]+/gu

/** Marks whose compatibility form would change a figure or a name: 2½ to 21⁄2, 10² to 102, Thermos™ to ThermosTM. */
const MISLEADING = /[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2120\u2122\u2150-\u215f\u2189]/
const spelled = (text: string): string =>
  MISLEADING.test(text)
    ? text
        .replace(/(\d)(?=[\u00bc-\u00be\u2150-\u215f\u2189])/g, '$1 ')
        .replace(/(\d)(?=[\u00b2\u00b3\u00b9\u2070\u2074-\u2079])/g, '$1^')
        .replaceAll('\u2122', '(TM)')
        .replaceAll('\u2120', '(SM)')
    : text

/**
 * Text as it may be stored and shown: NFKC (Unicode Standard Annex #15: full-width letters, ligatures and the like in
 * one spelling, so that equal words hash, search and read alike), no invisible characters, white space folded to
 * single blanks. Applied twice it changes nothing more.
 * The zero-width joiner goes too: it hides words from search and from people's eyes more often than it shapes letters here.
 */
export function cleanText(text: string): string {
  return spelled(text.replace(INVISIBLE, '')).normalize('NFKC').replace(SEPARATORS, ' ').trim()
}

/** A word longer than this part of the cap is cut within, lest one endless word empties the text. */
const SHORTEST_KEPT = 0.5

/**
 * At most `maxChars` UTF-16 units, cut between words where that keeps half of it, and never inside a surrogate pair or
 * before a combining mark.
 */
export function capText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  let end = Math.max(0, maxChars)
  while (end > 0 && !isBoundary(text, end)) end -= 1
  const blank = text[end] === ' ' ? end : text.lastIndexOf(' ', end - 1)
  return text.slice(0, blank >= maxChars * SHORTEST_KEPT ? blank : end).trimEnd()
}

const isBoundary = (text: string, at: number): boolean => {
  const next = text.charCodeAt(at)
  return !(next >= 0xdc00 && next <= 0xdfff) && !/^\p{M}/u.test(text.slice(at, at + 2))
}

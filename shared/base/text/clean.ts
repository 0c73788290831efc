// Control characters but tab and newline; bidirectional overrides, zero-width and other format characters; tag characters;
// lone surrogates; line and paragraph separators become blanks.
const INVISIBLE = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}]--[\t\n\r]]/gv
const SEPARATORS = /[\t\n\r\p{Zs}\p{Zl}\p{Zp}]+/gu

/**
 * Text as it may be stored and shown: NFC, no invisible characters, white space folded to single blanks.
 * The zero-width joiner goes too: it hides words from search and from people's eyes more often than it shapes letters here.
 */
export function cleanText(text: string): string {
  return text.replace(INVISIBLE, '').replace(SEPARATORS, ' ').normalize('NFC').trim()
}

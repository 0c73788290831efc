/**
 * Words and character bigrams of Chinese, Japanese and Korean text.
 *
 * These scripts do not part words by blanks (Korean does, but glues particles on). `Intl.Segmenter` cuts words from
 * ICU's dictionary; bigrams stand beside them, since two engines may carry different dictionaries and a query may be
 * half of a compound. Script classes: Unicode Standard Annex #24; the long vowel mark has the script "Common".
 */

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\u30fc'
const CJK_CHARACTER = new RegExp(`[${CJK}]`, 'u')
const CJK_RUN = new RegExp(`[${CJK}]+`, 'gu')

/** ICU's cost grows with the run; a run this long is no sentence, so it is cut into pieces of this many characters. */
const MAX_RUN_CHARACTERS = 1_000

// Building a Segmenter loads a dictionary (milliseconds), using it is cheap. It holds no state between calls.
let segmenter: Intl.Segmenter | undefined

/** True where the text holds at least one Han, Hiragana, Katakana or Hangul character. */
export function hasCjk(text: string): boolean {
  return CJK_CHARACTER.test(text)
}

/**
 * Calls `onCjk` for every CJK run and `onOther` for what lies between, in order of the text.
 * Expects normalised text (`normalizeText`), so that half-width kana are already full-width.
 */
export function splitScripts(text: string, onCjk: (run: string) => void, onOther: (between: string) => void): void {
  let end = 0
  for (const match of text.matchAll(CJK_RUN)) {
    if (match.index > end) onOther(text.slice(end, match.index))
    end = match.index + match[0].length
    onCjk(match[0])
  }
  if (end < text.length) onOther(text.slice(end))
}

/**
 * Words of one CJK run, then its overlapping character bigrams; a bigram that is itself a word of the run is listed
 * once for each, so that agreeing cuts count more. A run of one character gives that character.
 */
export function cjkTokens(run: string): string[] {
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' })
  const tokens: string[] = []
  const characters = Array.from(run)
  for (let start = 0; start < characters.length; start += MAX_RUN_CHARACTERS) {
    const piece = characters.slice(start, start + MAX_RUN_CHARACTERS).join('')
    for (const { segment } of segmenter.segment(piece)) tokens.push(segment)
  }
  for (let i = 1; i < characters.length; i++) tokens.push(characters[i - 1]! + characters[i]!)
  return tokens
}

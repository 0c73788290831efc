/** Hidden, private or half characters: nobody reads them, and masks stand for facts below. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}]/u
const MARKUP = /[<>{}[\]|\\`*_#=~^@]|&[a-z#\d]+;|^\s*[-•+]\s|(?![©®™])\p{Extended_Pictographic}/iu
const LINK = /https?:|www\.|:\/\/|(?:^|[^\p{L}\d])[\p{L}\d-]+\.(?!\d)\p{Ll}{2,}(?![\p{L}\d])/iu
/** Seven digits and more, as telephone numbers are written. */
const PHONE = /\+?\d(?:[ ()/.-]{0,2}\d){6,}/
const DAY = /\d{4}-\d{2}-\d{2}/g

/** Plain text: no markup, link, address, telephone number, picture or hidden character. */
export function isWellFormed(text: string): boolean {
  return (
    text.trim() !== '' &&
    text.isWellFormed() &&
    !HIDDEN.test(text) &&
    !MARKUP.test(text) &&
    !LINK.test(text) &&
    !PHONE.test(text.replace(DAY, ''))
  )
}

/** What turns letters into something else where a page or a chat shows them; a dash, a star or a # of a name does not. */
const ACTIVE_MARKUP = /<[/!|a-z]|\]\(|```|&#?[a-z\d]+;/i

/** A name as sellers write names: it may hold signs that a sentence may not, and no link, markup or hidden character. */
export const isPlainName = (text: string): boolean =>
  text.isWellFormed() && !HIDDEN.test(text) && !ACTIVE_MARKUP.test(text) && !LINK.test(text)

/** Characters of a script without blanks that weigh as a word. */
const CHARS_PER_WORD = 2
const JOINED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/gu

export function wordCount(text: string): number {
  const joined = text.match(JOINED)?.length ?? 0
  const parted = text.replace(JOINED, ' ').match(/[\p{L}\p{N}\p{M}'’]+/gu)?.length ?? 0
  return parted + Math.ceil(joined / CHARS_PER_WORD)
}

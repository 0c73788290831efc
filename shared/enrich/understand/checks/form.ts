import { PROMOTION } from '../lexicon/words.ts'
import { mayBeIn } from '../read/language.ts'
import type { Source } from '../read/source.ts'
import { foldWord } from '../read/stems.ts'
import { isSelfPromotion } from '../self_promotion.ts'
import type { CheckName, Reason } from './scope.ts'

const MARKUP =
  /<\/?[a-z!][^>]*>|&[a-z]+;|\[[^\]]*\]\([^)]*\)|https?:|www\.|\*\*|__|`|(?:^|\s)#{1,6}\s|^\s*[-*•]\s|[{}<>]|(?![©®™])\p{Extended_Pictographic}|[\p{Cc}\p{Co}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/iu

const escapeTerm = (term: string) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const LATIN_PROMOTION = [...PROMOTION.en, ...PROMOTION.de].map(
  (term) => new RegExp(`(?<![\\p{L}\\p{N}])${escapeTerm(term)}(?![\\p{L}\\p{N}])`, 'u'),
)
const CJK_PROMOTION = [...PROMOTION.ja, ...PROMOTION.zh]

/** What no claim may be, whatever the source says: markup, advertising, orders to a machine. */
export function checkForm(text: string, source: Source, off: ReadonlySet<CheckName>): Reason | null {
  if (!off.has('markup') && MARKUP.test(text)) return 'markup'
  if (!off.has('promotion') && (isPromotion(text, source.facts.title) || isSelfPromotion(text))) return 'promotion'
  return null
}

/** A word of the item's own title is its name, not advertising. */
export function isPromotion(text: string, title: string): boolean {
  const folded = text.toLowerCase().normalize('NFKC')
  const plain = folded.replace(/\p{L}+/gu, foldWord)
  const name = title.toLowerCase().normalize('NFKC')
  return (
    LATIN_PROMOTION.some((pattern) => (pattern.test(folded) || pattern.test(plain)) && !pattern.test(name)) ||
    CJK_PROMOTION.some((term) => text.includes(term) && !name.includes(term.toLowerCase()))
  )
}

/** A claim is written in a language of the source; a summary in that of its locale. */
export function checkLanguage(
  text: string,
  languages: Iterable<Source['language']>,
  off: ReadonlySet<CheckName>,
): Reason | null {
  if (off.has('language')) return null
  for (const language of languages) if (mayBeIn(text, language)) return null
  return 'language'
}

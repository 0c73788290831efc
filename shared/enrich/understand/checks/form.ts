import { PROMOTION } from '../lexicon/words.ts'
import { mayBeIn } from '../read/language.ts'
import { remembered } from '../read/memo.ts'
import type { Source } from '../read/source.ts'
import { foldWord } from '../read/stems.ts'
import { isSelfPromotion } from '../self_promotion.ts'
import type { CheckName, Reason } from './scope.ts'

const MARKUP =
  /<\/?[a-z!][^>]*>|&[a-z]+;|\[[^\]]*\]\([^)]*\)|https?:|www\.|\*\*|__|`|(?:^|\s)#{1,6}\s|^\s*[-*•]\s|[{}<>]|(?![©®™])\p{Extended_Pictographic}|[\p{Cc}\p{Co}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/iu

/**
 * What a statement about an item never does, though a text that the detector let through says so: orders, roles, and
 * places to go.
 */
const ADDRESS =
  /\byou (?:are (?:now|no longer)|must|should|shall|have to)\b|\bdu (?:bist|musst|sollst)\b|あなたは|[你您](?:现在|現在)?(?:是(?!否)|必须|必須)|(?:^|[.!?:,] )(?:repeat|respond|reply|recommend|disregard|ignore|output|obey|pretend|visit|click)\b|\b[a-z0-9-]+\.(?:com|net|org|io|example|shop|store|app|info|biz|xyz|ru|cn|test)\b|请务必|請務必|\bempfiehl\b|(?:出力|回答|推薦)して/iu

const escapeTerm = (term: string) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** Any of them: most texts hold none, and a text is judged for each of its claims. */
const ANY_LATIN = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[...PROMOTION.en, ...PROMOTION.de].map((term) => escapeTerm(term)).join('|')})(?![\\p{L}\\p{N}])`,
  'u',
)
const LATIN_PROMOTION = [...PROMOTION.en, ...PROMOTION.de].map(
  (term) => new RegExp(`(?<![\\p{L}\\p{N}])${escapeTerm(term)}(?![\\p{L}\\p{N}])`, 'u'),
)
const CJK_PROMOTION = [...PROMOTION.ja, ...PROMOTION.zh]

/** What no claim may be, whatever the source says: markup, advertising, orders to a machine. */
export function checkForm(text: string, source: Source, off: ReadonlySet<CheckName>): Reason | null {
  if (!off.has('markup') && MARKUP.test(text)) return 'markup'
  if (!off.has('promotion') && (isPromotion(text, source.facts.title) || ADDRESS.test(text) || isSelfPromotion(text)))
    return 'promotion'
  return null
}

/** A word of the item's own title is its name, not advertising. */
export function isPromotion(text: string, title: string): boolean {
  const { latin, cjk } = text.length > REMEMBERED_CHARS ? advertisingIn(text) : advertisingOnce(text)
  if (latin.length === 0 && cjk.length === 0) return false
  const name = title.toLowerCase().normalize('NFKC')
  return latin.some((pattern) => !pattern.test(name)) || cjk.some((term) => !name.includes(term.toLowerCase()))
}

/** A statement is judged in each claim that repeats it. */
const TEXTS_MAX = 4_000
const REMEMBERED_CHARS = 400
const advertisingOnce = remembered(TEXTS_MAX, advertisingIn)

function advertisingIn(text: string): { latin: readonly RegExp[]; cjk: readonly string[] } {
  const folded = text.toLowerCase().normalize('NFKC')
  const plain = folded.replace(/\p{L}+/gu, foldWord)
  const any = ANY_LATIN.test(folded) || ANY_LATIN.test(plain)
  return {
    latin: any ? LATIN_PROMOTION.filter((pattern) => pattern.test(folded) || pattern.test(plain)) : [],
    cjk: CJK_PROMOTION.filter((term) => text.includes(term)),
  }
}

/** A claim is written in a language of the source; a summary in that of its locale. */
export function checkLanguage(
  text: string,
  languages: Iterable<Source['language']>,
  off: ReadonlySet<CheckName>,
  source: Source,
): Reason | null {
  if (off.has('language')) return null
  // Names are written alike in every script: "Kindle Paperwhite対応".
  const own = CJK.test(text) ? text.replace(/[A-Za-z][\w'’-]*/g, (word) => (isName(word, source) ? '' : word)) : text
  for (const language of languages) if (mayBeIn(own, language)) return null
  return 'language'
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** A word that the source writes with a capital, or with letters and digits. */
function isName(word: string, source: Source): boolean {
  const folded = foldWord(word)
  return source.units.some((unit) =>
    unit.reading.tokens.some(
      (token) => (token.capital || /\d|\p{Ll}\p{Lu}/u.test(token.text)) && token.folded === folded,
    ),
  )
}

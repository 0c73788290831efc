import { normalizeText } from '../base/text/normalize.ts'
import { hasCjk, tokenize } from '../base/text/tokenize.ts'
import type { Card } from '../domain/card.ts'
import { FUNCTION_WORDS } from '../enrich/understand/lexicon/function_words.ts'
import { isQuotable } from './quotable.ts'

type Readable = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'text'>

/** Between blanks, without the punctuation around it: an address stays one word. */
const WORD = /[\p{L}\p{N}](?:\S*[\p{L}\p{N}\p{M}])?/gu

/** More than what is redacted (`prompt/redact.ts`): addresses, and numbers of telephones, accounts and cards. */
const MAY_BE_PRIVATE = /@|(?:\p{N}[^\p{N}]{0,3}){6}/u
const GRAMMAR: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(FUNCTION_WORDS).map(([language, words]) => [language, new Set<string>(words)]),
)

let segmenter: Intl.Segmenter | undefined

/**
 * The part of a query that an item's own words hold, as the shopper wrote it and in that order: of "red teapot" a red
 * glass matches “red”. All of the query where none of its words stands there as it was written: full text search found
 * the item by another spelling, or by what was understood of it. All of it as well where it must not be told: its parts might
 * be let through.
 * @param locale BCP 47; grammar of its language matches nothing, and stays between words that do
 */
export function matchedWords(query: string, card: Readable, locale: string): string {
  if (!isQuotable(query) || MAY_BE_PRIVATE.test(query)) return query
  const holds = holderOf(card)
  const grammar = GRAMMAR.get(locale.slice(0, 2).toLowerCase())
  const matched: string[] = []
  /** Where the last matching word ended, if nothing since then failed to match. */
  let end: number | null = null
  for (const { word, at } of wordsOf(query)) {
    if (grammar?.has(normalizeText(word))) continue
    if (!holds(word)) {
      end = null
      continue
    }
    // What stands side by side in the query is quoted as it stands.
    if (end === null) matched.push(word)
    else matched.push(matched.pop()! + query.slice(end, at) + word)
    end = at + word.length
  }
  return matched.length > 0 ? matched.join(' ') : query
}

/** Whether an item tells a word of itself; in scripts without blanks, whether it stands anywhere in its text. */
function holderOf(card: Readable): (word: string) => boolean {
  const told = [card.title, card.brand ?? '', ...card.categories, ...Object.values(card.attributes).flat()]
  const text = [...told, ...card.tags, card.text ?? ''].join(' ')
  const tokens = new Set(tokenize(text))
  const letters = normalizeText(text)
  return (word) => {
    if (hasCjk(word)) return letters.includes(normalizeText(word))
    const own = tokenize(word)
    return own.length > 0 && own.every((token) => tokens.has(token))
  }
}

/** Words with their places; where a script writes no blanks between them, by ICU's dictionary. */
function wordsOf(query: string): Array<{ word: string; at: number }> {
  if (!hasCjk(query)) return [...query.matchAll(WORD)].map((match) => ({ word: match[0], at: match.index }))
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' })
  return [...segmenter.segment(query)].flatMap(({ segment, index, isWordLike }) =>
    isWordLike ? [{ word: segment, at: index }] : [],
  )
}

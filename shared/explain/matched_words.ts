import { normalizeText } from '../base/text/normalize.ts'
import { hasCjk, tokenize } from '../base/text/tokenize.ts'
import type { Card } from '../domain/card.ts'
import { redact } from '../prompt/redact.ts'
import { isQuotable } from './quotable.ts'

type Readable = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'text'>

/** Between blanks, without the punctuation around it: an address stays one word. */
const WORD = /[\p{L}\p{N}](?:\S*[\p{L}\p{N}\p{M}])?/gu

let segmenter: Intl.Segmenter | undefined

/**
 * The part of a query that an item's own words hold, as the shopper wrote it and in that order: of "red teapot" a red
 * glass matches “red”. All of the query where none of its words stands there as it was written: full text search found
 * the item by another spelling, or by what was understood of it. All of it as well where it must not be told: its parts might
 * be let through.
 */
export function matchedWords(query: string, card: Readable): string {
  if (!isQuotable(query) || redact(query) !== query) return query
  const told = [card.title, card.brand ?? '', ...card.categories, ...Object.values(card.attributes).flat()]
  const text = [...told, ...card.tags, card.text ?? ''].join(' ')
  const tokens = new Set(tokenize(text))
  const letters = normalizeText(text)
  const holds = (word: string): boolean => {
    if (hasCjk(word)) return letters.includes(normalizeText(word))
    const own = tokenize(word)
    return own.length > 0 && own.every((token) => tokens.has(token))
  }
  const matched: string[] = []
  let end = -1
  for (const { word, at } of wordsOf(query)) {
    if (!holds(word)) continue
    // What stands side by side in the query is quoted as it stands.
    const isNext = matched.length > 0 && query.slice(end, at).trim() === ''
    if (isNext) matched.push(matched.pop()! + query.slice(end, at) + word)
    else matched.push(word)
    end = at + word.length
  }
  return matched.length > 0 ? matched.join(' ') : query
}

/** Words with their places; where a script writes no blanks between them, by ICU's dictionary. */
function wordsOf(query: string): Array<{ word: string; at: number }> {
  if (!hasCjk(query)) return [...query.matchAll(WORD)].map((match) => ({ word: match[0], at: match.index }))
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' })
  return [...segmenter.segment(query)].flatMap(({ segment, index, isWordLike }) =>
    isWordLike ? [{ word: segment, at: index }] : [],
  )
}

import { normalizeText } from '../base/text/normalize.ts'
import { hasCjk, tokenize } from '../base/text/tokenize.ts'
import type { Card } from '../domain/card.ts'
import { FUNCTION_WORDS } from '../enrich/understand/lexicon/function_words.ts'
import { NEGATORS } from '../enrich/understand/lexicon/words.ts'
import { mayBePrivate } from '../prompt/redact_suspect.ts'
import { isQuotable } from './quotable.ts'

type Readable = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'text'>

/** Between blanks, without the punctuation around it: an address stays one word. */
const WORD = /[\p{L}\p{N}](?:\S*[\p{L}\p{N}\p{M}])?/gu
const QUOTATION = /["“”„«»‹›「」『』]/

// Of all languages: a shopper searches in the own one, whatever the shop's is.
const GRAMMAR = new Set([
  ...Object.values(FUNCTION_WORDS).flat(),
  ...'から まで より ので とか など です ます する した して いる ある こと もの ため 的 了 和 與 与 之 在 是 用 給 给'.split(
    ' ',
  ),
])
const ONE_KANA = /^\p{Script=Hiragana}$/u
const DENIALS = new Set([
  ...Object.values(NEGATORS).flat(),
  ...'ない なし 無し 以外 抜き ぬき 不 不要 不含 無 无 沒有 没有 非'.split(' '),
])

let segmenter: Intl.Segmenter | undefined

/**
 * The part of a query that an item's own words hold, as the shopper wrote it and in that order: of "red teapot" a red
 * glass matches “red”. All of the query where none of its words is seen as it was written: full text search found the item
 * by another spelling, by what was understood of it, or far down in its text. All of it as well where it must not be told:
 * its parts might be let through. What is seen is what a shelf reads of an item: title, brand, categories, attributes, tags,
 * the beginning of the description.
 * @returns null where the query says what is not wanted: what matches of it may be just that
 */
export function matchedWords(query: string, card: Readable): string | null {
  if (!isQuotable(query) || mayBePrivate(query)) return query
  const words = wordsOf(query)
  const letters = normalizeText(textOf(card))
  if (words.some(({ word }) => DENIALS.has(normalizeText(word))))
    return letters.includes(normalizeText(query)) ? query : null
  const tokens = new Set(tokenize(letters))
  const holds = (word: string): boolean => {
    if (hasCjk(word)) return letters.includes(normalizeText(word))
    const own = tokenize(word)
    return own.length > 0 && own.every((token) => tokens.has(token))
  }
  const matched: string[] = []
  /** Where the last matching word ended, if nothing since then failed to match. */
  let end: number | null = null
  for (const { word, at } of words) {
    if (GRAMMAR.has(normalizeText(word)) || ONE_KANA.test(word)) continue
    if (!holds(word)) {
      end = null
      continue
    }
    const between = end === null ? null : query.slice(end, at)
    // What stands side by side in the query is quoted as it stands.
    if (between === null || QUOTATION.test(between)) matched.push(word)
    else matched.push(matched.pop()! + between + word)
    end = at + word.length
  }
  return matched.length > 0 ? matched.join(' ') : query
}

const textOf = ({ title, brand, categories, tags, attributes, text }: Readable): string =>
  [title, brand ?? '', ...categories, ...Object.values(attributes).flat(), ...tags, text ?? ''].join(' ')

/** Words with their places; where a script writes no blanks between them, by ICU's dictionary. */
function wordsOf(query: string): Array<{ word: string; at: number }> {
  if (!hasCjk(query)) return [...query.matchAll(WORD)].map((match) => ({ word: match[0], at: match.index }))
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' })
  return [...segmenter.segment(query)].flatMap(({ segment, index, isWordLike }) =>
    isWordLike ? [{ word: segment, at: index }] : [],
  )
}

import { normalizeText } from '../base/text/normalize.ts'
import { hasCjk, tokenize } from '../base/text/tokenize.ts'
import type { Card } from '../domain/card.ts'
import { FUNCTION_WORDS } from '../enrich/understand/lexicon/function_words.ts'
import { NEGATORS } from '../enrich/understand/lexicon/words.ts'
import { isQuotable } from './quotable.ts'

type Readable = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'text'>

/** A word of a query, and where it stands there. */
interface Word {
  text: string
  from: number
  to: number
}

/** Between blanks, without the punctuation around it: an address stays one word. */
const WORD = /[\p{L}\p{N}](?:\S*[\p{L}\p{N}\p{M}])?/gu
const QUOTATION = /["“”„«»‹›「」『』]/
const ONE_KANA = /^\p{Script=Hiragana}$/u

/** By language; that of Japanese and Chinese is told by its script. */
const GRAMMAR: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(FUNCTION_WORDS).map(([language, words]) => [language, new Set<string>(words)]),
)
const CJK_GRAMMAR = new Set(
  'から まで より ので とか など です ます する した して いる ある こと もの ため 的 了 和 與 与 之 在 是 用 給 给'.split(
    ' ',
  ),
)
// Of all languages: a shopper may search in another one than the shop's.
const DENIALS = new Set([
  ...Object.values(NEGATORS).flat(),
  ...'w/o ない なし 無し 以外 抜き ぬき 不 不要 不含 無 无 沒有 没有 非'.split(' '),
])
const FREE = /^(?:free|frei)$/
const SOMETHING_FREE = /-(?:free|frei)$/
/** "lamp -cable". */
const LEFT_OUT = /(?:^|\s)[-\u2212]\p{L}/u

let segmenter: Intl.Segmenter | undefined

/**
 * The part of a query that an item's own words hold, as the shopper wrote it and in that order: of "red teapot" a red
 * glass matches “red”. All of the query where none of its words is seen as it was written: full text search found the item
 * by another spelling, by what was understood of it, or far down in its text. What is seen is what a shelf reads of an item:
 * title, brand, categories, attributes, tags, the beginning of the description.
 * @param locale BCP 47; grammar of its language matches nothing by itself
 * @returns null where the query says what is not wanted, and the item does not say it so: what matches may be just that
 */
export function matchedWords(query: string, card: Readable, locale: string): string | null {
  if (!isQuotable(query)) return query
  const words = wordsOf(query)
  const item = readingOf(card)
  if (LEFT_OUT.test(query) || denialsIn(words).some((phrase) => !item.says(phrase))) return null
  const grammar = GRAMMAR.get(locale.slice(0, 2).toLowerCase())
  const isGrammar = ({ text }: Word): boolean =>
    hasCjk(text) ? ONE_KANA.test(text) || CJK_GRAMMAR.has(text) : grammar?.has(normalizeText(text)) === true
  const quoted = runsOf(words, query, item.holds).flatMap((run) => {
    const first = run.find((word) => !isGrammar(word))
    const last = run.findLast((word) => !isGrammar(word))
    return first && last ? [query.slice(first.from, last.to)] : []
  })
  return quoted.length > 0 ? quoted.join(' ') : query
}

/** Words side by side of which each is held; a quotation mark parts them. */
function runsOf(words: readonly Word[], query: string, holds: (word: string) => boolean): Word[][] {
  const runs: Word[][] = []
  let previous: Word | null = null
  for (const word of words) {
    const isHeld = holds(word.text)
    const goesOn = previous !== null && !QUOTATION.test(query.slice(previous.to, word.from))
    if (isHeld && goesOn) runs.at(-1)!.push(word)
    else if (isHeld) runs.push([word])
    previous = isHeld ? word : null
  }
  return runs
}

/** What is denied, each with its denial: `no sugar`, `sugar free`. */
function denialsIn(words: readonly Word[]): string[] {
  const plain = words.map(({ text }) => normalizeText(text).replace(/['\u2019]/g, ''))
  return words.flatMap(({ text, from, to }, at) => {
    const word = plain[at]!
    const [before, after] = [words[at - 1], words[at + 1]]
    const joined = (one: Word, other: Word) => one.text + ' '.repeat(Math.min(1, other.from - one.to)) + other.text
    if (DENIALS.has(word)) return [after ? joined({ text, from, to }, after) : text]
    if (FREE.test(word) && before) return [joined(before, { text, from, to })]
    return SOMETHING_FREE.test(word) ? [text] : []
  })
}

function readingOf({ title, brand, categories, tags, attributes, text }: Readable) {
  const own = [title, brand ?? '', ...categories, ...Object.values(attributes).flat(), ...tags, text ?? ''].join(' ')
  const letters = normalizeText(own)
  const sequence = tokenize(own)
  const tokens = new Set(sequence)
  return {
    /** Whether a word is seen; in scripts without blanks, anywhere. */
    holds(word: string): boolean {
      if (hasCjk(word)) return letters.includes(normalizeText(word))
      const parts = tokenize(word)
      return parts.length > 0 && parts.every((part) => tokens.has(part))
    },
    /** Whether words are seen one behind the other. */
    says(phrase: string): boolean {
      if (hasCjk(phrase)) return letters.includes(normalizeText(phrase))
      return ` ${sequence.join(' ')} `.includes(` ${tokenize(phrase).join(' ')} `)
    },
  }
}

/** Where a script writes no blanks between words, they are cut by ICU's dictionary. */
function wordsOf(query: string): Word[] {
  const wordAt = (text: string, from: number): Word => ({ text, from, to: from + text.length })
  if (!hasCjk(query)) return [...query.matchAll(WORD)].map((match) => wordAt(match[0], match.index))
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' })
  return [...segmenter.segment(query)].flatMap(({ segment, index, isWordLike }) =>
    isWordLike ? [wordAt(segment, index)] : [],
  )
}

import { splitScripts } from '../base/text/cjk.ts'
import { hasCjk, segmentCjk } from '../base/text/tokenize.ts'

/** Words of a query that are looked up; the rest of a very long query adds cost, not meaning. */
const WORDS_MAX = 24
/** Ways of writing that are looked up beside the words themselves. */
const SPELLINGS_MAX = 60
/** A word of so many letters may be two that were run together, each of so many at least. */
const SPLIT_LETTERS = { min: 6, max: 20, part: 3 }
const LETTERS = /^[a-z]+$/

/**
 * The words of a shopper's query as FTS5 expressions, each looked up by itself; empty when there is nothing to look for.
 * Every word is quoted, so that nothing of the query is read as syntax. Neighbours are looked up as one word as well, and
 * long words as two: "spider man" finds Spiderman, and "spiderman" finds Spider Man.
 */
export function textQuery(query: string): string[] {
  const text = query.normalize('NFKC').toLowerCase()
  const latin: string[] = []
  splitScripts(
    text,
    () => {},
    (between) => latin.push(...(between.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])),
  )
  const cjk = hasCjk(text)
    ? segmentCjk(text)
        .split(' ')
        .filter((word) => word !== '')
    : []
  const words = [...new Set([...latin, ...cjk])].slice(0, WORDS_MAX)
  const spellings = [...joined(latin.slice(0, WORDS_MAX)), ...words.flatMap(splits)].slice(0, SPELLINGS_MAX)
  return [...new Set([...words, ...spellings])].map((term) => `"${term}"`)
}

const joined = (words: readonly string[]): string[] =>
  words.slice(1).flatMap((word, place) => (LETTERS.test(words[place]! + word) ? [words[place]! + word] : []))

function splits(word: string): string[] {
  const { min, max, part } = SPLIT_LETTERS
  if (word.length < min || word.length > max || !LETTERS.test(word)) return []
  return Array.from(
    { length: word.length - 2 * part + 1 },
    (_, at) => `${word.slice(0, part + at)} ${word.slice(part + at)}`,
  )
}

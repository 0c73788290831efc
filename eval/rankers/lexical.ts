import { type DatasetItem, isSearch, type Task } from '../dataset/format.ts'
import type { Ranker } from './ranker.ts'
import { countWords, textOf, wordsOf } from './text.ts'

/** BM25's saturation and length normalisation (Robertson and Zaragoza 2009), at their usual values. */
const K1 = 1.2
const B = 0.75

/** Items of each word, with the word's weight in each. */
type Postings = Map<string, { items: Int32Array; weights: Float64Array; idf: number }>

/** Words by how much they say of each item, summed over the words that are looked for. */
function lexicalRanker(name: string, items: readonly DatasetItem[], postings: Postings): Ranker {
  const index = new Map(items.map((item, at) => [item.id, at]))
  const titles = items.map((item) => wordsOf(item.title))
  return {
    name,
    score(task, out) {
      for (const [word, times] of countWords(soughtWords(task, titles, index))) {
        const posting = postings.get(word)
        if (posting === undefined) continue
        for (const [at, item] of posting.items.entries())
          out[item] =
            (out[item] === Number.NEGATIVE_INFINITY ? 0 : out[item]!) + times * posting.idf * posting.weights[at]!
      }
    },
  }
}

/** The query's words; of a shopper the titles of what is in history and cart. */
function soughtWords(task: Task, titles: readonly string[][], index: ReadonlyMap<string, number>): string[] {
  if (isSearch(task)) return wordsOf(task.query)
  const known = new Set([...task.history.map(([id]) => id), ...task.cart])
  return [...known].flatMap((id) => titles[index.get(id) ?? -1] ?? [])
}

/** @param weigh the weight of a word in a text, by how often it stands there and by the text's words */
function postingsOf(
  items: readonly DatasetItem[],
  weigh: (times: number, words: ReadonlyMap<string, number>, meanLength: number) => number,
  idfOf: (items: number, holding: number) => number,
): Postings {
  const counts = items.map((item) => countWords(wordsOf(textOf(item))))
  const lengthOf = (own: ReadonlyMap<string, number>) => [...own.values()].reduce((sum, times) => sum + times, 0)
  const meanLength = counts.reduce((sum, own) => sum + lengthOf(own), 0) / items.length
  const holding = new Map<string, Array<[number, number]>>()
  for (const [item, own] of counts.entries())
    for (const [word, times] of own) {
      const list = holding.get(word) ?? []
      if (list.length === 0) holding.set(word, list)
      list.push([item, weigh(times, own, meanLength)])
    }
  return new Map(
    [...holding].map(([word, list]) => [
      word,
      {
        items: Int32Array.from(list, ([item]) => item),
        weights: Float64Array.from(list, ([, weight]) => weight),
        idf: idfOf(items.length, list.length),
      },
    ]),
  )
}

export function bm25Ranker(items: readonly DatasetItem[]): Ranker {
  const weigh = (times: number, own: ReadonlyMap<string, number>, meanLength: number) => {
    const length = [...own.values()].reduce((sum, one) => sum + one, 0)
    return (times * (K1 + 1)) / (times + K1 * (1 - B + (B * length) / meanLength))
  }
  const idf = (all: number, holding: number) => Math.log(1 + (all - holding + 0.5) / (holding + 0.5))
  return lexicalRanker('bm25', items, postingsOf(items, weigh, idf))
}

import { type DatasetItem, isSearch } from '../dataset/format.ts'
import type { Ranker } from './ranker.ts'
import { countWords, textOf, wordsOf } from './text.ts'

/** How often a title counts beside the rest of the text. */
const TITLE_TIMES = 3

/** Cosine of tf-idf vectors with smoothed idf ln((1 + N) / (1 + df)) + 1 (Manning, Raghavan and Schütze 2008, chapter 6). */
export function tfIdfRanker(items: readonly DatasetItem[]): Ranker {
  const texts = items.map((item) => countWords(wordsOf(textOf(item, TITLE_TIMES))))
  const frequency = new Map<string, number>()
  for (const words of texts) for (const word of words.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const idf = (word: string) => Math.log((1 + items.length) / (1 + (frequency.get(word) ?? 0))) + 1
  const postings = new Map<string, Array<readonly [item: number, weight: number]>>()
  for (const [item, words] of texts.entries()) {
    const length = Math.hypot(...[...words].map(([word, times]) => times * idf(word)))
    for (const [word, times] of words) {
      const list = postings.get(word) ?? []
      if (list.length === 0) postings.set(word, list)
      list.push([item, (times * idf(word)) / length])
    }
  }
  return {
    name: 'tf-idf',
    score(task, out) {
      if (!isSearch(task)) return
      // The query's own length is the same for every item.
      for (const [word, times] of countWords(wordsOf(task.query)))
        for (const [item, weight] of postings.get(word) ?? [])
          out[item] = (out[item] === Number.NEGATIVE_INFINITY ? 0 : out[item]!) + times * idf(word) * weight
    },
  }
}

/** Which features get a row: counts how many documents hold each, then keeps the commonest within the budget. */

import { MAX_TERMS, MIN_PAIR_DOCUMENTS, MIN_TERM_BUDGET, TERMS_PER_DOCUMENT } from './limits.ts'
import { inverseDocumentFrequency } from './model.ts'
import { type Sliced, slicesOf } from './slices.ts'

/** One document after hashing; the text itself is no longer needed. */
export interface HashedDocument {
  readonly id: string
  readonly features: Uint32Array
  readonly weights: Float32Array
}

export interface Vocabulary {
  /** Ascending. */
  readonly features: Uint32Array
  readonly idf: Float32Array
}

/** Counters of the sieve below; 4 MB, a million distinct pairs fill a quarter of it. */
const SIEVE_SIZE = 1 << 22

/** Vocabulary of the documents. `isWord` tells a word's hash from a pair's. */
export function* buildVocabulary(
  documents: readonly HashedDocument[],
  isWord: (feature: number) => boolean,
): Sliced<Vocabulary> {
  const counts = yield* countDocuments(documents, isWord)
  const kept = [...counts].filter(([feature, count]) => isWord(feature) || count >= MIN_PAIR_DOCUMENTS)
  const budget = Math.min(MAX_TERMS, Math.max(MIN_TERM_BUDGET, documents.length * TERMS_PER_DOCUMENT))
  kept.sort(([a, countA], [b, countB]) => countB - countA || a - b)
  kept.length = Math.min(kept.length, budget)
  kept.sort(([a], [b]) => a - b)
  return {
    features: Uint32Array.from(kept, ([feature]) => feature),
    idf: Float32Array.from(kept, ([, count]) => inverseDocumentFrequency(documents.length, count)),
  }
}

/**
 * Document counts, exact for all words and for every pair that can reach the minimum. Distinct pairs run into
 * millions and most occur once, so a sieve of small counters (which may only overcount) decides who enters the map.
 */
function* countDocuments(
  documents: readonly HashedDocument[],
  isWord: (feature: number) => boolean,
): Sliced<Map<number, number>> {
  const sieve = new Uint8Array(SIEVE_SIZE)
  const eachFeature = (note: (feature: number) => void) =>
    slicesOf(documents.length, (from, until) => {
      for (let at = from; at < until; at++) for (const feature of documents[at]!.features) note(feature)
    })
  yield* eachFeature((feature) => {
    const slot = feature % SIEVE_SIZE
    if (sieve[slot]! < MIN_PAIR_DOCUMENTS) sieve[slot]!++
  })
  const counts = new Map<number, number>()
  yield* eachFeature((feature) => {
    if (sieve[feature % SIEVE_SIZE]! < MIN_PAIR_DOCUMENTS && !isWord(feature)) return
    counts.set(feature, (counts.get(feature) ?? 0) + 1)
  })
  return counts
}

/**
 * From weighted fields to weighted, hashed features: words and pairs of neighbouring words.
 *
 * A feature is its 32-bit hash alone: two words share one with a chance of about n / 2^32 (0.001 % at 60,000 words),
 * and the artefact needs no strings.
 */

import { tokenize } from '../../base/text/tokenize.ts'
import { fnv, mix32 } from './hash.ts'
import { MAX_NGRAM_UNITS, MAX_TEXT_UNITS, MAX_TOKENS_PER_FIELD, MIN_NGRAM_UNITS } from './limits.ts'

/** One text of a document. `weight` > 0 multiplies the counts of its words (a title at 3 counts threefold). */
export interface WeightedText {
  readonly text: string
  readonly weight: number
}

/** Features of one document: `weight` is the sum over fields of field weight x (1 + ln count); order is of first sight. */
export interface Features {
  readonly weights: Map<number, number>
  /** The word behind a word's hash, for its character n-grams; pairs are absent. */
  readonly words: Map<number, string>
}

const WORD_STATE = fnv('w')
const PAIR_STATE = fnv('p')
const NGRAM_STATE = fnv('n')

/** Hash of a word token. */
export function wordFeature(token: string): number {
  return mix32(fnv(token, WORD_STATE))
}

/** Features of the fields; a field whose weight is not a positive finite number is skipped. */
export function extractFeatures(fields: readonly WeightedText[]): Features {
  const weights = new Map<number, number>()
  const words = new Map<number, string>()
  for (const field of fields) {
    if (!(field.weight > 0 && Number.isFinite(field.weight))) continue
    for (const [feature, count] of countField(field.text, words)) {
      weights.set(feature, (weights.get(feature) ?? 0) + field.weight * (1 + Math.log(count)))
    }
  }
  return { weights, words }
}

function countField(text: string, words: Map<number, string>): Map<number, number> {
  const counts = new Map<number, number>()
  const tokens = tokenize(text.length > MAX_TEXT_UNITS ? text.slice(0, MAX_TEXT_UNITS) : text)
  const length = Math.min(tokens.length, MAX_TOKENS_PER_FIELD)
  for (let i = 0; i < length; i++) {
    const token = tokens[i]!
    const word = wordFeature(token)
    words.set(word, token)
    counts.set(word, (counts.get(word) ?? 0) + 1)
    if (i === 0) continue
    const pair = mix32(fnv(token, fnv(`${tokens[i - 1]!} `, PAIR_STATE)))
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  return counts
}

/** Hashes of a word's character n-grams (3 to 5 code units, with its edges marked), without repetition. */
export function ngramFeatures(word: string): number[] {
  const marked = `<${word}>`
  const grams = new Set<number>()
  for (let size = MIN_NGRAM_UNITS; size <= MAX_NGRAM_UNITS; size++) {
    for (let at = 0; at + size <= marked.length; at++) grams.add(mix32(fnv(marked, NGRAM_STATE, at, at + size)))
  }
  return [...grams]
}

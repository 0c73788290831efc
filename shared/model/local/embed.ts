/** Text to vector with a fitted model. */

import { extractFeatures, type Features, ngramFeatures, type WeightedText } from './features.ts'
import { mix32 } from './hash.ts'
import {
  GUESSED_WORD_SHARE,
  ITEM_LEXICAL_LENGTH,
  ITEM_LEXICAL_POWER,
  LEXICAL_PAIR_SHARE,
  LEXICAL_SIGNS,
  NGRAM_BUCKETS,
  QUERY_LEXICAL_LENGTH,
} from './limits.ts'
import { findFeature, inverseDocumentFrequency, type LocalEmbedderModel, type QuantizedRows } from './model.ts'

/** What the vector will be compared with items as: an `item` for neighbours, a `query` for search (more literal). */
export type EmbedRole = 'item' | 'query'

/**
 * Vector of `model.dimensions` float32: unit length, or all zeros where the fields hold no letter and no digit.
 *
 * The first `latentDimensions` carry meaning (sum of idf-weighted latent vectors), the rest spelling (a random
 * projection of the tf-idf weights); each part is of unit length before the role sets the lexical part's share.
 * Compare by cosine: item with item, or query with item. Two queries may be compared, but then by spelling mostly.
 */
export function embedText(
  model: LocalEmbedderModel,
  fields: readonly WeightedText[],
  role: EmbedRole = 'item',
): Float32Array {
  const features = extractFeatures(fields)
  const vector = new Float32Array(model.dimensions)
  const latent = vector.subarray(0, model.latentDimensions)
  const lexical = vector.subarray(model.latentDimensions)
  const rarest = inverseDocumentFrequency(model.documentCount, 0)
  const power = role === 'item' ? ITEM_LEXICAL_POWER : 1
  for (const [feature, weight] of features.weights) {
    const row = findFeature(model.features, feature)
    const known = row >= 0
    // An unknown pair is chance; an unknown word may be the very name that is sought.
    if (!known && !features.words.has(feature)) continue
    const value = weight * (known ? model.idf[row]! : rarest)
    const share = features.words.has(feature) ? 1 : LEXICAL_PAIR_SHARE
    addLexical(lexical, feature ^ model.seed, (value * share) ** power)
    if (model.rank === 0) continue
    if (known) addRow(latent, model.terms, row, model.rank, value)
    else addGuess(latent, model, features, feature, value * GUESSED_WORD_SHARE)
  }
  scaleTo(latent, 1)
  scaleTo(lexical, role === 'item' ? ITEM_LEXICAL_LENGTH : QUERY_LEXICAL_LENGTH)
  scaleTo(vector, 1)
  return vector
}

function addRow(target: Float32Array, rows: QuantizedRows, row: number, width: number, weight: number): void {
  const scale = rows.scales[row]! * weight
  const from = row * width
  for (let j = 0; j < width; j++) target[j]! += scale * rows.values[from + j]!
}

/** Adds the latent vector that an unknown word's character n-grams suggest, brought to length `weight`. */
function addGuess(
  target: Float32Array,
  model: LocalEmbedderModel,
  features: Features,
  feature: number,
  weight: number,
): void {
  const guess = new Float32Array(model.rank)
  for (const gram of ngramFeatures(features.words.get(feature)!)) {
    addRow(guess, model.ngrams, gram % NGRAM_BUCKETS, model.rank, 1)
  }
  scaleTo(guess, weight)
  for (let j = 0; j < guess.length; j++) target[j]! += guess[j]!
}

/** Adds `weight` times the feature's random direction, drawn from its hash alone. */
function addLexical(target: Float32Array, key: number, weight: number): void {
  let hash = key
  for (let i = 0; i < LEXICAL_SIGNS; i++) {
    hash = mix32((hash + 0x9e3779b9) | 0)
    target[(hash >>> 1) % target.length]! += (hash & 1) === 1 ? weight : -weight
  }
}

/** Scales to Euclidean length `length`; zeros stay zeros. */
function scaleTo(vector: Float32Array, length: number): void {
  let squared = 0
  for (const value of vector) squared += value * value
  if (squared === 0) return
  const factor = length / Math.sqrt(squared)
  for (let j = 0; j < vector.length; j++) vector[j]! *= factor
}

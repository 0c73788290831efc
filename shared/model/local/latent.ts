/**
 * The learned part: latent semantic analysis (Deerwester et al. 1990) of the tf-idf matrix, turned into one unit
 * vector a term, and from these one vector a bucket of character n-grams (as in fastText, Bojanowski et al. 2017).
 *
 * Terms are brought to unit length, since a rare word's energy lies mostly outside the kept space and would leave a
 * query to its commonest word. Measured on graded film search: nDCG@10 from .56 to .69, and purer neighbours.
 */

import { ngramFeatures, wordFeature } from './features.ts'
import { MIN_DOCUMENTS_TO_LEARN, NGRAM_BUCKETS, POWER_ITERATIONS, SINGULAR_POWER } from './limits.ts'
import { emptyRows, findFeature, type QuantizedRows, quantizeRows } from './model.ts'
import { ROWS_PER_SLICE, type Sliced, slicesOf } from './slices.ts'
import { type SparseMatrix, transposeSlice } from './sparse.ts'
import { type TruncatedSvd, truncatedSvd } from './svd.ts'
import type { HashedDocument, Vocabulary } from './vocabulary.ts'

/** Terms turned at once: 8,192 x 76 floats are 2.5 MB. */
const SLICE_TERMS = 8_192

export interface LatentTerms {
  readonly rank: number
  readonly terms: QuantizedRows
}

/** Unit latent vectors of the vocabulary; rank 0 where the documents are too few or share no word. */
export function* learnTerms(
  documents: readonly HashedDocument[],
  vocabulary: Vocabulary,
  latentDimensions: number,
  seed: number,
): Sliced<LatentTerms> {
  const terms = vocabulary.features.length
  // The root of the catalogue: near full rank every term gets a direction of its own, and synonyms are driven apart.
  const wanted = Math.min(latentDimensions, Math.ceil(Math.sqrt(documents.length)))
  if (documents.length < MIN_DOCUMENTS_TO_LEARN || terms === 0) {
    return { rank: 0, terms: emptyRows(terms, 0) }
  }
  const matrix = yield* weightedMatrix(documents, vocabulary)
  const svd = yield* truncatedSvd(matrix, { rank: wanted, iterations: POWER_ITERATIONS, seed })
  const quantized = emptyRows(terms, svd.rank)
  for (let from = 0; from < terms; from += SLICE_TERMS) {
    const slice = yield* transposeSlice(matrix, svd.left, svd.width, from, Math.min(from + SLICE_TERMS, terms))
    quantizeRows(unitTermVectors(slice, svd), svd.rank, quantized, from)
  }
  return { rank: svd.rank, terms: quantized }
}

/** Documents x terms: weight x idf, rows of unit length, columns ascending within a row. */
export function* weightedMatrix(documents: readonly HashedDocument[], vocabulary: Vocabulary): Sliced<SparseMatrix> {
  const starts = new Uint32Array(documents.length + 1)
  const capacity = documents.reduce((sum, document) => sum + document.features.length, 0)
  const columns = new Uint16Array(capacity)
  const values = new Float32Array(capacity)
  let end = 0
  for (const [i, document] of documents.entries()) {
    let squared = 0
    // Both numbers fit one float64 exactly (16 + 32 bits), so that a plain numeric sort orders the row by column.
    for (const key of knownColumns(document, vocabulary.features)) {
      const column = Math.floor(key / 2 ** 32)
      const value = document.weights[key % 2 ** 32]! * vocabulary.idf[column]!
      columns[end] = column
      values[end++] = value
      squared += value * value
    }
    const length = Math.sqrt(squared)
    for (let e = starts[i]!; e < end; e++) values[e]! /= length
    starts[i + 1] = end
    if (i % ROWS_PER_SLICE === 0) yield
  }
  return { rows: documents.length, columnCount: vocabulary.features.length, starts, columns, values }
}

/** column x 2^32 + position in the document, ascending. */
function knownColumns(document: HashedDocument, features: Uint32Array): Float64Array {
  const keys = new Float64Array(document.features.length)
  let count = 0
  for (let at = 0; at < document.features.length; at++) {
    const column = findFeature(features, document.features[at]!)
    if (column >= 0) keys[count++] = column * 2 ** 32 + at
  }
  return keys.subarray(0, count).sort()
}

/** Rows V s^alpha of unit length, from rows of A^T U = V s. */
function unitTermVectors(slice: Float32Array, svd: TruncatedSvd): Float32Array {
  const { rank, width } = svd
  const count = slice.length / width
  const out = new Float32Array(count * rank)
  const weights = Float64Array.from(svd.singularValues, (s) => s ** (SINGULAR_POWER - 1))
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < rank; j++) out[row * rank + j] = slice[row * width + j]! * weights[j]!
  }
  normalizeRows(out, rank)
  return out
}

/** Vectors of n-gram buckets: the mean of the unit vectors of the words that hold the n-gram, x ln(words / holders). */
export function* learnNgrams(
  words: Iterable<string>,
  vocabulary: Vocabulary,
  latent: LatentTerms,
): Sliced<QuantizedRows> {
  const { rank, terms } = latent
  const quantized = emptyRows(rank === 0 ? 0 : NGRAM_BUCKETS, rank)
  if (rank === 0) return quantized
  const sums = new Float32Array(NGRAM_BUCKETS * rank)
  const holders = new Uint32Array(NGRAM_BUCKETS)
  let known = 0
  for (const word of words) {
    const row = findFeature(vocabulary.features, wordFeature(word))
    if (row < 0) continue
    known++
    if (known % ROWS_PER_SLICE === 0) yield
    for (const gram of ngramFeatures(word)) {
      const bucket = gram % NGRAM_BUCKETS
      holders[bucket]!++
      for (let j = 0; j < rank; j++) sums[bucket * rank + j]! += terms.scales[row]! * terms.values[row * rank + j]!
    }
  }
  yield* slicesOf(NGRAM_BUCKETS, (from, until) => {
    for (let bucket = from; bucket < until; bucket++) {
      const count = holders[bucket]!
      if (count === 0) continue
      // A suffix such as "ing>" sits in every tenth word and says nothing; a rare stem says nearly all.
      const weight = Math.log((known + 1) / count) / count
      for (let j = 0; j < rank; j++) sums[bucket * rank + j]! *= weight
    }
  })
  quantizeRows(sums, rank, quantized, 0)
  return quantized
}

function normalizeRows(rows: Float32Array, width: number): void {
  for (let from = 0; from < rows.length; from += width) {
    let squared = 0
    for (let j = 0; j < width; j++) squared += rows[from + j]! ** 2
    if (squared === 0) continue
    const length = Math.sqrt(squared)
    for (let j = 0; j < width; j++) rows[from + j]! /= length
  }
}

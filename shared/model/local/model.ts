/** The learned artefact, as it lies in memory: typed arrays only, each a view of the encoded bytes. */

/** Rows of unit vectors in eight bits: row i is `scales[i] * values[i * width .. (i + 1) * width)`. */
export interface QuantizedRows {
  readonly values: Int8Array
  /** One float32 a row; 0 for a row that was all zeros. */
  readonly scales: Float32Array
}

/** Everything `embedText` reads. Immutable; equal documents, options and engine give equal bytes. */
export interface LocalEmbedderParts {
  /** Length of every vector: `latentDimensions` learned ones, then the lexical ones. */
  readonly dimensions: number
  readonly latentDimensions: number
  /** Learned directions in use, at most `latentDimensions`; the slots between are zero. 0: nothing was learned. */
  readonly rank: number
  readonly documentCount: number
  /** Seed of the sketch and of the lexical directions. */
  readonly seed: number
  /** Hashes of the known features, ascending and distinct; the row numbers of the two tables below. */
  readonly features: Uint32Array
  /** Smoothed inverse document frequency ln((N + 1) / (df + 1)) + 1 of each feature. */
  readonly idf: Float32Array
  /** Latent direction of each feature, `rank` wide. */
  readonly terms: QuantizedRows
  /** Latent direction of each bucket of character n-grams, `rank` wide. */
  readonly ngrams: QuantizedRows
}

/** A model with its name: `version` is a content hash of the artefact, fit to be part of a cache key. */
export interface LocalEmbedderModel extends LocalEmbedderParts {
  readonly version: string
}

/** Row of a feature, or -1. Binary search: no index has to be built when a worker wakes. */
export function findFeature(features: Uint32Array, feature: number): number {
  let low = 0
  let high = features.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const value = features[middle]!
    if (value === feature) return middle
    if (value < feature) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Inverse document frequency of a feature that stands in `documents` of `total` documents; at least 1. */
export function inverseDocumentFrequency(total: number, documents: number): number {
  return Math.log((total + 1) / (documents + 1)) + 1
}

/** Writes `rows` (row-major, `width` wide) into eight bits from row `at` on, each row with its own scale. */
export function quantizeRows(rows: Float32Array, width: number, into: QuantizedRows, at: number): void {
  for (let row = 0; row * width < rows.length; row++) {
    const from = row * width
    let largest = 0
    for (let j = 0; j < width; j++) largest = Math.max(largest, Math.abs(rows[from + j]!))
    into.scales[at + row] = largest / 127
    if (largest === 0) continue
    for (let j = 0; j < width; j++) into.values[(at + row) * width + j] = Math.round((rows[from + j]! / largest) * 127)
  }
}

export function emptyRows(count: number, width: number): QuantizedRows {
  return { values: new Int8Array(count * width), scales: new Float32Array(count) }
}

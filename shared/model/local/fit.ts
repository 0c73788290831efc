/** Learns a local embedder from a shop's own documents: no network, no clock, no chance beyond the seed. */

import { decodeModel, encodeModel } from './codec.ts'
import { extractFeatures, type WeightedText } from './features.ts'
import { learnNgrams, learnTerms } from './latent.ts'
import { DEFAULT_DIMENSIONS, LATENT_SHARE } from './limits.ts'
import type { LocalEmbedderModel } from './model.ts'
import { atOnce, inSlices, type Sliced } from './slices.ts'
import { buildVocabulary, type HashedDocument } from './vocabulary.ts'

/** One item: its texts with their weights, for example title 3, categories 1, description 0.5. */
export interface LocalDocument {
  /** Unique; fixes the order of rows, so that the artefact does not depend on the order of arrival. */
  readonly id: string
  readonly fields: readonly WeightedText[]
}

export interface FitOptions {
  readonly seed: number
  /** Length of the vectors, a multiple of 4 from 16 to 1,024; default 256. */
  readonly dimensions?: number
}

/** Takes documents one by one (a page of D1 at a time) and keeps only their hashes: about 1 kB for 100 words. */
export interface LocalFitter {
  add(document: LocalDocument): void
  /** Learns from what was added. May be called once, this or the other. */
  finish(): LocalEmbedderModel
  /** The same, bit for bit, in slices of milliseconds: a thousand documents are a third of a second of CPU. */
  finishInSlices(breathe: () => Promise<void>): Promise<LocalEmbedderModel>
}

/** Learns from all documents at once. Any number will do, zero included; see `LocalFitter` for a stream of pages. */
export function fitLocalEmbedder(documents: Iterable<LocalDocument>, options: FitOptions): LocalEmbedderModel {
  const fitter = createLocalFitter(options)
  for (const document of documents) fitter.add(document)
  return fitter.finish()
}

/** A fitter. Throws a RangeError for dimensions outside the stated range. */
export function createLocalFitter(options: FitOptions): LocalFitter {
  const dimensions = options.dimensions ?? DEFAULT_DIMENSIONS
  if (!Number.isInteger(dimensions) || dimensions % 4 !== 0 || dimensions < 16 || dimensions > 1024) {
    throw new RangeError('dimensions must be a multiple of 4 from 16 to 1024')
  }
  const documents: HashedDocument[] = []
  const words = new Map<number, string>()
  return {
    add(document) {
      const features = extractFeatures(document.fields)
      for (const [feature, word] of features.words) if (!words.has(feature)) words.set(feature, word)
      documents.push({
        id: document.id,
        features: Uint32Array.from(features.weights.keys()),
        weights: Float32Array.from(features.weights.values()),
      })
    },
    finish: () => atOnce(learn(documents, words, dimensions, options.seed)),
    finishInSlices: (breathe) => inSlices(learn(documents, words, dimensions, options.seed), breathe),
  }
}

function* learn(
  documents: HashedDocument[],
  words: ReadonlyMap<number, string>,
  dimensions: number,
  seed: number,
): Sliced<LocalEmbedderModel> {
  documents.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const vocabulary = yield* buildVocabulary(documents, (feature) => words.has(feature))
  const latentDimensions = dimensions * LATENT_SHARE
  const latent = yield* learnTerms(documents, vocabulary, latentDimensions, seed)
  // Sums of floats depend on their order, and the map's order on that of arrival.
  const orderedWords = [...words].sort(([a], [b]) => a - b).map(([, word]) => word)
  const parts = {
    dimensions,
    latentDimensions,
    rank: latent.rank,
    documentCount: documents.length,
    seed: seed >>> 0,
    features: vocabulary.features,
    idf: vocabulary.idf,
    terms: latent.terms,
    ngrams: yield* learnNgrams(orderedWords, vocabulary, latent),
  }
  // Through the codec, so that what is tested after fitting is what a worker will load, and bears its version.
  return decodeModel(encodeModel(parts))
}

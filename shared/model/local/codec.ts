/**
 * The artefact as bytes, little-endian:
 *
 *   0   4  magic "SWLE"
 *   4   4  format version (uint32)
 *   8   4  length of the header (uint32, a multiple of 4)
 *   12  n  header: JSON, padded with blanks
 *   ..  ..  features (uint32), idf (float32), term scales (float32), n-gram scales (float32), term values (int8),
 *           n-gram values (int8, padded to 4)
 *   end-16  content hash of all before, 16 hexadecimal digits in ASCII
 *
 * Decoding copies nothing where the bytes start at a multiple of 4: every table is a view.
 */

import { contentHash } from './hash.ts'
import type { LocalEmbedderModel, LocalEmbedderParts } from './model.ts'

const MAGIC = 0x454c5753
/** To be raised when the layout or the meaning of the tables, the tokens or the features changes. */
export const FORMAT_VERSION = 1
const PREFIX_BYTES = 12
const HASH_BYTES = 16

/** Why bytes are no model: other data, another format version, or a truncated or changed artefact. */
export type LocalModelFault = 'not_a_model' | 'unknown_format' | 'damaged'

export class LocalModelError extends Error {
  readonly reason: LocalModelFault

  constructor(reason: LocalModelFault) {
    super(`local embedder artefact: ${reason}`)
    this.name = 'LocalModelError'
    this.reason = reason
  }
}

interface Header {
  readonly dimensions: number
  readonly latentDimensions: number
  readonly rank: number
  readonly documentCount: number
  readonly seed: number
  readonly features: number
  readonly buckets: number
}

/** Bytes of a model; equal models give equal bytes. About 76 bytes a feature plus 2.2 MB of n-grams at 256 dimensions. */
export function encodeModel(model: LocalEmbedderParts): Uint8Array {
  const header: Header = {
    dimensions: model.dimensions,
    latentDimensions: model.latentDimensions,
    rank: model.rank,
    documentCount: model.documentCount,
    seed: model.seed,
    features: model.features.length,
    buckets: model.ngrams.scales.length,
  }
  const json = JSON.stringify(header)
  const text = new TextEncoder().encode(json.padEnd(padded(json.length)))
  const bytes = new Uint8Array(PREFIX_BYTES + text.length + sectionBytes(header) + HASH_BYTES)
  new Uint32Array(bytes.buffer, 0, 3).set([MAGIC, FORMAT_VERSION, text.length])
  bytes.set(text, PREFIX_BYTES)
  let at = PREFIX_BYTES + text.length
  const { features, idf, terms, ngrams } = model
  for (const table of [features, idf, terms.scales, ngrams.scales, terms.values, ngrams.values]) {
    bytes.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at)
    at += table.byteLength
  }
  const hash = contentHash(bytes.subarray(0, bytes.length - HASH_BYTES))
  bytes.set(new TextEncoder().encode(hash), bytes.length - HASH_BYTES)
  return bytes
}

/** The model of `encodeModel`'s bytes, which it keeps as its memory. Throws LocalModelError. */
export function decodeModel(bytes: Uint8Array): LocalEmbedderModel {
  const data = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  if (data.length < PREFIX_BYTES + HASH_BYTES) throw new LocalModelError('not_a_model')
  const prefix = new DataView(data.buffer, data.byteOffset, PREFIX_BYTES)
  if (prefix.getUint32(0, true) !== MAGIC) throw new LocalModelError('not_a_model')
  if (prefix.getUint32(4, true) !== FORMAT_VERSION) throw new LocalModelError('unknown_format')
  const body = data.length - HASH_BYTES
  const hash = new TextDecoder().decode(data.subarray(body))
  // The hash is checked before the header is trusted, so the header below is one that `encodeModel` wrote.
  if (contentHash(data.subarray(0, body)) !== hash) throw new LocalModelError('damaged')
  const start = PREFIX_BYTES + prefix.getUint32(8, true)
  const header = JSON.parse(new TextDecoder().decode(data.subarray(PREFIX_BYTES, start))) as Header
  if (start + sectionBytes(header) !== body) throw new LocalModelError('damaged')
  return { ...tables(data, start, header), version: `local-${FORMAT_VERSION}-${hash}` }
}

function tables(data: Uint8Array, start: number, header: Header): LocalEmbedderParts {
  const { features, buckets, rank } = header
  let at = data.byteOffset + start
  const take = (size: number): number => {
    const from = at
    at += size
    return from
  }
  const { buffer } = data
  const hashes = new Uint32Array(buffer, take(features * 4), features)
  const idf = new Float32Array(buffer, take(features * 4), features)
  const termScales = new Float32Array(buffer, take(features * 4), features)
  const ngramScales = new Float32Array(buffer, take(buckets * 4), buckets)
  const termValues = new Int8Array(buffer, take(features * rank), features * rank)
  const ngramValues = new Int8Array(buffer, take(buckets * rank), buckets * rank)
  return {
    dimensions: header.dimensions,
    latentDimensions: header.latentDimensions,
    rank,
    documentCount: header.documentCount,
    seed: header.seed,
    features: hashes,
    idf,
    terms: { values: termValues, scales: termScales },
    ngrams: { values: ngramValues, scales: ngramScales },
  }
}

function sectionBytes(header: Header): number {
  return padded(header.features * (12 + header.rank) + header.buckets * (4 + header.rank))
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}

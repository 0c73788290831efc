/**
 * Limits of Vectorize (developers.cloudflare.com/vectorize/platform/limits, read November 2026).
 * The stand-in refuses what the platform refuses, so that a breach shows on a laptop.
 */

export const DIMENSIONS_MAX = 1_536
/** UTF-8 bytes, not characters. */
export const ID_BYTES_MAX = 64
export const NAMESPACE_BYTES_MAX = 64
/** Compact JSON of one vector's metadata. */
export const METADATA_BYTES_MAX = 10 * 1_024
/** Vectors, or ids, in one call through a binding (the HTTP API allows 5,000). */
export const BATCH_MAX = 1_000

export const TOP_K_DEFAULT = 5
export const TOP_K_MAX = 100
/** With values or metadata in the answer. Sources disagree about 'indexed'; the stricter reading is kept. */
export const TOP_K_WITH_PAYLOAD_MAX = 50

/** The filter's compact JSON must stay below this. */
export const FILTER_BYTES_LIMIT = 2_048
export const FILTER_KEY_CHARS_MAX = 512

export const METADATA_INDEXES_MAX = 10
/** A metadata index sees the longest well-formed prefix of a string that fits. */
export const INDEXED_STRING_BYTES_MAX = 64

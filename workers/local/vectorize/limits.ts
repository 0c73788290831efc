/**
 * Limits of Vectorize (developers.cloudflare.com/vectorize/platform/limits, read November 2026; those of ids in one call
 * stand on no page: the service names them in its refusals).
 * The stand-in refuses what the platform refuses, so that a breach shows on a laptop.
 */

export const DIMENSIONS_MAX = 1_536
/** UTF-8 bytes, not characters. */
export const ID_BYTES_MAX = 64
export const NAMESPACE_BYTES_MAX = 64
/** Compact JSON of one vector's metadata. */
export const METADATA_BYTES_MAX = 10 * 1_024
/** Vectors in one call through a binding (the HTTP API allows 5,000). */
export const BATCH_MAX = 1_000
/** Ids in one call of getByIds. */
export const GET_IDS_MAX = 20
/** Ids in one call of deleteByIds. */
export const DELETE_IDS_MAX = 100

export const TOP_K_DEFAULT = 5
/** Without values, and with no metadata or that of the metadata indexes alone. */
export const TOP_K_MAX = 100
/** With values, or with all metadata. */
export const TOP_K_WITH_PAYLOAD_MAX = 50

/** The filter's compact JSON must stay below this. */
export const FILTER_BYTES_LIMIT = 2_048
export const FILTER_KEY_CHARS_MAX = 512

export const METADATA_INDEXES_MAX = 10
/** A metadata index sees the longest well-formed prefix of a string that fits. */
export const INDEXED_STRING_BYTES_MAX = 64

/** Limits of Workers KV (developers.cloudflare.com/kv/platform/limits) and of the local runtime's checks. */

export const KEY_BYTES_MAX = 512
export const VALUE_BYTES_MAX = 25 * 1_024 * 1_024
export const METADATA_BYTES_MAX = 1_024
export const EXPIRATION_TTL_SECONDS_MIN = 60
export const CACHE_TTL_SECONDS_MIN = 30
export const LIST_MAX = 1_000
export const BULK_GET_MAX = 100
/** Bytes of one bulk answer. */
export const BULK_BYTES_MAX = 25 * 1_024 * 1_024

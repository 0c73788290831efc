/** Limits of D1 (developers.cloudflare.com/d1/platform/limits; the last five as workerd's SQLite enforces them). */

export const BOUND_PARAMETERS_MAX = 100
export const SQL_BYTES_MAX = 100_000
export const COLUMNS_MAX = 100
/** Bytes of a row, string or blob in production; a local runtime allows 4 MiB. */
export const VALUE_BYTES_MAX = 2_000_000
/** Characters of a LIKE or GLOB pattern. */
export const LIKE_PATTERN_MAX = 50
export const COMPOUND_SELECT_MAX = 5
export const EXPRESSION_DEPTH_MAX = 100
export const VDBE_OPS_MAX = 25_000
export const TRIGGER_DEPTH_MAX = 10
export const FUNCTION_ARGUMENTS_MAX = 32

/** SQLite's result codes as D1 prints them; the extended ones that a program is likely to meet. */
const PRIMARY: Record<number, string> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  23: 'SQLITE_AUTH',
  25: 'SQLITE_RANGE',
}
const EXTENDED: Record<number, string> = {
  275: 'SQLITE_CONSTRAINT_CHECK',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  1811: 'SQLITE_CONSTRAINT_TRIGGER',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
  3091: 'SQLITE_CONSTRAINT_DATATYPE',
}

/** The text of a failure without D1's prefix: `<message>: SQLITE_X (extended: SQLITE_X_Y)`. */
export function sqliteFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('errcode' in error) || typeof error.errcode !== 'number') return error.message
  const primary = PRIMARY[error.errcode & 0xff] ?? `SQLITE_${error.errcode & 0xff}`
  const extended = EXTENDED[error.errcode]
  return `${error.message}: ${primary}${extended === undefined ? '' : ` (extended: ${extended})`}`
}

/** An error as D1's binding throws it. */
export function d1Error(text: string, prefix = 'D1_ERROR'): Error {
  return new Error(`${prefix}: ${text}`, { cause: new Error(text) })
}

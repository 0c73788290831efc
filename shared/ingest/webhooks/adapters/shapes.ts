/** Pieces of the senders' schemas. They take what is needed and ignore the rest; a field that is optional here and odd there is as if absent. */
import * as z from 'zod'
import { idSchema } from '../../../domain/ids.ts'

/** An id as text or as a whole number that JSON kept whole. */
export const idLike = z.union([z.string().trim(), z.int().min(0).transform(String)]).pipe(idSchema)

/** Optional, and absent when it is null or of another type. */
export const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)

export const text = lenient(z.string())
export const amount = lenient(z.union([z.string(), z.number()]))
export const whole = lenient(z.number().transform(Math.floor))
export const flag = lenient(z.boolean())

/** Entries that fit, in order; the others are left out. */
export const listOf = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry.nullable().catch(null))
    .transform((list) => list.filter((one) => one !== null) as Array<z.output<T>>)
    .optional()
    .catch(undefined)

const EARLIEST_MS = 0
/** The end of year 9999: later ones have no ISO form with four digits. */
const LATEST_MS = 253_402_300_799_999
const inRange = (ms: number): number | null => (ms >= EARLIEST_MS && ms <= LATEST_MS ? Math.floor(ms) : null)

/**
 * A moment in milliseconds; null when it is none. ISO 8601 text, `YYYY-MM-DD hh:mm:ss` too; without an offset it is UTC.
 * A number is seconds, or milliseconds from 10^11 on.
 */
export function momentMs(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? inRange(value < 1e11 ? value * 1000 : value) : null
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value) || value.length > 40) return null
  const isOffset = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value)
  const iso = value.replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
  const ms = Date.parse(isOffset || iso.length === 10 ? iso : `${iso}Z`)
  return Number.isNaN(ms) ? null : inRange(ms)
}

export const isoOf = (ms: number): string => new Date(ms).toISOString()

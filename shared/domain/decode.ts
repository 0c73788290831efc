import type * as z from 'zod'
import { type FieldError, Problem } from '../base/problem.ts'

/** Problems shown of one value; a hostile body must not make a long answer. */
const ERRORS_SHOWN = 20

/** A JSON pointer (RFC 6901) to a path of keys. */
export const pointerOf = (path: ReadonlyArray<PropertyKey>): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.slice(0, ERRORS_SHOWN).map((issue) => ({ pointer: pointerOf(issue.path), detail: issue.message }))
}

/**
 * The value as the schema's type.
 * @throws Problem `invalid_request` with one error per place that is wrong
 */
export function decode<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Problem('invalid_request', { errors: fieldErrors(parsed.error) })
}

/** @throws Problem `invalid_json` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Problem('invalid_json')
  }
}

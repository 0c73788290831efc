import * as z from 'zod'
import { Problem } from '../../shared/base/problem.ts'

/** A whole number as an address holds it, in digits alone: neither `0x10` nor `1e3` nor a blank, which `Number` would take. */
export const wholeNumberSchema = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,14})$/, 'a whole number')
  .transform(Number)

const refused = (name: string, detail: string) =>
  new Problem('invalid_request', { errors: [{ pointer: `/${name}`, detail }] })

/**
 * A parameter that says yes or no; no, where it is left out. Nothing else is taken for a no: a misspelt `dry_run` must not
 * become a write.
 * @throws Problem `invalid_request`
 */
export function flagOf(text: string | undefined, name: string): boolean {
  if (text !== undefined && text !== 'true' && text !== 'false') throw refused(name, 'true or false')
  return text === 'true'
}

/**
 * Rows of a page.
 * @throws Problem `invalid_request`
 */
export function limitOf(text: string | undefined, { usual, most }: { usual: number; most: number }): number {
  if (text === undefined) return usual
  const { data: limit = 0 } = wholeNumberSchema.safeParse(text)
  if (limit < 1 || limit > most) throw refused('limit', `1 to ${most}`)
  return limit
}

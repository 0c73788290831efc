import type * as z from 'zod'
import { base64url, fromBase64url } from '../../shared/base/hash.ts'
import { Problem } from '../../shared/base/problem.ts'

/** Rows of a page; a person reads them. */
export const ROWS = { usual: 50, most: 200 } as const

/** A query parameter that is left out, or fits its schema. @throws Problem `invalid_request` */
export function filterOf(schema: z.ZodType<string>, text: string | undefined, name: string): string | null {
  if (text === undefined) return null
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new Problem('invalid_request', { errors: [{ pointer: `/${name}`, detail: parsed.error.issues[0]!.message }] })
}

/** Where the next page begins; opaque to the caller. It gives no right: every page is read with the caller's own. */
export const encodeCursor = (values: ReadonlyArray<string | number>): string =>
  base64url(new TextEncoder().encode(JSON.stringify(values)))

/** @throws Problem `invalid_request` when it is not one of ours */
export function decodeCursor<T extends ReadonlyArray<string | number>>(
  text: string | undefined,
  types: ReadonlyArray<'string' | 'number'>,
): T | null {
  if (text === undefined) return null
  const bytes = text.length > 2_000 ? null : fromBase64url(text)
  try {
    const values: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))
    if (Array.isArray(values) && values.length === types.length && values.every((own, at) => typeof own === types[at]))
      return values as unknown as T
  } catch {
    // Not JSON: said below.
  }
  throw new Problem('invalid_request', { errors: [{ pointer: '/cursor', detail: 'is not one of ours' }] })
}

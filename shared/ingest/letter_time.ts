import type { NewLetter } from '../store/operations/dead_letters.ts'
import { momentMs } from './webhooks/adapters/shapes.ts'
import { triggeredAtMs } from './webhooks/adapters/shopify/headers.ts'

/** How senders call the moment of what they tell of; `atMs` is our own name in what a delivery still owes. */
const MOMENTS = new Set([
  ...['created_at', 'processed_at', 'updated_at', 'occurred_at', 'timestamp', 'atMs'],
  ...['date_created_gmt', 'date_paid_gmt', 'date_modified_gmt'],
])
/** Where senders put what they tell of. Deeper moments are of something else: a customer's account is older than the order. */
const INSIDE = ['data', 'events']

/**
 * The earliest moment that a letter gives what it tells of; null when it gives none. When it came says nothing: a
 * delivery that was refused comes again for days.
 */
export function toldAtMs({ headers, body }: Pick<NewLetter, 'headers' | 'body'>): number | null {
  const triggered = triggeredAtMs(new Headers(headers))
  const told = triggered === null ? [] : [triggered]
  for (const one of happenings(body))
    for (const [name, value] of Object.entries(one)) {
      const atMs = MOMENTS.has(name) ? momentMs(value) : null
      if (atMs !== null) told.push(atMs)
    }
  return told.length === 0 ? null : told.reduce((a, b) => Math.min(a, b))
}

/** The body, what it wraps, and the entries of a list. */
function happenings(body: Uint8Array): object[] {
  let open: unknown[]
  try {
    open = [JSON.parse(new TextDecoder().decode(body))]
  } catch {
    return []
  }
  const found: object[] = []
  for (let depth = 0; depth <= INSIDE.length; depth++) {
    const objects = open.flat().filter((value): value is object => typeof value === 'object' && value !== null)
    found.push(...objects)
    open = objects.flatMap((one) => INSIDE.map((name) => (one as Record<string, unknown>)[name]))
  }
  return found
}

import { Problem } from '../../shared/base/problem.ts'
import { createSealer } from '../../shared/base/sealed.ts'
import type { EventPlace } from '../../shared/store/event_reads.ts'

/**
 * Batches of events are numbered over all shops: whoever could read a place would count what the others send. So it is
 * sealed, for its own shop, and as long for a small number as for a large one.
 */
const PLACE_CHARS = 192
const CURSOR_CHARS_MAX = 2_000

const contextOf = (shop: string) => ['event cursor', shop]

/** @param secret of the worker; another one ends all readings that are under way */
export async function sealPlace(place: EventPlace, shop: string, secret: string): Promise<string> {
  return createSealer(secret).seal(JSON.stringify(place).padEnd(PLACE_CHARS), contextOf(shop))
}

/**
 * Null: the reading begins.
 * @throws Problem `invalid_request` when it is none of this shop's
 */
export async function openPlace(cursor: string | undefined, shop: string, secret: string): Promise<EventPlace | null> {
  if (cursor === undefined) return null
  const text = cursor.length > CURSOR_CHARS_MAX ? null : await createSealer(secret).open(cursor, contextOf(shop))
  if (text === null)
    throw new Problem('invalid_request', { errors: [{ pointer: '/cursor', detail: 'is not one of ours' }] })
  return JSON.parse(text) as EventPlace
}

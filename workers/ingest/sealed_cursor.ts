import { Problem } from '../../shared/base/problem.ts'
import { createSealer } from '../../shared/base/sealed.ts'

/**
 * Batches of events are numbered over all shops, and objects are named by these numbers: whoever could read a place among
 * them would count what the others send. So it is sealed, for whom it was made, and as long for a small number as for a
 * large one.
 */
export interface SealedCursors<T> {
  seal(place: T): Promise<string>
  /**
   * Null: the reading begins.
   * @throws Problem `invalid_request` when it was not sealed here
   */
  open(cursor: string | undefined): Promise<T | null>
}

const PLACE_CHARS = 192
const CURSOR_CHARS_MAX = 2_000

/**
 * @param context what is read, and whose
 * @param secret of the worker; another one ends all readings that are under way
 */
export function sealedCursors<T>(context: readonly string[], secret: string): SealedCursors<T> {
  return {
    seal: (place) => createSealer(secret).seal(JSON.stringify(place).padEnd(PLACE_CHARS), context),
    async open(cursor) {
      if (cursor === undefined) return null
      const text = cursor.length > CURSOR_CHARS_MAX ? null : await createSealer(secret).open(cursor, context)
      if (text === null)
        throw new Problem('invalid_request', { errors: [{ pointer: '/cursor', detail: 'is not one of ours' }] })
      return JSON.parse(text) as T
    },
  }
}

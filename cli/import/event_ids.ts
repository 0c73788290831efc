import { createHash } from 'node:crypto'
import { canonicalJson } from '../../shared/base/hash.ts'

/** 128 bits: no two events of any shop meet by chance. */
const ID_CHARS = 22

/** Gives an event that has no id one that a second import of the same file gives again. */
export interface EventIds {
  /** @param content the event as the file has it, before any shift */
  next(content: unknown): string
}

/**
 * The id is a hash of the event's content and of how many identical events came before it, so that two equal
 * purchases stay two.
 * @param sorted the file's moments never fall: then identical lines stand in one run of equal moments, and only that
 *   run has to be remembered
 */
export function createEventIds(sorted: boolean, momentOf: (content: unknown) => number | null): EventIds {
  const seen = new Map<string, number>()
  let current: number | null = null
  return {
    next(content) {
      const text = canonicalJson(content)
      const moment = momentOf(content)
      if (sorted && moment !== current) {
        seen.clear()
        current = moment
      }
      const plain = digest(text)
      const occurrence = seen.get(plain) ?? 0
      seen.set(plain, occurrence + 1)
      return occurrence === 0 ? plain : digest(`${text}#${occurrence}`)
    },
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, ID_CHARS)

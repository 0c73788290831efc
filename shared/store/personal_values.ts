import type { KVNamespace } from '@cloudflare/workers-types'
import { mapConcurrent } from '../base/batch.ts'
import { kvKeys } from './keys.ts'

/** Told beside a value in KV: 1 where a past or a search stands in it, or a hash of one. It is found so without being read. */
export interface PersonalMark {
  personal: 0 | 1
}

/** As an option of a put. */
export const personalMark = (isPersonal: boolean): { metadata: PersonalMark } => ({
  metadata: { personal: isPersonal ? 1 : 0 },
})

/** Removes what KV holds of somebody's past or search: it names nobody, so that all of a shop's goes. */
export interface PersonalValueEraser {
  /**
   * A page of a shop's values of such kinds; those without a mark go as well. Repeatable.
   * @param cursor of the page before; null begins
   * @returns how many went, and where the next page begins
   */
  removePage(shop: string, cursor: string | null): Promise<{ removed: number; next: string | null }>
}

/** KV takes a thousand calls of an invocation: a page is at most as many deletes and a list. */
const KEYS_PER_PAGE = 200
const DELETES_AT_ONCE = 6

/** In their order: what is made of others comes after them. */
const KINDS = ['order', 'reason', 'reasonPack'] as const
type Kind = (typeof KINDS)[number]

export function createPersonalValueEraser(kv: KVNamespace): PersonalValueEraser {
  return {
    async removePage(shop, cursor) {
      const { kind, at } = readPlace(cursor)
      const page = await kv.list<PersonalMark>({ prefix: kvKeys[kind](shop, ''), limit: KEYS_PER_PAGE, cursor: at })
      const personal = page.keys.filter(({ metadata }) => metadata?.personal !== 0)
      await mapConcurrent(personal, DELETES_AT_ONCE, ({ name }) => kv.delete(name))
      const after = KINDS[KINDS.indexOf(kind) + 1]
      const next = page.list_complete ? (after === undefined ? null : `${after} `) : `${kind} ${page.cursor}`
      return { removed: personal.length, next }
    },
  }
}

function readPlace(cursor: string | null): { kind: Kind; at: string | null } {
  const [name = '', at = ''] = (cursor ?? '').split(' ')
  return { kind: KINDS.find((one) => one === name) ?? KINDS[0], at: at === '' ? null : at }
}

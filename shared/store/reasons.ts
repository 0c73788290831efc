import type { KVNamespace } from '@cloudflare/workers-types'
import * as z from 'zod'
import { mapConcurrent } from '../base/batch.ts'
import {
  FACTS_OF_SHOPPERS,
  type ReasonPack,
  reasonPackSchema,
  type ToldReason,
  toldReasonSchema,
} from '../domain/told_reason.ts'
import { kvKeys } from './keys.ts'
import { readTexts } from './kv_texts.ts'

/** What is asked for again within a week costs nothing; what is not is gone with what it told of a shopper's past. */
const REASON_TTL_SECONDS = 7 * 86_400
/** A pack is put together again from single reasons without a call. */
const PACK_TTL_SECONDS = 86_400

const keptSchema = z.strictObject({ v: z.literal(1), key: z.string(), reason: toldReasonSchema })

export interface KeptReason {
  digest: string
  /** The whole key, carried in the value. */
  key: string
  reason: ToldReason
}

/** Checked reasons in KV: one by one, and one value a shelf context. Foreign, torn or old values are misses. */
export interface ReasonStore {
  /** By digest, those that are there. */
  reasons(shop: string, wanted: ReadonlyArray<{ digest: string; key: string }>): Promise<Map<string, ToldReason>>
  putReason(shop: string, kept: KeptReason): Promise<void>
  pack(shop: string, digest: string, key: string): Promise<ReasonPack | null>
  putPack(shop: string, digest: string, pack: ReasonPack): Promise<void>
}

/** Told beside a value: 1 where a past or a search stands in it, which is found so without being read. */
interface Mark {
  personal: 0 | 1
}

const markOf = (reasons: readonly ToldReason[]): { metadata: Mark } => ({
  metadata: { personal: reasons.some(({ facts }) => facts.some((fact) => FACTS_OF_SHOPPERS.has(fact.kind))) ? 1 : 0 },
})

/** Removes reasons that tell of somebody's past or search. */
export interface ReasonEraser {
  /**
   * A page of a shop's reasons; those without a mark go as well. Repeatable.
   * @param cursor of the page before; null begins
   * @returns how many went, and where the next page begins
   */
  removePersonal(shop: string, cursor: string | null): Promise<{ removed: number; next: string | null }>
}

/** KV takes a thousand calls of an invocation: a page is at most as many deletes and a list. */
const KEYS_PER_PAGE = 200
const DELETES_AT_ONCE = 6

export function createReasonEraser(kv: KVNamespace): ReasonEraser {
  return {
    async removePersonal(shop, cursor) {
      const { folder, at } = readPlace(cursor)
      const page = await kv.list<Mark>({
        prefix: folder === 'reason' ? kvKeys.reason(shop, '') : kvKeys.reasonPack(shop, ''),
        limit: KEYS_PER_PAGE,
        cursor: at,
      })
      const personal = page.keys.filter(({ metadata }) => metadata?.personal !== 0)
      await mapConcurrent(personal, DELETES_AT_ONCE, ({ name }) => kv.delete(name))
      const next = page.list_complete ? (folder === 'reason' ? 'pack ' : null) : `${folder} ${page.cursor}`
      return { removed: personal.length, next }
    },
  }
}

/** Single reasons come first: packs are made of them. */
function readPlace(cursor: string | null): { folder: 'reason' | 'pack'; at: string | null } {
  if (cursor === null) return { folder: 'reason', at: null }
  const gap = cursor.indexOf(' ')
  return { folder: cursor.slice(0, gap) === 'pack' ? 'pack' : 'reason', at: cursor.slice(gap + 1) || null }
}

export function createReasonStore(kv: KVNamespace): ReasonStore {
  return {
    async reasons(shop, wanted) {
      const found = new Map<string, ToldReason>()
      const nameOf = (digest: string) => kvKeys.reason(shop, digest)
      const values = await readTexts(
        kv,
        wanted.map(({ digest }) => nameOf(digest)),
      )
      for (const { digest, key } of wanted) {
        const kept = decoded(keptSchema, values.get(nameOf(digest)))
        if (kept?.key === key) found.set(digest, kept.reason)
      }
      return found
    },
    putReason: (shop, { digest, key, reason }) =>
      kv.put(kvKeys.reason(shop, digest), JSON.stringify({ v: 1, key, reason }), {
        expirationTtl: REASON_TTL_SECONDS,
        ...markOf([reason]),
      }),
    async pack(shop, digest, key) {
      const name = kvKeys.reasonPack(shop, digest)
      const pack = decoded(reasonPackSchema, (await readTexts(kv, [name])).get(name))
      return pack?.key === key ? pack : null
    },
    putPack: (shop, digest, pack) =>
      kv.put(kvKeys.reasonPack(shop, digest), JSON.stringify(pack), {
        expirationTtl: PACK_TTL_SECONDS,
        ...markOf(Object.values(pack.reasons)),
      }),
  }
}

function decoded<T>(schema: z.ZodType<T>, text: string | null | undefined): T | null {
  if (typeof text !== 'string') return null
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

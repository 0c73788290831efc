import type { KVNamespace } from '@cloudflare/workers-types'
import * as z from 'zod'
import {
  FACTS_OF_SHOPPERS,
  type ReasonPack,
  reasonPackSchema,
  type ToldReason,
  toldReasonSchema,
} from '../domain/told_reason.ts'
import { kvKeys } from './keys.ts'
import { readTexts } from './kv_texts.ts'
import { personalMark } from './personal_values.ts'

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

/** Whether a past or a search stands in one of them. */
const markOf = (reasons: readonly ToldReason[]) =>
  personalMark(reasons.some(({ facts }) => facts.some((fact) => FACTS_OF_SHOPPERS.has(fact.kind))))

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

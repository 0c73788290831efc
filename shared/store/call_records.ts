import type { R2Bucket } from '@cloudflare/workers-types'
import { type CallRecord, callRecordSchema } from '../domain/call_record.ts'
import { dayOf, objectNames } from './keys.ts'

/** Days that a call is kept: what stood in a prompt is a shop's data, and forgotten before a month is over. */
export const CALLS_KEPT_DAYS = 7

/** Calls with their prompts and answers in R2, an object a call; nothing in it says who a shopper is. */
export interface CallRecordStore {
  put(record: CallRecord): Promise<void>
  /** @param nowMs the days before it are looked through. @returns null where there is none that can be read */
  get(shop: string, key: string, nowMs: number): Promise<CallRecord | null>
}

const DAY_MS = 86_400_000

export function createCallRecords(bucket: R2Bucket): CallRecordStore {
  return {
    async put(record) {
      const name = objectNames.call(record.shop, dayOf(record.askedAtMs), record.key)
      await bucket.put(name, JSON.stringify(record))
    },
    async get(shop, key, nowMs) {
      const days = Array.from({ length: CALLS_KEPT_DAYS + 1 }, (_, back) => dayOf(nowMs - back * DAY_MS))
      for (const day of days) {
        const object = await bucket.get(objectNames.call(shop, day, key))
        if (object === null) continue
        const read = callRecordSchema.safeParse(await object.json().catch(() => null))
        return read.success && read.data.key === key && read.data.shop === shop ? read.data : null
      }
      return null
    },
  }
}

import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import { EVERYBODY, forgottenKey } from '../../domain/forgotten.ts'

/** Who was forgotten, for as long as something of theirs may still be under way. */
export interface ForgottenStore {
  /** Of these shoppers those that were forgotten, each with the moment up to which nothing of theirs is kept. */
  among(shop: string, shoppers: readonly string[]): Promise<Map<string, number>>
  /** Lets go of what is old; at most `limit`. @returns how many */
  tidy(nowMs: number, limit: number): Promise<number>
}

/** Beyond every moment. */
export const ALWAYS_MS = Number.MAX_SAFE_INTEGER

/**
 * SQL that is true for what a forgotten shopper did too early to be kept. It stands in the statement that writes, so that
 * no request slips between the asking and the writing.
 * @param who the shopper's key, and `at` a moment in milliseconds, both as SQL
 */
export const isForgotten = (who: string, at: string): string =>
  `EXISTS (SELECT 1 FROM forgotten f WHERE f.shop = ?1 AND f.who IN (${who}, '${EVERYBODY}') AND ${at} <= f.until_at)`

/** Names of one statement: a key is 32 characters. */
const NAMES_PER_STATEMENT = 5_000

export function createForgottenStore(db: D1Database): ForgottenStore {
  return {
    async among(shop, shoppers) {
      const found = new Map<string, number>()
      for (const part of chunk([...new Set(shoppers)], NAMES_PER_STATEMENT)) {
        const keys = part.map((shopper) => forgottenKey(shop, shopper))
        const { results } = await db
          .prepare(
            `SELECT who, MAX(until_at) AS until_at FROM forgotten
             WHERE shop = ?1 AND who IN (SELECT value FROM json_each(?2)) GROUP BY who`,
          )
          .bind(shop, JSON.stringify([EVERYBODY, ...keys]))
          .all<{ who: string; until_at: number }>()
        const untilOf = new Map(results.map((row) => [row.who, row.until_at]))
        const all = untilOf.get(EVERYBODY) ?? -1
        for (const [at, shopper] of part.entries()) {
          const untilMs = Math.max(all, untilOf.get(keys[at]!) ?? -1)
          if (untilMs >= 0) found.set(shopper, untilMs)
        }
      }
      return found
    },
    async tidy(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM forgotten WHERE (shop, who, erasure) IN
             (SELECT shop, who, erasure FROM forgotten WHERE expires_at < ?1 LIMIT ?2)`,
        )
        .bind(nowMs, limit)
        .run()
      return meta.changes
    },
  }
}

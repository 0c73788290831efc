import type { D1Database } from '@cloudflare/workers-types'
import { chunkBySize } from '../../base/batch.ts'
import { type Habits, type PackedHabits, unpackHabits } from '../../domain/habits.ts'
import { shopperHash } from '../../domain/shopper_hash.ts'
import { readRow } from '../d1_rows.ts'

/** All shoppers whose keys lie in a range, in the order of their keys: who is not named has no habits any more. */
export interface HabitRange {
  /** 16 hexadecimal digits, or '' for the beginning. */
  from: string
  /** The first key beyond; HABITS_END for the end. */
  to: string
  shoppers: ReadonlyArray<readonly [key: string, habits: PackedHabits]>
}

/** Beyond every key. */
export const HABITS_END = 'g'

/** What shoppers buy again, a row a shopper. */
export interface HabitStore {
  /** @param key of `shopperHash` */
  get(shop: string, key: string): Promise<Habits | null>
  /**
   * Replaces a range; rows that say the same are not written. Nothing is written of what was read before shoppers of
   * the shop were erased: the next run knows better.
   * @param readAtMs when the run began to read
   */
  putRange(shop: string, range: HabitRange, readAtMs: number): Promise<void>
  /** Forgets shoppers, by name, and what any run under way has read of them. @returns the rows removed */
  remove(shop: string, shoppers: readonly string[] | 'all', nowMs: number): Promise<number>
}

/** A parameter takes 2 MB; the database has a single writer, and shelves wait for it. */
const CHARS_PER_STATEMENT = 300_000
const KEYS_PER_STATEMENT = 5_000

const NOT_ERASED = `COALESCE((SELECT erased_at FROM habit_fences WHERE shop = ?1), -1) < `

export function createHabitStore(db: D1Database): HabitStore {
  return {
    async get(shop, key) {
      const row = await readRow<{ body: string }>(db, (near) =>
        near.prepare('SELECT body FROM habits WHERE shop = ?1 AND shopper = ?2').bind(shop, key),
      )
      return row === null ? null : unpackHabits(JSON.parse(row.body) as PackedHabits)
    },
    async putRange(shop, { from, to, shoppers }, readAtMs) {
      const rows = shoppers.map(([key, habits]) => [key, JSON.stringify(habits)] as const)
      for (const part of chunkBySize(rows, CHARS_PER_STATEMENT, ([, body]) => body.length)) {
        await db
          .prepare(
            `INSERT INTO habits (shop, shopper, body)
             SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?2)
             WHERE ${NOT_ERASED} ?3
             ON CONFLICT (shop, shopper) DO UPDATE SET body = excluded.body WHERE habits.body <> excluded.body`,
          )
          .bind(shop, JSON.stringify(part), readAtMs)
          .run()
      }
      await removeOthers(db, shop, { from, to, keys: rows.map(([key]) => key) }, readAtMs)
    },
    async remove(shop, shoppers, nowMs) {
      const all = shoppers === 'all'
      const [, removed] = await db.batch([
        db
          .prepare(
            `INSERT INTO habit_fences (shop, erased_at) VALUES (?1, ?2)
             ON CONFLICT (shop) DO UPDATE SET erased_at = MAX(erased_at, excluded.erased_at)`,
          )
          .bind(shop, nowMs),
        db
          .prepare(
            `DELETE FROM habits WHERE shop = ?1${all ? '' : ' AND shopper IN (SELECT value FROM json_each(?2))'}`,
          )
          .bind(...(all ? [shop] : [shop, JSON.stringify(shoppers.map(shopperHash))])),
      ])
      return removed!.meta.changes
    },
  }
}

/** Removes who is in the range and not named, a few thousand keys at a time. */
async function removeOthers(
  db: D1Database,
  shop: string,
  { from, to, keys }: { from: string; to: string; keys: readonly string[] },
  readAtMs: number,
): Promise<void> {
  for (let start = 0; start === 0 || start < keys.length; start += KEYS_PER_STATEMENT) {
    const part = keys.slice(start, start + KEYS_PER_STATEMENT)
    const low = start === 0 ? from : part[0]!
    const high = keys[start + KEYS_PER_STATEMENT] ?? to
    await db
      .prepare(
        `DELETE FROM habits WHERE shop = ?1 AND shopper >= ?2 AND shopper < ?3
           AND shopper NOT IN (SELECT value FROM json_each(?4)) AND ${NOT_ERASED} ?5`,
      )
      .bind(shop, low, high, JSON.stringify(part), readAtMs)
      .run()
  }
}

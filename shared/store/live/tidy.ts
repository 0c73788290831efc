import type { D1Database } from '@cloudflare/workers-types'
import { DAY_MS } from '../../base/clock.ts'
import { RECENT_TTL_SECONDS } from './live.ts'

/** A profile that nothing has renewed for this long speaks of somebody else by now. */
export const PROFILE_TTL_MS = 180 * DAY_MS
/** Rows of one statement: the database has a single writer, and shelves wait for it. */
const ROWS_PER_STATEMENT = 2_000
/** Statements of one run; the next run goes on. */
const STATEMENTS_MAX = 50

/** Removes what is too old from the live database. Upstash forgets by itself. */
export interface LiveTidy {
  purge(nowMs: number): Promise<{ recents: number; profiles: number }>
}

export function createLiveTidy(db: D1Database): LiveTidy {
  const purge = async (table: 'recents' | 'profiles', beforeMs: number) => {
    let removed = 0
    for (let statement = 0; statement < STATEMENTS_MAX; statement++) {
      const { meta } = await db
        .prepare(
          `DELETE FROM ${table} WHERE (shop, shopper) IN
             (SELECT shop, shopper FROM ${table} WHERE updated_at < ?1 ORDER BY updated_at LIMIT ${ROWS_PER_STATEMENT})`,
        )
        .bind(beforeMs)
        .run()
      removed += meta.changes
      if (meta.changes < ROWS_PER_STATEMENT) break
    }
    return removed
  }
  return {
    async purge(nowMs) {
      await db.prepare('DELETE FROM forgotten WHERE expires_at < ?1').bind(nowMs).run()
      return {
        recents: await purge('recents', nowMs - RECENT_TTL_SECONDS * 1_000),
        profiles: await purge('profiles', nowMs - PROFILE_TTL_MS),
      }
    },
  }
}

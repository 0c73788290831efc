import type { D1Database } from '@cloudflare/workers-types'
import { EVERYBODY, forgottenKey } from '../../domain/forgotten.ts'
import { LIMITS } from '../../domain/limits.ts'
import { readRow } from '../d1_rows.ts'
import { type LiveStore, packEach, type RecentTuple, unpackRecent } from './live.ts'

/** Of a row's events those that a forgotten shopper's past does not hold. */
const OWN_EVENTS = `(SELECT json_group_array(json(own.value)) FROM json_each(json_extract(json_each.value, '$.events')) own
  WHERE NOT EXISTS (SELECT 1 FROM forgotten f WHERE f.shop = ?1 AND json_extract(own.value, '$[2]') <= f.until_at
    AND f.who IN (json_extract(json_each.value, '$.who'), '${EVERYBODY}')))`

/** The live store in D1: right in one region at once, a replica's lag later in the others. */
export function createD1LiveStore(db: D1Database): LiveStore {
  return {
    async recent(shop, shopper) {
      const row = await readRow<{ events: string }>(db, (near) =>
        near.prepare('SELECT events FROM recents WHERE shop = ?1 AND shopper = ?2').bind(shop, shopper),
      )
      return row ? (JSON.parse(row.events) as RecentTuple[]).map(unpackRecent) : []
    },
    async append(shop, rows, nowMs) {
      const packed = rows.map((row) => ({
        shopper: row.shopper,
        who: forgottenKey(shop, row.shopper),
        events: `[${packEach(row.events)
          .slice(-LIMITS.recentEventsKept)
          .map((event) => event.packed)
          .join(',')}]`,
      }))
      // UNION drops a repeated event; the newest ones stay, oldest first.
      await db
        .prepare(
          `INSERT INTO recents (shop, shopper, events, updated_at)
           SELECT ?1, shopper, events, ?3 FROM (
             SELECT json_extract(value, '$.shopper') AS shopper, ${OWN_EVENTS} AS events FROM json_each(?2))
           WHERE events <> '[]'
           ON CONFLICT (shop, shopper) DO UPDATE SET updated_at = excluded.updated_at, events = (
             SELECT json_group_array(json(event) ORDER BY at, event) FROM (
               SELECT event, json_extract(event, '$[2]') AS at FROM (
                 SELECT value AS event FROM json_each(recents.events) UNION SELECT value FROM json_each(excluded.events))
               ORDER BY at DESC, event DESC LIMIT ${LIMITS.recentEventsKept}))`,
        )
        .bind(shop, JSON.stringify(packed), nowMs)
        .run()
    },
  }
}

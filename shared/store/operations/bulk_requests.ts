import type { D1Database } from '@cloudflare/workers-types'
import { BULK_KEYS, type RepeatableRun } from '../../domain/bulk_request.ts'

/** A bulk write that may be done, by this caller alone until it is let go. */
export interface BulkRun extends RepeatableRun {
  shop: string
  key: string
  holder: string
}

export type BulkClaim =
  | { kind: 'granted'; run: BulkRun }
  /** Somebody is at it, at most until then. */
  | { kind: 'under_way'; untilMs: number }
  /** The key came with another request. */
  | { kind: 'reused' }
  /** The shop has as many keys as may be kept, or these tell of too many items; then enough of it is forgotten. */
  | { kind: 'full'; untilMs: number }

export interface BulkRequestStore {
  /**
   * Takes hold of a key, unless it is another request's or somebody has hold of it.
   * @param key hash of the sender's key
   * @param fingerprint hash of the request
   * @param unique a text that nobody else brings
   * @param items that the request may tell of
   */
  claim(
    shop: string,
    key: string,
    fingerprint: string,
    unique: string,
    nowMs: number,
    items: number,
  ): Promise<BulkClaim>
  /** Lets go: the same request may come again at once. */
  release(run: BulkRun): Promise<void>
  /** Lets go of a request of which nothing was done: its key may name another one. */
  withdraw(run: BulkRun): Promise<void>
  /** Forgets keys whose time is over. @returns how many */
  forget(nowMs: number, limit: number): Promise<number>
}

interface Row {
  fingerprint: string
  request: string
  started_at: number
  holder: string
  held_until: number
}

export function createBulkRequestStore(db: D1Database): BulkRequestStore {
  const ended = (run: BulkRun, sql: string) =>
    db.prepare(`${sql} WHERE shop = ?1 AND key = ?2 AND holder = ?3`).bind(run.shop, run.key, run.holder).run()
  /** When so many of the oldest keys are forgotten that another one has room; a shop has a few thousand rows at most. */
  const roomAt = async (shop: string, items: number, nowMs: number): Promise<number> => {
    const row = await db
      .prepare(
        `WITH own AS (SELECT started_at, items, SUM(items) OVER oldest AS told, ROW_NUMBER() OVER oldest AS number
           FROM bulk_requests WHERE shop = ?1 AND started_at > ?2 WINDOW oldest AS (ORDER BY started_at, key))
         SELECT MIN(started_at) AS started_at FROM own WHERE number > (SELECT COUNT(*) FROM own) - ${BULK_KEYS.perShop}
           AND told >= (SELECT SUM(items) FROM own) + ?3 - ${BULK_KEYS.itemsPerShop}`,
      )
      .bind(shop, nowMs - BULK_KEYS.ttlMs, items)
      .first<{ started_at: number | null }>()
    return (row?.started_at ?? nowMs) + BULK_KEYS.ttlMs
  }
  return {
    async claim(shop, key, fingerprint, unique, nowMs, items) {
      const row = 'SELECT fingerprint, request, started_at, holder, held_until FROM bulk_requests'
      const own = db.prepare(`${row} WHERE shop = ?1 AND key = ?2`).bind(shop, key)
      const [, before, , after] = await db.batch([
        db
          .prepare('DELETE FROM bulk_requests WHERE shop = ?1 AND key = ?2 AND started_at <= ?3')
          .bind(shop, key, nowMs - BULK_KEYS.ttlMs),
        own,
        db
          .prepare(
            `INSERT INTO bulk_requests (shop, key, fingerprint, request, started_at, holder, held_until, items)
             SELECT ?1, ?2, ?3, ?4, ?5, ?4, ?5 + ${BULK_KEYS.heldMs}, ?6
             WHERE EXISTS (SELECT 1 FROM bulk_requests WHERE shop = ?1 AND key = ?2)
               OR (SELECT COUNT(*) < ${BULK_KEYS.perShop} AND TOTAL(items) + ?6 <= ${BULK_KEYS.itemsPerShop}
                 FROM bulk_requests WHERE shop = ?1 AND started_at > ?5 - ${BULK_KEYS.ttlMs})
             ON CONFLICT (shop, key) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
             WHERE fingerprint = excluded.fingerprint AND held_until <= ?5`,
          )
          .bind(shop, key, fingerprint, unique, nowMs, items),
        own,
      ])
      const found = after!.results[0] as Row | undefined
      if (found === undefined) return { kind: 'full', untilMs: await roomAt(shop, items, nowMs) }
      if (found.fingerprint !== fingerprint) return { kind: 'reused' }
      if (found.holder !== unique) return { kind: 'under_way', untilMs: found.held_until }
      const { request, started_at: startedAtMs } = found
      const isAgain = before!.results.length > 0
      return { kind: 'granted', run: { request, startedAtMs, isAgain, shop, key, holder: unique } }
    },
    release: async (run) => void (await ended(run, 'UPDATE bulk_requests SET held_until = 0')),
    withdraw: async (run) => void (await ended(run, 'DELETE FROM bulk_requests')),
    async forget(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM bulk_requests WHERE (shop, key) IN
             (SELECT shop, key FROM bulk_requests WHERE started_at <= ?1 ORDER BY started_at LIMIT ?2)`,
        )
        .bind(nowMs - BULK_KEYS.ttlMs, limit)
        .run()
      return meta.changes
    },
  }
}

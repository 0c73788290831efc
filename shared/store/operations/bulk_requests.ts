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
  /** The shop has as many keys as may be kept; the oldest is forgotten then. */
  | { kind: 'full'; untilMs: number }

export interface BulkRequestStore {
  /**
   * Takes hold of a key, unless it is another request's or somebody has hold of it.
   * @param key hash of the sender's key
   * @param fingerprint hash of the request
   * @param unique a text that nobody else brings
   */
  claim(shop: string, key: string, fingerprint: string, unique: string, nowMs: number): Promise<BulkClaim>
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
  return {
    async claim(shop, key, fingerprint, unique, nowMs) {
      const row = 'SELECT fingerprint, request, started_at, holder, held_until FROM bulk_requests'
      const own = db.prepare(`${row} WHERE shop = ?1 AND key = ?2`).bind(shop, key)
      const [, before, , after, oldest] = await db.batch([
        db
          .prepare('DELETE FROM bulk_requests WHERE shop = ?1 AND key = ?2 AND started_at <= ?3')
          .bind(shop, key, nowMs - BULK_KEYS.ttlMs),
        own,
        db
          .prepare(
            `INSERT INTO bulk_requests (shop, key, fingerprint, request, started_at, holder, held_until)
             SELECT ?1, ?2, ?3, ?4, ?5, ?4, ?5 + ${BULK_KEYS.heldMs}
             WHERE EXISTS (SELECT 1 FROM bulk_requests WHERE shop = ?1 AND key = ?2)
               OR (SELECT COUNT(*) FROM bulk_requests WHERE shop = ?1 AND started_at > ?5 - ${BULK_KEYS.ttlMs}) < ${BULK_KEYS.perShop}
             ON CONFLICT (shop, key) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
             WHERE fingerprint = excluded.fingerprint AND held_until <= ?5`,
          )
          .bind(shop, key, fingerprint, unique, nowMs),
        own,
        // Needed when there is no room; a shop has a few thousand rows at most.
        db
          .prepare('SELECT MIN(started_at) AS started_at FROM bulk_requests WHERE shop = ?1 AND started_at > ?2')
          .bind(shop, nowMs - BULK_KEYS.ttlMs),
      ])
      const found = after!.results[0] as Row | undefined
      if (found === undefined) {
        const first = (oldest!.results[0] as { started_at: number | null }).started_at ?? nowMs
        return { kind: 'full', untilMs: first + BULK_KEYS.ttlMs }
      }
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

import type { D1Database } from '@cloudflare/workers-types'

/** The right to do a piece of work alone for a while. Cron promises neither single nor ordered firing. */
export interface Lease {
  name: string
  holder: string
  fence: number
  /** True when the former holder's time ran out instead of its being handed back: it may still be writing. */
  stolen: boolean
}

export interface LeaseStore {
  /** The lease, or null while another holds it. */
  take(name: string, holder: string, nowMs: number, ttlMs: number): Promise<Lease | null>
  /** Prolongs it; false when it was lost. */
  renew(lease: Lease, nowMs: number, ttlMs: number): Promise<boolean>
  release(lease: Lease): Promise<void>
}

export function createLeaseStore(db: D1Database): LeaseStore {
  return {
    async take(name, holder, nowMs, ttlMs) {
      const [before, after] = await db.batch([
        db.prepare('SELECT expires_at FROM leases WHERE name = ?1').bind(name),
        db
          .prepare(
            `INSERT INTO leases (name, holder, fence, expires_at) VALUES (?1, ?2, 1, ?4)
             ON CONFLICT (name) DO UPDATE SET holder = ?2, fence = leases.fence + 1, expires_at = ?4 WHERE leases.expires_at <= ?3
             RETURNING fence`,
          )
          .bind(name, holder, nowMs, nowMs + ttlMs),
      ])
      const granted = after!.results[0] as { fence: number } | undefined
      if (granted === undefined) return null
      const left = (before!.results[0] as { expires_at: number } | undefined)?.expires_at ?? 0
      return { name, holder, fence: granted.fence, stolen: left > 0 }
    },
    async renew(lease, nowMs, ttlMs) {
      const { meta } = await db
        .prepare('UPDATE leases SET expires_at = ?4 WHERE name = ?1 AND holder = ?2 AND fence = ?3')
        .bind(lease.name, lease.holder, lease.fence, nowMs + ttlMs)
        .run()
      return meta.changes > 0
    },
    async release(lease) {
      // The row stays: its fence must go on growing.
      await db
        .prepare('UPDATE leases SET expires_at = 0 WHERE name = ?1 AND holder = ?2 AND fence = ?3')
        .bind(lease.name, lease.holder, lease.fence)
        .run()
    },
  }
}

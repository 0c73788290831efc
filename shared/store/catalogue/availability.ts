import type { D1Database } from '@cloudflare/workers-types'
import type { Clock } from '../../base/clock.ts'
import { FRESHNESS } from '../../domain/limits.ts'

/** What became of items since an epoch. */
export interface AvailabilityChange {
  id: string
  epoch: number
  /** Markets with an offer of their own (or `*`), and whether it can be sold. Empty for a tombstone without offers. */
  offers: ReadonlyArray<{ market: string; sellable: boolean }>
}

export interface AvailabilityState {
  epoch: number
  /** Milliseconds: no commit up to this moment is missing. */
  asOfMs: number
}

export interface AvailabilityReader {
  /** Every offer that cannot be sold, as [item, market]. */
  all(shop: string): Promise<AvailabilityState & { unsellable: Array<readonly [string, string]> }>
  /** Items changed after an epoch; `complete` is false when there were more than the limit. */
  since(shop: string, epoch: number): Promise<AvailabilityState & { changes: AvailabilityChange[]; complete: boolean }>
}

/** Changes read at once; beyond it a full reading is cheaper than many deltas. */
const CHANGES_MAX = 2_000
/** Unsellable offers a snapshot can hold: ids of 20 characters make about 2 MB. */
const UNSELLABLE_MAX = 100_000

/** @param freshness `replica` reads the nearest copy while it lags less than ten seconds; `primary` always the primary */
export function createAvailabilityReader(
  db: D1Database,
  clock: Clock,
  freshness: 'replica' | 'primary',
): AvailabilityReader {
  const state = `SELECT s.epoch, p.at FROM shops s, pulse p WHERE s.shop = ?1 AND p.id = 1`
  async function read(shop: string, sql: string, ...values: unknown[]) {
    const attempt = async (constraint: 'first-unconstrained' | 'first-primary') => {
      const startedAt = clock.now()
      const session = db.withSession(constraint)
      const [head, rows] = await session.batch([
        session.prepare(state).bind(shop),
        session.prepare(sql).bind(shop, ...values),
      ])
      const row = head!.results[0] as { epoch: number; at: number } | undefined
      const primary = (head!.meta as { served_by_primary?: boolean }).served_by_primary !== false
      // From before the question: a commit during it may be missing.
      return { epoch: row?.epoch ?? 0, asOfMs: primary ? startedAt : (row?.at ?? 0), rows: rows!.results, startedAt }
    }
    const nearest = await attempt(freshness === 'primary' ? 'first-primary' : 'first-unconstrained')
    return nearest.startedAt - nearest.asOfMs <= FRESHNESS.replicaLagMs ? nearest : attempt('first-primary')
  }
  return {
    async all(shop) {
      const { epoch, asOfMs, rows } = await read(
        shop,
        `SELECT item, market FROM offers INDEXED BY offers_not_sellable WHERE shop = ?1 AND sellable = 0 LIMIT ${UNSELLABLE_MAX}`,
      )
      return {
        epoch,
        asOfMs,
        unsellable: (rows as Array<{ item: string; market: string }>).map((row) => [row.item, row.market]),
      }
    },
    async since(shop, sinceEpoch) {
      const { epoch, asOfMs, rows } = await read(
        shop,
        `SELECT i.id, i.epoch, (SELECT json_group_array(json_array(o.market, o.sellable)) FROM offers o
           WHERE o.shop = i.shop AND o.item = i.id) AS offers
         FROM items i WHERE i.shop = ?1 AND i.epoch > ?2 ORDER BY i.epoch LIMIT ${CHANGES_MAX}`,
        sinceEpoch,
      )
      const changes = (rows as Array<{ id: string; epoch: number; offers: string }>).map((row) => ({
        id: row.id,
        epoch: row.epoch,
        offers: (JSON.parse(row.offers) as Array<[string, number]>).map(([market, sellable]) => ({
          market,
          sellable: sellable === 1,
        })),
      }))
      return { epoch, asOfMs, changes, complete: changes.length < CHANGES_MAX }
    },
  }
}

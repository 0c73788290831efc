import type { D1Database, D1Result } from '@cloudflare/workers-types'
import type { Clock } from '../../base/clock.ts'
import { withinWindow } from '../../domain/card.ts'
import { FRESHNESS } from '../../domain/limits.ts'

/** What became of items since an epoch. */
export interface AvailabilityChange {
  id: string
  epoch: number
  /** Markets with an offer of their own (or `*`), and whether it can be sold. Empty for a tombstone without offers. */
  offers: ReadonlyArray<{ market: string; sellable: boolean; window: OfferWindow | null }>
}

/** When an offer may be sold; null on a side without an end. */
export interface OfferWindow {
  validFromMs: number | null
  validUntilMs: number | null
}

export interface AvailabilityState {
  epoch: number
  /** Milliseconds: no commit up to this moment is missing. */
  asOfMs: number
}

export interface AvailabilityReader {
  /**
   * Every offer that cannot be sold now, as [item, market]; and the offers that only their window makes or will make
   * unsellable, since time passes without a commit.
   */
  all(shop: string): Promise<
    AvailabilityState & {
      unsellable: Array<readonly [string, string]>
      windows: Array<readonly [string, string, OfferWindow]>
    }
  >
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
  async function read(shop: string, ...asked: Array<readonly [sql: string, ...values: unknown[]]>) {
    const attempt = async (constraint: 'first-unconstrained' | 'first-primary') => {
      const startedAt = clock.now()
      const session = db.withSession(constraint)
      const [head, ...answers] = await session.batch([
        session.prepare(state).bind(shop),
        ...asked.map(([sql, ...values]) => session.prepare(sql).bind(shop, ...values)),
      ])
      const row = head!.results[0] as { epoch: number; at: number } | undefined
      // From before the question: a commit during it may be missing. Of a shop that is not there nothing is known:
      // otherwise nothing unsellable would read as everything for sale.
      const asOfMs = row === undefined ? 0 : isPrimary(head!) ? startedAt : row.at
      return { epoch: row?.epoch ?? 0, asOfMs, rows: answers.map((answer) => answer.results), startedAt }
    }
    const nearest = await attempt(freshness === 'primary' ? 'first-primary' : 'first-unconstrained')
    return nearest.startedAt - nearest.asOfMs <= FRESHNESS.replicaLagMs ? nearest : attempt('first-primary')
  }
  return {
    async all(shop) {
      const { epoch, asOfMs, rows, startedAt } = await read(
        shop,
        [
          `SELECT item, market FROM offers INDEXED BY offers_not_sellable WHERE shop = ?1 AND sellable = 0 LIMIT ${UNSELLABLE_MAX}`,
        ],
        [
          `SELECT item, market, valid_from, valid_until FROM offers INDEXED BY offers_windowed
           WHERE shop = ?1 AND sellable = 1 AND (valid_from IS NOT NULL OR valid_until IS NOT NULL) LIMIT ${UNSELLABLE_MAX}`,
        ],
      )
      // A list that was cut would pass for complete: rather no snapshot than one that calls the rest sellable.
      if (rows.some((list) => list.length >= UNSELLABLE_MAX))
        throw new Error(`more than ${UNSELLABLE_MAX} offers of one shop to remember`)
      const windows = (rows[1] as unknown as WindowRow[]).map(
        (row) => [row.item, row.market, { validFromMs: row.valid_from, validUntilMs: row.valid_until }] as const,
      )
      const outside = windows.filter(([, , window]) => !withinWindow(window, startedAt))
      const unsellable = (rows[0] as Array<{ item: string; market: string }>).map(
        (row) => [row.item, row.market] as const,
      )
      return {
        epoch,
        asOfMs,
        unsellable: [...unsellable, ...outside.map(([item, market]) => [item, market] as const)],
        windows,
      }
    },
    async since(shop, sinceEpoch) {
      const { epoch, asOfMs, rows } = await read(shop, [
        `SELECT i.id, i.epoch, (SELECT json_group_array(json_array(o.market, o.sellable, o.valid_from, o.valid_until)) FROM offers o
           WHERE o.shop = i.shop AND o.item = i.id) AS offers
         FROM items i WHERE i.shop = ?1 AND i.epoch > ?2 ORDER BY i.epoch LIMIT ${CHANGES_MAX}`,
        sinceEpoch,
      ])
      const changes = (rows[0] as Array<{ id: string; epoch: number; offers: string }>).map((row) => ({
        id: row.id,
        epoch: row.epoch,
        offers: (JSON.parse(row.offers) as OfferTuple[]).map(([market, sellable, validFromMs, validUntilMs]) => ({
          market,
          sellable: sellable === 1,
          window: validFromMs === null && validUntilMs === null ? null : { validFromMs, validUntilMs },
        })),
      }))
      return { epoch, asOfMs, changes, complete: changes.length < CHANGES_MAX }
    },
  }
}

/** Without replicas D1 does not say who served: then the primary did. */
const isPrimary = (result: D1Result): boolean =>
  (result.meta as { served_by_primary?: boolean }).served_by_primary !== false

interface WindowRow {
  item: string
  market: string
  valid_from: number | null
  valid_until: number | null
}

type OfferTuple = readonly [market: string, sellable: number, validFrom: number | null, validUntil: number | null]

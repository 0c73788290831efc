import type { D1Database } from '@cloudflare/workers-types'
import type { TallyMode } from '../../domain/gate.ts'

/** Credits of one placement's shelves of one day, of one history length. */
export interface Tally {
  day: string
  placement: string
  /** Whose orders, and what in: `provider/model rank@1 clicks`. */
  basis: string
  mode: TallyMode
  bucket: number
  shelves: number
  /** Drafts that preferred the model's items, and the base order's. */
  wins: number
  losses: number
  /** Sums of lifts and of their squares. */
  lift: number
  squares: number
}

/** How far a day is counted. */
export interface CountedDay {
  day: string
  /** Of the names and sizes of the objects that it is counted from. */
  objects: string
  slices: number
  done: number
}

/** What shelves with an order of a language model were worth. */
export interface GateTallyStore {
  days(shop: string, fromDay: string): Promise<Map<string, CountedDay>>
  /** Forgets what was counted of a day and begins anew. */
  begin(shop: string, day: Omit<CountedDay, 'done'>): Promise<void>
  /** Replaces a slice's tallies and notes that it is done, as one transaction: counted twice it counts once. */
  commit(shop: string, day: string, slice: number, tallies: readonly Tally[]): Promise<void>
  /** Of days that are counted whole, summed over slices. */
  tallies(shop: string, fromDay: string): Promise<Tally[]>
  /** Millionths that a purpose cost a shop on days of a range, both ends included. */
  spent(shop: string, purpose: string, fromDay: string, toDay: string): Promise<number>
  forget(beforeDay: string): Promise<void>
}

const field = (name: string) => `json_extract(value, '$.${name}')`

export function createGateTallyStore(db: D1Database): GateTallyStore {
  return {
    async days(shop, fromDay) {
      const { results } = await db
        .prepare('SELECT day, objects, slices, done FROM gate_days WHERE shop = ?1 AND day >= ?2')
        .bind(shop, fromDay)
        .all<{ day: string; objects: string; slices: number; done: number }>()
      return new Map(results.map((row) => [row.day, row]))
    },
    async begin(shop, { day, objects, slices }) {
      await db.batch([
        db.prepare('DELETE FROM gate_tallies WHERE shop = ?1 AND day = ?2').bind(shop, day),
        db
          .prepare(
            `INSERT INTO gate_days (shop, day, objects, slices, done) VALUES (?1, ?2, ?3, ?4, 0)
             ON CONFLICT (shop, day) DO UPDATE SET objects = ?3, slices = ?4, done = 0`,
          )
          .bind(shop, day, objects, slices),
      ])
    },
    async commit(shop, day, slice, tallies) {
      const columns = ['placement', 'basis', 'mode', 'bucket', 'shelves', 'wins', 'losses', 'lift', 'squares']
      await db.batch([
        db.prepare('DELETE FROM gate_tallies WHERE shop = ?1 AND day = ?2 AND slice = ?3').bind(shop, day, slice),
        db
          .prepare(
            `INSERT INTO gate_tallies (shop, day, slice, ${columns.join(', ')})
             SELECT ?1, ?2, ?3, ${columns.map(field).join(', ')} FROM json_each(?4)`,
          )
          .bind(shop, day, slice, JSON.stringify(tallies)),
        db.prepare('UPDATE gate_days SET done = MAX(done, ?3) WHERE shop = ?1 AND day = ?2').bind(shop, day, slice + 1),
      ])
    },
    async tallies(shop, fromDay) {
      const { results } = await db
        .prepare(
          `SELECT t.day, t.placement, t.basis, t.mode, t.bucket, SUM(t.shelves) AS shelves, SUM(t.wins) AS wins,
             SUM(t.losses) AS losses, SUM(t.lift) AS lift, SUM(t.squares) AS squares
           FROM gate_days d CROSS JOIN gate_tallies t ON t.shop = d.shop AND t.day = d.day
           WHERE d.shop = ?1 AND d.day >= ?2 AND d.done >= d.slices
           GROUP BY t.day, t.placement, t.basis, t.mode, t.bucket ORDER BY t.day, t.placement, t.bucket`,
        )
        .bind(shop, fromDay)
        .all<Tally>()
      return results
    },
    async spent(shop, purpose, fromDay, toDay) {
      const row = await db
        .prepare(
          'SELECT SUM(spent_micro) AS micro FROM spend WHERE shop = ?1 AND purpose = ?2 AND day BETWEEN ?3 AND ?4',
        )
        .bind(shop, purpose, fromDay, toDay)
        .first<{ micro: number | null }>()
      return row?.micro ?? 0
    },
    async forget(beforeDay) {
      await db.batch([
        db.prepare('DELETE FROM gate_tallies WHERE day < ?1').bind(beforeDay),
        db.prepare('DELETE FROM gate_days WHERE day < ?1').bind(beforeDay),
      ])
    },
  }
}

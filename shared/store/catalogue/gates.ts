import type { D1Database, D1DatabaseSession, D1Result } from '@cloudflare/workers-types'
import {
  type GateEvidence,
  type GateMode,
  type Gates,
  gateEvidenceSchema,
  gatesSchema,
  NO_EVIDENCE,
  type Worth,
  worthSchema,
} from '../../domain/gate.ts'
import { dayOf } from '../keys.ts'

/** A placement's gate as it is kept. */
export interface StoredGate {
  mode: GateMode
  crossing: number | null
  held: boolean
  since: string
  evidence: GateEvidence
}

/** Where orders of a language model serve, by shop and placement. */
export interface GateStore {
  /** By placement; those that were never decided on are absent, and off. */
  list(shop: string): Promise<Map<string, StoredGate>>
  /** Keeps what was decided, unless a person fixed the gate meanwhile. */
  put(shop: string, placement: string, gate: StoredGate, nowMs: number): Promise<void>
  /** A person's word: it stays until it is released. */
  fix(shop: string, placement: string, mode: GateMode, crossing: number | null, nowMs: number): Promise<void>
  /** Lets evidence decide again, from the present mode on. */
  release(shop: string, placement: string, nowMs: number): Promise<void>
  /** What shelves are worth in money; null where nobody said. */
  worth(shop: string): Promise<Worth | null>
  putWorth(shop: string, worth: Worth | null): Promise<void>
}

interface Row {
  placement: string
  mode: GateMode
  crossing: number | null
  held: number
  since: string
  evidence: string
}

export function createGateStore(db: D1Database): GateStore {
  const upsert = `INSERT INTO gates (shop, placement, mode, crossing, held, since, evidence, changed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (shop, placement) DO UPDATE
    SET mode = excluded.mode, crossing = excluded.crossing, held = excluded.held, since = excluded.since,
      evidence = excluded.evidence, changed_at = excluded.changed_at`
  return {
    async list(shop) {
      const { results } = await db
        .prepare('SELECT placement, mode, crossing, held, since, evidence FROM gates WHERE shop = ?1')
        .bind(shop)
        .all<Row>()
      return new Map(results.map((row) => [row.placement, toGate(row)]))
    },
    async put(shop, placement, { mode, crossing, held, since, evidence }, nowMs) {
      await db
        .prepare(`${upsert} WHERE gates.held = 0`)
        .bind(shop, placement, mode, crossing, held ? 1 : 0, since, JSON.stringify(evidence), nowMs)
        .run()
    },
    async fix(shop, placement, mode, crossing, nowMs) {
      const evidence = JSON.stringify({ ...NO_EVIDENCE, why: 'held' })
      await db.prepare(upsert).bind(shop, placement, mode, crossing, 1, dayOf(nowMs), evidence, nowMs).run()
    },
    async release(shop, placement, nowMs) {
      // A trial of one's own is the first: what follows is judged as strictly as any.
      await db
        .prepare(
          `UPDATE gates SET held = 0, since = ?3, changed_at = ?4,
             evidence = json_set(evidence, '$.attempts', MAX(1, json_extract(evidence, '$.attempts')), '$.why', 'waits')
           WHERE shop = ?1 AND placement = ?2 AND held = 1`,
        )
        .bind(shop, placement, dayOf(nowMs), nowMs)
        .run()
    },
    async worth(shop) {
      const row = await db.prepare('SELECT worth FROM gate_worth WHERE shop = ?1').bind(shop).first<{ worth: string }>()
      return row === null ? null : worthSchema.parse(JSON.parse(row.worth))
    },
    async putWorth(shop, worth) {
      const statement =
        worth === null
          ? db.prepare('DELETE FROM gate_worth WHERE shop = ?1').bind(shop)
          : db
              .prepare(
                'INSERT INTO gate_worth (shop, worth) VALUES (?1, ?2) ON CONFLICT (shop) DO UPDATE SET worth = ?2',
              )
              .bind(shop, JSON.stringify(worth))
      await statement.run()
    },
  }
}

/** Evidence of another release says nothing, and what rests on it is earned anew. */
function toGate({ mode, crossing, held, since, evidence }: Row): StoredGate {
  const parsed = gateEvidenceSchema.safeParse(JSON.parse(evidence))
  const kept = parsed.success ? parsed.data : { ...NO_EVIDENCE, attempts: 1 }
  return { mode, crossing, held: held === 1, since, evidence: kept }
}

/** The gates of a shop, for its configuration. */
export const gatesStatement = (session: Pick<D1DatabaseSession, 'prepare'>, shop: string) =>
  session.prepare(`SELECT placement, mode, crossing FROM gates WHERE shop = ?1 AND mode <> 'off'`).bind(shop)

/** All off where they are of another release. */
export function readGates(result: D1Result): Gates {
  const rows = result.results as Array<Pick<Row, 'placement' | 'mode' | 'crossing'>>
  const parsed = gatesSchema.safeParse(
    Object.fromEntries(rows.map(({ placement, mode, crossing }) => [placement, { mode, crossing }])),
  )
  return parsed.success ? parsed.data : {}
}

import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'

/**
 * What became of a delivery. `partial`: something of it was applied and something lies among the dead letters.
 * `waiting`: all that it asks for is still owed.
 */
export const DELIVERY_OUTCOMES = ['applied', 'waiting', 'ignored', 'partial', 'dead_letter'] as const
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number]

/** What a delivery asked for, by kind; kinds that it did not ask for are absent. */
export type DeliveryCounts = Readonly<Record<string, number>>

/** The memory of one delivery. */
export interface DeliveryRow {
  source: string
  /** The same over retries of one delivery and no other's. */
  id: string
  topic: string
  receivedAtMs: number
  outcome: DeliveryOutcome
  counts: DeliveryCounts
}

/** What a delivery owes and cannot be done yet. */
export interface WaitingEffect {
  source: string
  /** Names the thing and not the delivery, so that asking twice is one piece of work. */
  key: string
  kind: 'refund' | 'fetch'
  /** What it waits for: the order of a refund, the product of a fetch. */
  ref: string
  /** The effect itself, as JSON text. */
  effect: string
  /** The effect's own clock; of two askings the later one stays. */
  atMs: number
  createdAtMs: number
  dueAtMs: number
}

/** A statement's list stays far below D1's 2 MB a parameter. */
const WAITING_PER_STATEMENT = 200

/**
 * Remembers a delivery; for the batch that commits its items. A delivery that is known stays as it was, unless it had
 * ended among the dead letters and was read again.
 */
export function deliveryStatement(db: D1Database, shop: string, row: DeliveryRow): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO deliveries (shop, source, id, topic, received_at, outcome, counts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (shop, source, id) DO UPDATE SET topic = excluded.topic, outcome = excluded.outcome, counts = excluded.counts
       WHERE deliveries.outcome IN ('dead_letter', 'partial')`,
    )
    .bind(shop, row.source, row.id, row.topic, row.receivedAtMs, row.outcome, JSON.stringify(row.counts))
}

/** Remembers what is still owed; for the same batch. Of one key the effect with the later clock stays, and is due again. */
export function waitingStatements(db: D1Database, shop: string, rows: readonly WaitingEffect[]): D1PreparedStatement[] {
  const field = (name: string) => `json_extract(value, '$.${name}')`
  const statements: D1PreparedStatement[] = []
  for (let from = 0; from < rows.length; from += WAITING_PER_STATEMENT) {
    statements.push(
      db
        .prepare(
          `INSERT INTO waiting_effects (shop, source, key, kind, ref, effect, at, created_at, due_at)
           SELECT ?1, ${['source', 'key', 'kind', 'ref', 'effect', 'atMs', 'createdAtMs', 'dueAtMs'].map(field).join(', ')}
           FROM json_each(?2) WHERE true
           ON CONFLICT (shop, source, key) DO UPDATE SET version = version + 1, attempts = 0, error = NULL,
             effect = CASE WHEN excluded.at >= at THEN excluded.effect ELSE effect END,
             at = MAX(at, excluded.at), due_at = MIN(due_at, excluded.due_at),
             created_at = CASE WHEN kind = 'refund' THEN created_at ELSE excluded.created_at END`,
        )
        .bind(shop, JSON.stringify(rows.slice(from, from + WAITING_PER_STATEMENT))),
    )
  }
  return statements
}

import type { D1Database } from '@cloudflare/workers-types'

export interface ModelBatch {
  /** Ours: the name that reservations carry. */
  batch: string
  shop: string
  provider: string
  /** The provider's; null between the decision to submit and the provider's answer. */
  name: string | null
  state: 'submitting' | 'running' | 'ended' | 'failed'
  calls: number
  done: number
  createdAtMs: number
}

/** Batches handed to a provider, so that a restart asks for them and never sends them again. */
export interface ModelBatchStore {
  begin(batch: Pick<ModelBatch, 'batch' | 'shop' | 'provider'>, nowMs: number): Promise<void>
  running(batch: string, name: string, calls: number): Promise<void>
  progressed(batch: string, done: number): Promise<void>
  ended(batch: string, state: 'ended' | 'failed', nowMs: number): Promise<void>
  /** By the provider's name or by ours. */
  byName(shop: string, name: string): Promise<ModelBatch | null>
  /** What a shop waits for, oldest first. */
  open(shop: string): Promise<ModelBatch[]>
}

interface Row {
  batch: string
  shop: string
  provider: string
  name: string | null
  state: ModelBatch['state']
  calls: number
  done: number
  created_at: number
}

const COLUMNS = 'batch, shop, provider, name, state, calls, done, created_at'

export function createModelBatchStore(db: D1Database): ModelBatchStore {
  return {
    async begin({ batch, shop, provider }, nowMs) {
      await db
        .prepare(
          `INSERT INTO model_batches (batch, shop, provider, state, calls, created_at) VALUES (?1, ?2, ?3, 'submitting', 0, ?4)`,
        )
        .bind(batch, shop, provider, nowMs)
        .run()
    },
    async running(batch, name, calls) {
      await db
        .prepare(
          `UPDATE model_batches SET state = 'running', name = ?2, calls = ?3 WHERE batch = ?1 AND state = 'submitting'`,
        )
        .bind(batch, name, calls)
        .run()
    },
    async progressed(batch, done) {
      await db.prepare('UPDATE model_batches SET done = ?2 WHERE batch = ?1 AND done <> ?2').bind(batch, done).run()
    },
    async ended(batch, state, nowMs) {
      await db
        .prepare('UPDATE model_batches SET state = ?2, ended_at = ?3, done = calls WHERE batch = ?1')
        .bind(batch, state, nowMs)
        .run()
    },
    async byName(shop, name) {
      const row = await db
        .prepare(`SELECT ${COLUMNS} FROM model_batches WHERE shop = ?1 AND (name = ?2 OR batch = ?2)`)
        .bind(shop, name)
        .first<Row>()
      return row ? toBatch(row) : null
    },
    async open(shop) {
      const { results } = await db
        .prepare(
          `SELECT ${COLUMNS} FROM model_batches WHERE shop = ?1 AND state IN ('submitting', 'running') ORDER BY created_at, batch`,
        )
        .bind(shop)
        .all<Row>()
      return results.map(toBatch)
    },
  }
}

const toBatch = ({ created_at, ...row }: Row): ModelBatch => ({ ...row, createdAtMs: created_at })

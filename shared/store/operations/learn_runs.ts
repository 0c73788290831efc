import type { D1Database } from '@cloudflare/workers-types'
import type { RunOrigin } from '../learning_artefacts.ts'

/** A learning run: which it is and where it stands. */
export interface LearnRun {
  shop: string
  run: string
  origin: RunOrigin
  state: 'running' | 'published' | 'ended'
  step: string
  cursor: number
  startedAtMs: number
  updatedAtMs: number
  error: string | null
}

export interface LearnRunStore {
  /** The run under way of every shop that has one. */
  allRunning(): Promise<LearnRun[]>
  running(shop: string): Promise<LearnRun | null>
  /** The run that was begun last, whatever came of it. */
  latest(shop: string): Promise<LearnRun | null>
  find(shop: string, origin: RunOrigin, run: string): Promise<LearnRun | null>
  /** The run whose rows are in use. */
  published(shop: string): Promise<LearnRun | null>
  /** Begins a run at its first step, or begins an ended one again. */
  begin(shop: string, origin: RunOrigin, run: string, step: string, nowMs: number): Promise<void>
  /** Notes that everything before `to` is in R2. @throws RunEnded where the run is not where it is thought to be */
  commit(run: LearnRun, to: { step: string; cursor: number }, nowMs: number): Promise<LearnRun>
  /** Makes the run the one in use; a former one is forgotten. @throws RunEnded */
  publish(run: LearnRun, nowMs: number): Promise<void>
  end(run: LearnRun, error: string | null, nowMs: number): Promise<void>
  /** Ends what is under way and forgets what was published: what was learned from is no longer there. */
  endAll(shop: string, nowMs: number): Promise<void>
}

/** Somebody ended the run meanwhile, or went on with it. */
export class RunEnded extends Error {
  constructor({ shop, run }: Pick<LearnRun, 'shop' | 'run'>) {
    super(`the learning run ${run} of ${shop} is not under way any more`)
    this.name = 'RunEnded'
  }
}

interface Row {
  shop: string
  run: string
  origin: RunOrigin
  state: LearnRun['state']
  step: string
  cursor: number
  started_at: number
  updated_at: number
  error: string | null
}

const COLUMNS = 'shop, run, origin, state, step, cursor, started_at, updated_at, error'
/** Is the run where its holder thinks it is? */
const STANDS = `shop = ?1 AND origin = ?2 AND run = ?3 AND state = 'running' AND step = ?4 AND cursor = ?5`

export function createLearnRunStore(db: D1Database): LearnRunStore {
  const one = async (where: string, ...values: unknown[]) => {
    const row = await db
      .prepare(`SELECT ${COLUMNS} FROM learn_runs WHERE ${where}`)
      .bind(...values)
      .first<Row>()
    return row === null ? null : toRun(row)
  }
  const place = (run: LearnRun) => [run.shop, run.origin, run.run, run.step, run.cursor] as const
  return {
    async allRunning() {
      const { results } = await db.prepare(`SELECT ${COLUMNS} FROM learn_runs WHERE state = 'running'`).all<Row>()
      return results.map(toRun)
    },
    running: (shop) => one(`shop = ?1 AND state = 'running'`, shop),
    latest: (shop) => one('shop = ?1 ORDER BY started_at DESC, run LIMIT 1', shop),
    find: (shop, origin, run) => one('shop = ?1 AND origin = ?2 AND run = ?3', shop, origin, run),
    published: (shop) => one(`shop = ?1 AND state = 'published' ORDER BY updated_at DESC LIMIT 1`, shop),
    async begin(shop, origin, run, step, nowMs) {
      await db
        .prepare(
          `INSERT INTO learn_runs (shop, origin, run, state, step, cursor, started_at, updated_at)
           VALUES (?1, ?2, ?3, 'running', ?4, 0, ?5, ?5)
           ON CONFLICT (shop, origin, run) DO UPDATE SET
             state = 'running', step = ?4, cursor = 0, started_at = ?5, updated_at = ?5, error = NULL`,
        )
        .bind(shop, origin, run, step, nowMs)
        .run()
    },
    async commit(run, to, nowMs) {
      const { meta } = await db
        .prepare(`UPDATE learn_runs SET step = ?6, cursor = ?7, updated_at = ?8 WHERE ${STANDS}`)
        .bind(...place(run), to.step, to.cursor, nowMs)
        .run()
      if (meta.changes === 0) throw new RunEnded(run)
      return { ...run, ...to, updatedAtMs: nowMs }
    },
    async publish(run, nowMs) {
      const [, now] = await db.batch([
        db
          .prepare(
            `DELETE FROM learn_runs WHERE shop = ?1 AND state <> 'running'
               AND EXISTS (SELECT 1 FROM learn_runs WHERE ${STANDS})`,
          )
          .bind(...place(run)),
        db
          .prepare(`UPDATE learn_runs SET state = 'published', updated_at = ?6 WHERE ${STANDS}`)
          .bind(...place(run), nowMs),
      ])
      if (now!.meta.changes === 0) throw new RunEnded(run)
    },
    async end(run, error, nowMs) {
      await db
        .prepare(
          `UPDATE learn_runs SET state = 'ended', error = ?4, updated_at = ?5
           WHERE shop = ?1 AND origin = ?2 AND run = ?3 AND state = 'running'`,
        )
        .bind(run.shop, run.origin, run.run, error, nowMs)
        .run()
    },
    async endAll(shop, nowMs) {
      await db
        .prepare(`UPDATE learn_runs SET state = 'ended', error = NULL, updated_at = ?2 WHERE shop = ?1`)
        .bind(shop, nowMs)
        .run()
    },
  }
}

const toRun = (row: Row): LearnRun => ({
  shop: row.shop,
  run: row.run,
  origin: row.origin,
  state: row.state,
  step: row.step,
  cursor: row.cursor,
  startedAtMs: row.started_at,
  updatedAtMs: row.updated_at,
  error: row.error,
})

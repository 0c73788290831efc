import type { D1Database } from '@cloudflare/workers-types'

export interface JobRow {
  shop: string
  job: string
  state: 'idle' | 'running' | 'failed'
  cursor: string | null
  done: number
  total: number
  startedAtMs: number | null
  finishedAtMs: number | null
  error: string | null
  /** Something happened since the last start that the job has to see. */
  due: boolean
  /** A job that waits on purpose goes on then. */
  nextRunAtMs: number | null
}

/** Jobs as people see them, and the cursor that lets one go on where it stood. */
export interface JobStore {
  get(shop: string, job: string): Promise<JobRow | null>
  list(shop: string): Promise<JobRow[]>
  /** Jobs of every shop, in the order of shop and job. */
  all(limit: number): Promise<JobRow[]>
  /** One job of every shop that ever had it. */
  named(job: string): Promise<JobRow[]>
  /** Says that there is something for the job to do. */
  due(shop: string, job: string): Promise<void>
  started(shop: string, job: string, total: number, nowMs: number): Promise<void>
  /** A cursor of null leaves the former. */
  progressed(shop: string, job: string, done: number, total: number, cursor: string | null): Promise<void>
  finished(shop: string, job: string, nowMs: number, cursor: string | null): Promise<void>
  failed(shop: string, job: string, error: string, nowMs: number): Promise<void>
  /** Has the job wait until a moment, and says why: a closed code. Its next start ends the waiting. */
  waits(shop: string, job: string, why: string, untilMs: number, cursor: string | null): Promise<void>
  /** Says when a job that is due will run. Its next start forgets it. */
  planned(shop: string, job: string, atMs: number): Promise<void>
  /** Ends the waiting at once. */
  wake(shop: string, job: string): Promise<void>
}

interface Row {
  shop: string
  job: string
  state: JobRow['state']
  cursor: string | null
  done: number
  total: number
  started_at: number | null
  finished_at: number | null
  error: string | null
  due: number
  next_run_at: number | null
}

const COLUMNS = 'shop, job, state, cursor, done, total, started_at, finished_at, error, due, next_run_at'
const UPSERT = 'ON CONFLICT (shop, job) DO UPDATE SET'

export function createJobStore(db: D1Database): JobStore {
  return {
    async get(shop, job) {
      const row = await db
        .prepare(`SELECT ${COLUMNS} FROM jobs WHERE shop = ?1 AND job = ?2`)
        .bind(shop, job)
        .first<Row>()
      return row ? toJob(row) : null
    },
    async list(shop) {
      const { results } = await db
        .prepare(`SELECT ${COLUMNS} FROM jobs WHERE shop = ?1 ORDER BY job`)
        .bind(shop)
        .all<Row>()
      return results.map(toJob)
    },
    async all(limit) {
      const { results } = await db
        .prepare(`SELECT ${COLUMNS} FROM jobs ORDER BY shop, job LIMIT ?1`)
        .bind(limit)
        .all<Row>()
      return results.map(toJob)
    },
    async named(job) {
      const { results } = await db.prepare(`SELECT ${COLUMNS} FROM jobs WHERE job = ?1`).bind(job).all<Row>()
      return results.map(toJob)
    },
    async due(shop, job) {
      await db
        .prepare(`INSERT INTO jobs (shop, job, state, due) VALUES (?1, ?2, 'idle', 1) ${UPSERT} due = 1`)
        .bind(shop, job)
        .run()
    },
    async started(shop, job, total, nowMs) {
      await db
        .prepare(
          `INSERT INTO jobs (shop, job, state, done, total, started_at) VALUES (?1, ?2, 'running', 0, ?3, ?4)
           ${UPSERT} state = 'running', done = 0, total = ?3, started_at = ?4, error = NULL, due = 0, next_run_at = NULL`,
        )
        .bind(shop, job, total, nowMs)
        .run()
    },
    async progressed(shop, job, done, total, cursor) {
      await db
        .prepare('UPDATE jobs SET done = ?3, total = ?4, cursor = COALESCE(?5, cursor) WHERE shop = ?1 AND job = ?2')
        .bind(shop, job, done, total, cursor)
        .run()
    },
    async finished(shop, job, nowMs, cursor) {
      await db
        .prepare(
          `INSERT INTO jobs (shop, job, state, finished_at, cursor) VALUES (?1, ?2, 'idle', ?3, ?4)
           ${UPSERT} state = 'idle', finished_at = ?3, cursor = ?4, done = total, error = NULL`,
        )
        .bind(shop, job, nowMs, cursor)
        .run()
    },
    async failed(shop, job, error, nowMs) {
      await db
        .prepare(
          `INSERT INTO jobs (shop, job, state, finished_at, error) VALUES (?1, ?2, 'failed', ?3, ?4)
           ${UPSERT} state = 'failed', finished_at = ?3, error = ?4`,
        )
        .bind(shop, job, nowMs, error.slice(0, 500))
        .run()
    },
    async waits(shop, job, why, untilMs, cursor) {
      await db
        .prepare(
          `INSERT INTO jobs (shop, job, state, error, next_run_at, cursor, due) VALUES (?1, ?2, 'idle', ?3, ?4, ?5, 1)
           ${UPSERT} state = 'idle', error = ?3, next_run_at = ?4, cursor = ?5, due = 1`,
        )
        .bind(shop, job, why.slice(0, 500), untilMs, cursor)
        .run()
    },
    async planned(shop, job, atMs) {
      await db.prepare('UPDATE jobs SET next_run_at = ?3 WHERE shop = ?1 AND job = ?2').bind(shop, job, atMs).run()
    },
    async wake(shop, job) {
      await db.prepare('UPDATE jobs SET next_run_at = NULL, due = 1 WHERE shop = ?1 AND job = ?2').bind(shop, job).run()
    },
  }
}

const toJob = (row: Row): JobRow => ({
  shop: row.shop,
  job: row.job,
  state: row.state,
  cursor: row.cursor,
  done: row.done,
  total: row.total,
  startedAtMs: row.started_at,
  finishedAtMs: row.finished_at,
  error: row.error,
  due: row.due === 1,
  nextRunAtMs: row.next_run_at,
})

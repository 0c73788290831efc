import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import type { Lease } from './operations/leases.ts'

/** As the migrations' triggers say it. */
const LOST = 'lease_lost'
const WRITE = '(?:INSERT|UPDATE|DELETE|REPLACE)\\b'
/** A common table expression may stand before either: any word of writing in it counts. */
const WRITES = new RegExp(`^\\s*(?:${WRITE}|WITH\\b[^]*?\\b${WRITE})`, 'i')

/** Whether a write was refused because a later holder of the lease had written. */
export const isLeaseLost = (error: unknown): boolean => error instanceof Error && error.message.includes(LOST)

/** A statement as the database gave it, and what it says. */
interface Made {
  inner: D1PreparedStatement
  writes: boolean
}

/**
 * The database in the hands of a lease's holder: every write raises the lease's fence in its own transaction, and fails
 * as a whole when a later holder has raised it higher. Reads pass. (The pattern: Kleppmann, "How to do distributed
 * locking", 2016: a lease alone cannot stop a holder that slept.)
 */
export function fencedD1(db: D1Database, lease: Lease): D1Database {
  const made = new WeakMap<object, Made>()
  const guarded = async (inner: D1PreparedStatement) => (await db.batch([raiseStatement(db, lease), inner]))[1]!
  const wrap = (inner: D1PreparedStatement, writes: boolean): D1PreparedStatement => {
    const statement = {
      bind: (...values: unknown[]) => wrap(inner.bind(...values), writes),
      run: () => (writes ? guarded(inner) : inner.run()),
      all: () => (writes ? guarded(inner) : inner.all()),
      async first(column?: string) {
        if (!writes) return column === undefined ? inner.first() : inner.first(column)
        const row = (await guarded(inner)).results[0] as Record<string, unknown> | undefined
        return row === undefined ? null : column === undefined ? row : (row[column] ?? null)
      },
      raw: (options?: { columnNames: true }) => {
        if (writes) throw new TypeError('a fenced write has no raw form')
        return options === undefined ? inner.raw() : inner.raw(options)
      },
    } as unknown as D1PreparedStatement
    made.set(statement, { inner, writes })
    return statement
  }
  const surface = (target: Pick<D1Database, 'prepare' | 'batch'>) => ({
    prepare: (sql: string) => wrap(target.prepare(sql), WRITES.test(sql)),
    async batch(statements: D1PreparedStatement[]) {
      const parts = statements.map((one) => made.get(one) ?? { inner: one, writes: true })
      const list = parts.map((part) => part.inner)
      if (!parts.some((part) => part.writes)) return target.batch(list)
      return (await target.batch([raiseStatement(target, lease), ...list])).slice(1)
    },
  })
  return {
    ...surface(db),
    withSession: (constraint?: string) => {
      const session = db.withSession(constraint)
      return { ...surface(session), getBookmark: () => session.getBookmark() }
    },
  } as unknown as D1Database
}

/** Raises the fence at once: whoever held the lease before can write no more from here on. */
export async function raiseFence(db: D1Database, lease: Lease): Promise<void> {
  await raiseStatement(db, lease).run()
}

const raiseStatement = (db: Pick<D1Database, 'prepare'>, lease: Lease) =>
  db
    .prepare(
      // An equal fence writes nothing; a lower one meets the trigger.
      `INSERT INTO fences (name, fence) VALUES (?1, ?2)
       ON CONFLICT (name) DO UPDATE SET fence = excluded.fence WHERE fences.fence <> excluded.fence`,
    )
    .bind(lease.name, lease.fence)

import type { D1Database, D1DatabaseSession, D1PreparedStatement } from '@cloudflare/workers-types'

interface Pending {
  near: D1DatabaseSession
  statements: D1PreparedStatement[]
  results: Promise<ReadonlyArray<{ results: readonly unknown[] }>>
}

/**
 * One for each database, for as long as the code that began a read goes on without waiting: it never holds what another
 * request began, which the platform would not let it wait for.
 */
const pending = new WeakMap<D1Database, Pending>()

/**
 * A statement's first row as the nearest replica has it, null where there is none: without a session the primary would
 * be asked, which may be a continent away. Reads that are begun together are one call, whoever begins them, and fail
 * together. Rejects when D1 does.
 */
export async function readRow<Row>(
  db: D1Database,
  statement: (near: D1DatabaseSession) => D1PreparedStatement,
): Promise<Row | null> {
  const own = pending.get(db) ?? begin(db)
  const place = own.statements.push(statement(own.near)) - 1
  return ((await own.results)[place]!.results[0] as Row | undefined) ?? null
}

function begin(db: D1Database): Pending {
  const near = db.withSession('first-unconstrained')
  const statements: D1PreparedStatement[] = []
  const results = Promise.resolve().then(() => {
    pending.delete(db)
    return near.batch(statements)
  })
  const own = { near, statements, results }
  pending.set(db, own)
  return own
}

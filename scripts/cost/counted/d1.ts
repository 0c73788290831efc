import type { D1Database, D1PreparedStatement, D1Result } from '@cloudflare/workers-types'
import type { Meter } from '../meter.ts'

export interface Query {
  sql: string
  params: readonly unknown[]
}

/** What one call to a database did, in the order in which databases did it. */
export interface Transaction {
  account: string
  database: string
  queries: readonly Query[]
}

type Surface = Pick<D1Database, 'prepare' | 'batch'>

/**
 * D1 that counts statements and the rows that its answers name in `meta`. Over node:sqlite these are rows returned and
 * changed, not rows scanned: `onTransaction` hands on what was asked, so that the real runtime can be asked as well.
 */
export function countedD1(
  name: string,
  db: D1Database,
  meter: Meter,
  onTransaction: (one: Transaction) => void = () => {},
): D1Database {
  const queries = new WeakMap<object, Query>()
  const note = (asked: readonly Query[], results: readonly D1Result[]) => {
    meter.add('d1.statements', asked.length)
    for (const { meta } of results) {
      meter.add('d1.rowsRead', meta.rows_read)
      meter.add('d1.rowsWritten', meta.rows_written)
    }
    onTransaction({ account: meter.account(), database: name, queries: asked })
  }
  const given = (target: Surface, { sql, params }: Query) =>
    params.length === 0 ? target.prepare(sql) : target.prepare(sql).bind(...params)
  const surface = (target: Surface) => {
    const statement = (query: Query): D1PreparedStatement => {
      const all = async () => {
        const result = await meter.apart(() => given(target, query).all())
        note([query], [result])
        return result
      }
      const made = {
        bind: (...params: unknown[]) => statement({ sql: query.sql, params }),
        all,
        run: all,
        first: async (column?: string) => firstOf(await all(), column),
        raw: () => Promise.reject(new TypeError('raw() tells no rows read, so it is not counted; no store uses it')),
      } as unknown as D1PreparedStatement
      queries.set(made, query)
      return made
    }
    return {
      prepare: (sql: string) => statement({ sql, params: [] }),
      async batch(statements: D1PreparedStatement[]) {
        const asked = statements.map((one) => {
          const query = queries.get(one)
          if (query === undefined) throw new TypeError('batch() takes statements of a counted database')
          return query
        })
        const results = await meter.apart(() => target.batch(asked.map((query) => given(target, query))))
        note(asked, results)
        return results
      },
    }
  }
  return {
    ...surface(db),
    withSession(constraint?: string) {
      const session = db.withSession(constraint)
      return { ...surface(session), getBookmark: () => session.getBookmark() }
    },
    exec: () => Promise.reject(new TypeError('exec() tells no rows read, so it is not counted; no store uses it')),
  } as unknown as D1Database
}

function firstOf({ results }: D1Result, column: string | undefined): unknown {
  const row = results[0] as Record<string, unknown> | undefined
  if (row === undefined) return null
  if (column === undefined) return row
  if (!Object.hasOwn(row, column)) throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`)
  return row[column]
}

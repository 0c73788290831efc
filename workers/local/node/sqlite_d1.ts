/**
 * D1 for Node, over node:sqlite: the binding's methods, limits, value types and error texts.
 *
 * Different from D1: `rows_read` is the number of rows returned (SQLite's scan count is not exposed to Node), error
 * texts lack SQLite's "at offset N" except for too many variables, named parameters are refused, and `size_after` is 0.
 */
import type { D1Database } from '@cloudflare/workers-types'
import { type BoundValue, type Query, type QueryOutcome, SqliteCore } from './sqlite_core.ts'
import { d1Error } from './sqlite_errors.ts'

/** A committed transaction that changed something, as laggingD1 replays it. */
export interface Commit {
  /** Counts from 1. */
  number: number
  queries: readonly Query[]
}

/** A D1Database, and what a simulation needs beside it. */
export interface SqliteD1 extends D1Database {
  readonly core: SqliteCore
  /** Runs one transaction, as batch() does, and gives its raw outcome. */
  execute(queries: readonly Query[]): QueryOutcome[]
  /** The number of commits so far. */
  commits(): number
  onCommit(listener: (commit: Commit) => void): void
  close(): void
}

export interface D1Answer<T = Record<string, unknown>> {
  success: true
  meta: Record<string, unknown>
  results: T[]
}

/** Runs one transaction and says which database served it. */
export type Execute = (queries: readonly Query[]) => { outcomes: QueryOutcome[]; primary: boolean }

/** @param options.waits false: commits outlive the process and not the machine, in a hundredth of the time */
export function createSqliteD1({ path = ':memory:', waits = true }: { path?: string; waits?: boolean } = {}): SqliteD1 {
  const core = new SqliteCore(path, waits)
  const listeners: ((commit: Commit) => void)[] = []
  let commits = 0
  const execute: Execute = (queries) => {
    const outcomes = core.transaction(queries)
    if (outcomes.some((outcome) => !outcome.readOnly)) {
      commits++
      for (const listener of listeners) listener({ number: commits, queries })
    }
    return { outcomes, primary: true }
  }
  const surface = d1Surface(execute)
  const database = {
    ...surface,
    core,
    execute: (queries: readonly Query[]) => execute(queries).outcomes,
    commits: () => commits,
    onCommit: (listener: (commit: Commit) => void) => listeners.push(listener),
    close: () => core.database.close(),
    withSession: () => {
      let used = false
      const session = d1Surface((queries) => {
        used = true
        return execute(queries)
      })
      return { ...session, getBookmark: () => (used ? bookmark(commits) : null) }
    },
    dump: () => Promise.reject(d1Error('dump() serves alpha databases only')),
  }
  return database as unknown as SqliteD1
}

/** A session bookmark that names a commit. */
export const bookmark = (commits: number): string =>
  `${'0'.repeat(8)}-${commits.toString(16).padStart(8, '0')}-${'0'.repeat(8)}-${'0'.repeat(32)}`

/** The commit that a bookmark names; null when it is not one. */
export function commitOf(text: string): number | null {
  const match = /^0{8}-([0-9a-f]{8})-0{8}-0{32}$/.exec(text)
  return match === null ? null : Number.parseInt(match[1]!, 16)
}

/** prepare, batch and exec over any executor. */
export function d1Surface(execute: Execute) {
  const queries = new WeakMap<object, Query>()
  const answer = (list: readonly Query[]): D1Answer[] => {
    const { outcomes, primary } = prefixed(execute, list)
    return outcomes.map((outcome) => toAnswer(outcome, primary))
  }
  const statement = (query: Query): object => {
    const run = async () => answer([query])[0]!
    const made = {
      bind: (...values: unknown[]) => statement({ sql: query.sql, params: values.map(toBound) }),
      all: run,
      run,
      first: async (column?: string) => firstOf(await run(), column),
      raw: async (options?: { columnNames?: boolean }) => {
        const { outcomes } = prefixed(execute, [query])
        const { columns, rows } = outcomes[0]!
        return options?.columnNames === true ? [columns, ...rows] : rows
      },
    }
    queries.set(made, query)
    return made
  }
  return {
    prepare: (sql: string) => statement({ sql: String(sql), params: [] }),
    batch: async (statements: object[]) =>
      answer(
        statements.map((each) => {
          const query = queries.get(each)
          if (query === undefined) throw new TypeError('batch() takes statements prepared by the same database')
          return query
        }),
      ),
    exec: async (script: string) => execLines(execute, script),
  }
}

function prefixed(execute: Execute, queries: readonly Query[]) {
  try {
    return execute(queries)
  } catch (error) {
    throw d1Error(error instanceof Error ? error.message : String(error))
  }
}

/**
 * D1's exec cuts at line ends, so a statement must not span lines. The local runtime sends all lines as one transaction
 * and blames the first for any failure; so does this.
 */
function execLines(execute: Execute, script: string): { count: number; duration: number } {
  const started = performance.now()
  const lines = script.trim().split('\n')
  try {
    const { outcomes } = execute(lines.map((sql) => ({ sql, params: [] })))
    return { count: outcomes.length, duration: performance.now() - started }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw d1Error(`Error in line 1: ${lines[0]}: ${text}`, 'D1_EXEC_ERROR')
  }
}

function toAnswer({ columns, rows, changes, lastRowId, durationMs }: QueryOutcome, primary: boolean): D1Answer {
  return {
    success: true,
    meta: {
      served_by: 'sqlite',
      served_by_primary: primary,
      duration: durationMs,
      timings: { sql_duration_ms: durationMs },
      changes,
      last_row_id: lastRowId,
      changed_db: changes > 0,
      size_after: 0,
      rows_read: rows.length,
      rows_written: changes,
      total_attempts: 1,
    },
    results: rows.map((row) => {
      const record: Record<string, unknown> = {}
      for (let i = 0; i < columns.length; i++) record[columns[i]!] = row[i]
      return record
    }),
  }
}

function firstOf({ results }: D1Answer, column: string | undefined): unknown {
  const row = results[0]
  if (row === undefined) return null
  if (column === undefined) return row
  if (!Object.hasOwn(row, column)) throw d1Error(`Column not found (${column})`, 'D1_COLUMN_NOTFOUND')
  return row[column]
}

function toBound(value: unknown): BoundValue {
  if (value === null || typeof value === 'string') return value
  // JSON on the way to D1 turns what it cannot write into null.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0))
  if (value instanceof Uint8Array) return value.slice()
  // D1 reads the elements of any other typed array as bytes, not its memory.
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Uint8Array.from(value as unknown as number[])
  // A list of bytes, as blobs come back, may be bound again.
  if (Array.isArray(value) && value.every(isByte)) return Uint8Array.from(value)
  throw d1Error(`Type '${typeof value}' not supported for value '${String(value)}'`, 'D1_TYPE_ERROR')
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255

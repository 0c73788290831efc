import { constants, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  BOUND_PARAMETERS_MAX,
  COLUMNS_MAX,
  COMPOUND_SELECT_MAX,
  EXPRESSION_DEPTH_MAX,
  FUNCTION_ARGUMENTS_MAX,
  LIKE_PATTERN_MAX,
  SQL_BYTES_MAX,
  TRIGGER_DEPTH_MAX,
  VALUE_BYTES_MAX,
  VDBE_OPS_MAX,
} from './d1_limits.ts'
import { scanSql } from './sql_scan.ts'
import { sqliteFailure } from './sqlite_errors.ts'

export type BoundValue = string | number | null | Uint8Array
export interface Query {
  sql: string
  params: readonly BoundValue[]
}
export interface QueryOutcome {
  columns: string[]
  rows: unknown[][]
  changes: number
  lastRowId: number
  durationMs: number
  /** Whether the text only reads. */
  readOnly: boolean
}

/** Compiled statements kept; an application has a few dozen texts, a test a few hundred. */
const STATEMENTS_KEPT = 512
const READ_ACTIONS = new Set<number>([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_PRAGMA,
])
/** As in production and in the local runtime; most others are refused. */
const PRAGMAS = new Set(
  (
    'table_info table_list table_xinfo index_info index_list index_xinfo foreign_keys foreign_key_check ' +
    'foreign_key_list defer_foreign_keys ignore_check_constraints case_sensitive_like recursive_triggers ' +
    'reverse_unordered_selects legacy_alter_table optimize quick_check function_list data_version page_count'
  ).split(' '),
)
const TRANSACTION_REFUSAL =
  'To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() APIs ' +
  'instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will ' +
  "automatically roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic " +
  'write coalescing.'

interface Compiled {
  last: StatementSync
  columns: string[]
  parameters: number
  readOnly: boolean
}

/** One SQLite database with D1's limits and refusals; synchronous. Failures carry D1's text without its prefix. */
export class SqliteCore {
  readonly database: DatabaseSync
  readonly #compiled = new Map<string, Compiled>()
  #counters: StatementSync
  /** Our own BEGIN and COMMIT pass the authorizer, a caller's do not. */
  #trusted = true
  #sawWrite = false

  /** @param waits for the disk: without it a commit outlives its process, and not the machine */
  constructor(path: string, waits = true) {
    this.database = new DatabaseSync(path, {
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: true,
      limits: {
        sqlLength: SQL_BYTES_MAX,
        variableNumber: BOUND_PARAMETERS_MAX,
        column: COLUMNS_MAX,
        compoundSelect: COMPOUND_SELECT_MAX,
        exprDepth: EXPRESSION_DEPTH_MAX,
        functionArg: FUNCTION_ARGUMENTS_MAX,
        likePatternLength: LIKE_PATTERN_MAX,
        vdbeOp: VDBE_OPS_MAX,
        triggerDepth: TRIGGER_DEPTH_MAX,
        length: VALUE_BYTES_MAX,
      },
    })
    // What is deleted is overwritten: a file that is looked through tells nothing that is gone.
    this.database.exec('PRAGMA secure_delete = ON')
    if (!waits) this.database.exec('PRAGMA synchronous = OFF')
    this.#counters = this.#prepareCounters()
    this.database.setAuthorizer((action, first, second) => this.#authorize(action, first, second))
    this.#trusted = false
  }

  /** Takes over another database's content, whole. */
  copyFrom(source: SqliteCore): void {
    const image = source.#trust(() => source.database.serialize())
    this.#trust(() => this.database.deserialize(image))
    // Loading an image ends every statement that was compiled before.
    this.#compiled.clear()
    this.#counters = this.#prepareCounters()
  }

  /** Whether one statement only reads; SQLite's authorizer reports what compiling it asks for. */
  isReadOnly(sql: string): boolean {
    // A list may write in its first statement, and compiling it would run that.
    if (scanSql(sql).statements.length !== 1) return false
    try {
      return this.#compile(sql).readOnly
    } catch {
      return false
    }
  }

  /** Runs queries in order as one transaction; all or none. */
  transaction(queries: readonly Query[]): QueryOutcome[] {
    // What is compiled is one statement, which SQLite makes atomic by itself.
    const alone = queries.length === 1 && this.#compiled.has(queries[0]!.sql)
    const live = alone ? queries : queries.filter(({ sql }) => sql.replace(/^\s*--.*/gm, '').trim() !== '')
    if (live.length === 0) throw new Error('No SQL statements detected.')
    try {
      if (alone) return [this.#run(live[0]!)]
      this.#trust(() => this.database.exec('BEGIN'))
      const outcomes = live.map((query) => this.#run(query))
      this.#trust(() => this.database.exec('COMMIT'))
      return outcomes
    } catch (error) {
      if (this.database.isTransaction) this.#trust(() => this.database.exec('ROLLBACK'))
      throw new Error(sqliteFailure(error), { cause: error })
    }
  }

  #run({ sql, params }: Query): QueryOutcome {
    const started = performance.now()
    const before = this.#count()
    const compiled = this.#compile(sql)
    if (params.length !== compiled.parameters) throw new Error('Wrong number of parameter bindings for SQL query.')
    const raw = compiled.last.all(...(params as SQLInputValue[])) as unknown as unknown[][]
    for (const row of raw) for (let i = 0; i < row.length; i++) row[i] = fromSqlite(row[i])
    const after = this.#count()
    return {
      columns: compiled.columns,
      rows: raw,
      changes: after.changes - before.changes,
      lastRowId: after.row,
      durationMs: performance.now() - started,
      readOnly: compiled.readOnly,
    }
  }

  /** Compiles a text. Of several statements all but the last run here, because a later one may need an earlier one. */
  #compile(sql: string): Compiled {
    const known = this.#compiled.get(sql)
    if (known !== undefined) return known
    if (Buffer.byteLength(sql) > SQL_BYTES_MAX) throw new Error('statement too long: SQLITE_TOOBIG')
    const { statements, trailingComment } = scanSql(sql, BOUND_PARAMETERS_MAX)
    const final = statements.at(-1)
    if (final === undefined || trailingComment) throw new Error('SQL code did not contain a statement.')
    // node:sqlite keeps SQLite's error offset to itself, so this one is found by the scanner.
    if (final.excessOffset !== null && !/\?\d/.test(final.sql)) {
      throw new Error(`too many SQL variables at offset ${final.excessOffset}: SQLITE_ERROR`)
    }
    this.#sawWrite = false
    const earlier = statements.slice(0, -1)
    for (const statement of earlier) this.database.exec(statement.sql)
    const last = this.database.prepare(earlier.length === 0 ? sql : final.sql)
    last.setReturnArrays(true)
    // Integers beyond 2^53 lose precision in D1; node:sqlite would throw without this.
    last.setReadBigInts(true)
    const columns = last.columns().map((column) => column.name)
    const compiled = { last, columns, parameters: final.parameters, readOnly: !this.#sawWrite }
    // A schema change may alter the columns of "*", so nothing compiled outlives one.
    if (this.#sawWrite && /^(create|alter|drop)\b/i.test(final.sql)) this.#compiled.clear()
    else if (earlier.length === 0) this.#remember(sql, compiled)
    return compiled
  }

  #remember(sql: string, compiled: Compiled): void {
    if (this.#compiled.size >= STATEMENTS_KEPT) this.#compiled.delete(this.#compiled.keys().next().value!)
    this.#compiled.set(sql, compiled)
  }

  #count(): { changes: number; row: number } {
    // FTS5 leaves a row number beyond 2^53; D1 rounds it.
    const { changes, row } = this.#counters.get() as { changes: bigint; row: bigint }
    return { changes: Number(changes), row: Number(row) }
  }

  #prepareCounters(): StatementSync {
    const counters = this.database.prepare('SELECT total_changes() AS changes, last_insert_rowid() AS row')
    counters.setReadBigInts(true)
    return counters
  }

  #trust<T>(work: () => T): T {
    this.#trusted = true
    try {
      return work()
    } finally {
      this.#trusted = false
    }
  }

  #authorize(action: number, first: string | null, second: string | null): number {
    if (!READ_ACTIONS.has(action)) this.#sawWrite = true
    if (this.#trusted) return constants.SQLITE_OK
    if (action === constants.SQLITE_TRANSACTION || action === constants.SQLITE_SAVEPOINT) {
      throw new Error(TRANSACTION_REFUSAL)
    }
    const refused =
      action === constants.SQLITE_ATTACH ||
      action === constants.SQLITE_DETACH ||
      (action === constants.SQLITE_PRAGMA && !PRAGMAS.has(first?.toLowerCase() ?? '')) ||
      (action === constants.SQLITE_FUNCTION && second === 'sqlite_version')
    return refused ? constants.SQLITE_DENY : constants.SQLITE_OK
  }
}

function fromSqlite(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Uint8Array ? [...value] : value
}

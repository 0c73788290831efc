import type { SqlStorage } from '@cloudflare/workers-types'
import type { EngineConfig } from './engine.ts'
import type { IndexedFields, Metadata, MetadataIndexes, MetadataIndexType } from './metadata.ts'
import type { EngineState, EngineStore, Mutation, Watermark } from './mutation.ts'
import type { VectorEntry } from './rows.ts'

/** The part of a Durable Object's storage that is used here. */
export interface IndexStorage {
  sql: SqlStorage
  transactionSync<T>(work: () => T): T
}

/**
 * Tables: `vector` holds what reads can see, `wal` and `wal_entry` what was accepted and is not yet visible, `fact` the
 * index's immutable configuration, its metadata indexes and its watermark. One row per vector: a row may not exceed 2 MB, a
 * batch may. A mutation of the metadata indexes has one row in `wal_entry`: the property as id, the type as `indexed`.
 */
const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS vector (
    id TEXT PRIMARY KEY, namespace TEXT, embedding BLOB NOT NULL, metadata TEXT, indexed TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS wal (
    seq INTEGER PRIMARY KEY, mutation_id TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS wal_entry (
    seq INTEGER NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL,
    namespace TEXT, embedding BLOB, metadata TEXT, indexed TEXT,
    PRIMARY KEY (seq, position)
  ) STRICT, WITHOUT ROWID`,
  'CREATE TABLE IF NOT EXISTS metadata_index (property TEXT PRIMARY KEY, type TEXT NOT NULL) STRICT, WITHOUT ROWID',
]

const COLUMNS = 'id, namespace, embedding, metadata, indexed'

const PROMOTE = {
  insert: `INSERT OR IGNORE INTO vector (${COLUMNS}) SELECT ${COLUMNS} FROM wal_entry WHERE seq = ? ORDER BY position`,
  upsert: `INSERT OR REPLACE INTO vector (${COLUMNS}) SELECT ${COLUMNS} FROM wal_entry WHERE seq = ? ORDER BY position`,
  delete: 'DELETE FROM vector WHERE id IN (SELECT id FROM wal_entry WHERE seq = ?)',
  'create-index': `INSERT OR REPLACE INTO metadata_index (property, type)
    SELECT id, indexed FROM wal_entry WHERE seq = ?`,
  'delete-index': 'DELETE FROM metadata_index WHERE property IN (SELECT id FROM wal_entry WHERE seq = ?)',
}

/** The fields of a dropped index go from every vector: an index that comes back must not find them. */
const FORGET_FIELD = `UPDATE vector SET indexed = json_remove(indexed, '$."' || ? || '"')`

interface EntryRow extends Record<string, ArrayBuffer | string | number | null> {
  id: string
  namespace: string | null
  embedding: ArrayBuffer
  metadata: string | null
  indexed: string
}

interface WalRow extends Record<string, ArrayBuffer | string | number | null> {
  seq: number
  mutation_id: string
  at_ms: number
  kind: string
}

/** An index's rows in SQLite. */
export class SqliteIndexStore implements EngineStore {
  readonly #storage: IndexStorage
  readonly #sql: SqlStorage

  constructor(storage: IndexStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    for (const statement of SCHEMA) this.#sql.exec(statement)
  }

  /**
   * Fixes dimensions and metric at the first call and refuses any other later, as an index cannot change them. Metadata
   * indexes that the configuration names and that are not there yet are there from now on.
   */
  claim({ dimensions, metric, metadataIndexes }: Omit<EngineConfig, 'visibilityDelayMs'>): void {
    const shape = JSON.stringify({ dimensions, metric })
    const known = this.#fact('shape')
    if (known === null) this.#setFact('shape', shape)
    else if (known !== shape) throw new Error(`This index was created as ${known}; it cannot become ${shape}`)
    this.#declare(metadataIndexes)
  }

  /** Everything that an engine needs to go on after a restart. Vectors are read one by one, not all at once. */
  load(): EngineState {
    const watermark = this.#fact('watermark')
    const pending = this.#sql
      .exec<WalRow>('SELECT seq, mutation_id, at_ms, kind FROM wal ORDER BY seq')
      .toArray()
      .map((row) => this.#mutation(row))
    return {
      vectors: this.#vectors(),
      pending,
      watermark: watermark === null ? null : (JSON.parse(watermark) as Watermark),
      nextSeq: Number(this.#fact('nextSeq') ?? 1),
      metadataIndexes: Object.fromEntries(
        this.#sql
          .exec<{ property: string; type: string }>('SELECT property, type FROM metadata_index')
          .toArray()
          .map(({ property, type }) => [property, type as MetadataIndexType]),
      ),
    }
  }

  /** The time of an index whose clock stands still; null before the first. */
  clockMs(): number | null {
    const text = this.#fact('clockMs')
    return text === null ? null : Number(text)
  }

  setClockMs(ms: number): void {
    this.#setFact('clockMs', String(ms))
  }

  append(mutation: Mutation): void {
    const { seq, mutationId, atMs, kind } = mutation
    this.#storage.transactionSync(() => {
      this.#sql.exec('INSERT INTO wal (seq, mutation_id, at_ms, kind) VALUES (?, ?, ?, ?)', seq, mutationId, atMs, kind)
      this.#setFact('nextSeq', String(seq + 1))
      if (mutation.kind === 'create-index' || mutation.kind === 'delete-index') {
        const type = mutation.kind === 'create-index' ? mutation.type : null
        this.#sql.exec(
          'INSERT INTO wal_entry (seq, position, id, indexed) VALUES (?, 0, ?, ?)',
          seq,
          mutation.property,
          type,
        )
      } else if (mutation.kind === 'delete') {
        const ids = JSON.stringify(mutation.ids)
        this.#sql.exec('INSERT INTO wal_entry (seq, position, id) SELECT ?, key, value FROM json_each(?)', seq, ids)
      } else {
        for (const [position, entry] of mutation.entries.entries()) this.#appendEntry(seq, position, entry)
      }
    })
  }

  promote(mutations: readonly Mutation[]): void {
    const last = mutations.at(-1)
    if (last === undefined) return
    this.#storage.transactionSync(() => {
      // Inside SQLite: the values are already there, so they do not cross into JavaScript again.
      for (const mutation of mutations) {
        this.#sql.exec(PROMOTE[mutation.kind], mutation.seq)
        if (mutation.kind === 'delete-index') this.#sql.exec(FORGET_FIELD, mutation.property)
      }
      this.#sql.exec('DELETE FROM wal_entry WHERE seq <= ?', last.seq)
      this.#sql.exec('DELETE FROM wal WHERE seq <= ?', last.seq)
      this.#setFact('watermark', JSON.stringify({ mutationId: last.mutationId, atMs: last.atMs }))
    })
  }

  #appendEntry(seq: number, position: number, { id, namespace, values, metadata, indexed }: VectorEntry): void {
    this.#sql.exec(
      `INSERT INTO wal_entry (seq, position, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      seq,
      position,
      id,
      namespace,
      values.slice().buffer as ArrayBuffer,
      metadata === null ? null : JSON.stringify(metadata),
      JSON.stringify(indexed),
    )
  }

  *#vectors(): Iterable<VectorEntry> {
    for (const row of this.#sql.exec<EntryRow>(`SELECT ${COLUMNS} FROM vector ORDER BY rowid`)) yield decode(row)
  }

  #mutation({ seq, mutation_id: mutationId, at_ms: atMs, kind }: WalRow): Mutation {
    const rows = this.#sql.exec<EntryRow>(`SELECT ${COLUMNS} FROM wal_entry WHERE seq = ? ORDER BY position`, seq)
    if (kind === 'delete') return { seq, mutationId, atMs, kind, ids: rows.toArray().map((row) => row.id) }
    if (kind === 'create-index' || kind === 'delete-index') {
      const { id: property, indexed } = rows.one()
      if (kind === 'delete-index') return { seq, mutationId, atMs, kind, property }
      return { seq, mutationId, atMs, kind, property, type: indexed as MetadataIndexType }
    }
    if (kind !== 'insert' && kind !== 'upsert') throw new Error(`Unknown mutation in the log: ${kind}`)
    return { seq, mutationId, atMs, kind, entries: rows.toArray().map(decode) }
  }

  #declare(indexes: MetadataIndexes): void {
    for (const [property, type] of Object.entries(indexes)) {
      this.#sql.exec('INSERT OR IGNORE INTO metadata_index (property, type) VALUES (?, ?)', property, type)
      const known = this.#sql
        .exec<{ type: string }>('SELECT type FROM metadata_index WHERE property = ?', property)
        .one().type
      if (known !== type)
        throw new Error(`The metadata index ${property} is of type ${known}; it cannot become ${type}`)
    }
  }

  #fact(name: string): string | null {
    const [row] = this.#sql.exec<{ value: string }>('SELECT value FROM fact WHERE name = ?', name).toArray()
    return row?.value ?? null
  }

  #setFact(name: string, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)', name, value)
  }
}

function decode({ id, namespace, embedding, metadata, indexed }: EntryRow): VectorEntry {
  return {
    id,
    namespace,
    values: new Float32Array(embedding),
    metadata: metadata === null ? null : (JSON.parse(metadata) as Metadata),
    indexed: JSON.parse(indexed) as IndexedFields,
  }
}

/**
 * The platform of all workers in one folder: databases, KV, objects, queues and vectors that outlive their process, also
 * one that is killed. Every storage call ticks.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { D1Database, KVNamespace, R2Bucket } from '@cloudflare/workers-types'
import { systemClock } from '../../../shared/base/clock.ts'
import { createMemoryKv } from '../../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../../workers/local/node/memory_vectorize.ts'
import { applyMigrations } from '../../../workers/local/node/migrations.ts'
import { createSqliteD1, type SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { DATABASES, type DatabaseName } from '../../support/migrated.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')
const VECTORS = 'vectors.bin'

/** A map whose entries are on disk as soon as they are set. */
export class StoredMap<V> extends Map<string, V> {
  #store: { set(key: string, value: Buffer): void; delete(key: string): void } | null = null

  constructor(db: DatabaseSync, name: string) {
    super()
    db.exec(`CREATE TABLE IF NOT EXISTS "${name}" (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID`)
    for (const row of db.prepare(`SELECT key, value FROM "${name}" ORDER BY key`).all())
      super.set(String(row.key), deserialize(Buffer.from(row.value as Uint8Array)) as V)
    const [put, remove] = [
      db.prepare(`INSERT OR REPLACE INTO "${name}" (key, value) VALUES (?, ?)`),
      db.prepare(`DELETE FROM "${name}" WHERE key = ?`),
    ]
    this.#store = { set: (key, value) => void put.run(key, value), delete: (key) => void remove.run(key) }
  }

  override set(key: string, value: V): this {
    this.#store?.set(key, serialize(value))
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    this.#store?.delete(key)
    return super.delete(key)
  }
}

export interface Message {
  id: string
  body: unknown
}

export type Platform = ReturnType<typeof openPlatform>

/** Calls `tick` before every call of a method. */
function ticking<T extends object>(target: T, tick: () => void): T {
  return new Proxy(target, {
    get(own, name) {
      const value: unknown = Reflect.get(own, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        tick()
        return (value as (...given: unknown[]) => unknown).apply(own, args)
      }
    },
  })
}

/** @param tick told before each storage call: where a process dies */
export function openPlatform(directory: string, tick: () => void = () => {}) {
  const other = new DatabaseSync(join(directory, 'other.sqlite'))
  other.exec('PRAGMA synchronous = OFF; PRAGMA secure_delete = ON')
  const databases = Object.fromEntries(
    DATABASES.map((name) => [name, createSqliteD1({ path: join(directory, `${name}.sqlite`), waits: false })]),
  ) as Record<DatabaseName, SqliteD1>
  const entries = new StoredMap<never>(other, 'kv')
  const objects = new StoredMap<never>(other, 'r2')
  const messages = new Map<string, StoredMap<Message>>()
  const queueOf = (name: string) => {
    const held = messages.get(name) ?? new StoredMap<Message>(other, `queue ${name}`)
    messages.set(name, held)
    return held
  }
  for (const row of other.prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'queue %'`).all())
    queueOf(String(row.name).slice('queue '.length))
  const path = join(directory, VECTORS)
  const state = existsSync(path) ? (deserialize(readFileSync(path)) as never) : undefined
  let mutations = 0
  const vectors = createMemoryVectorize({
    clock: systemClock,
    newMutationId: () => `mutation-${++mutations}`,
    ...(state === undefined ? {} : { state }),
  })
  const db = (name: DatabaseName) => ticking(databases[name] as D1Database, tick)
  let sent = 0
  return {
    ...{ directory, databases, entries, objects, messages, vectors },
    bindings: {
      ...{ CATALOGUE: db('catalogue'), OPERATIONS: db('operations'), LIVE: db('live') },
      CACHE: ticking(createMemoryKv({ clock: systemClock, entries }) as KVNamespace, tick),
      ARCHIVE: ticking(createMemoryR2({ clock: systemClock, objects }) as R2Bucket, tick),
      ITEM_VECTORS: vectors,
    },
    queue: (name: string) => ({
      async send(body: unknown) {
        tick()
        const id = `${name}-${systemClock.now()}-${++sent}`
        queueOf(name).set(id, { id, body })
      },
    }),
    waiting: (name: string): Message[] => [...queueOf(name).values()],
    take: (name: string, id: string) => void queueOf(name).delete(id),
    close() {
      writeFileSync(path, serialize(vectors.state()))
      for (const name of DATABASES) databases[name].close()
      other.close()
    },
  }
}

export async function createPlatform(directory: string): Promise<Platform> {
  mkdirSync(directory, { recursive: true })
  const platform = openPlatform(directory)
  for (const name of DATABASES) await applyMigrations(platform.databases[name], join(MIGRATIONS, name))
  return platform
}

/** A closed platform's folder, copied. */
export function copyPlatform(from: string, to: string): string {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name))
  return to
}

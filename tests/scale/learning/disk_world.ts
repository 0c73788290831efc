/** A shop whose databases, bucket and KV are files: what a killed process leaves behind is what the next one finds. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { D1Database, KVNamespace } from '@cloudflare/workers-types'
import { chunk } from '../../../shared/base/batch.ts'
import type { Clock } from '../../../shared/base/clock.ts'
import type { EnrichDeps } from '../../../shared/enrich/deps.ts'
import { runFold } from '../../../shared/enrich/run.ts'
import { acceptEvents } from '../../../shared/ingest/accept_events.ts'
import { toItemWrite } from '../../../shared/ingest/item_write.ts'
import { createArchive } from '../../../shared/store/archive.ts'
import { createItemWriter } from '../../../shared/store/catalogue/item_writes.ts'
import { createShopStore } from '../../../shared/store/catalogue/shop_config.ts'
import { createLearningArtefacts } from '../../../shared/store/learning_artefacts.ts'
import { createD1LiveStore } from '../../../shared/store/live/live_d1.ts'
import { migrateDatabase } from '../../../workers/local/migrate.ts'
import { createFolderR2 } from '../../../workers/local/node/folder_r2.ts'
import { createMemoryVectorize } from '../../../workers/local/node/memory_vectorize.ts'
import { createSqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import type { ShopData } from '../../support/shops.ts'
import { DIMENSIONS, depsOf, scriptedModel, type World } from '../../support/unit_enrich.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')

export interface DiskWorld {
  deps: EnrichDeps
  catalogue: D1Database
  operations: D1Database
  live: D1Database
  close(): void
}

export async function openDiskWorld(folder: string, clock: Clock): Promise<DiskWorld> {
  mkdirSync(folder, { recursive: true })
  const names = ['catalogue', 'operations', 'live'] as const
  const [catalogue, operations, live] = names.map((name) => createSqliteD1({ path: join(folder, `${name}.sqlite`) }))
  const databases = [catalogue!, operations!, live!]
  // The file outlives the process: what was committed before a kill is there after it.
  for (const [at, name] of names.entries()) await migrateDatabase(databases[at]!, join(MIGRATIONS, name))
  const kv = createFileKv(join(folder, 'kv.sqlite'))
  const bucket = createFolderR2(join(folder, 'bucket'))
  const world = {
    clock: { ...clock, advance: () => {}, set: () => {} },
    catalogue: databases[0]!,
    operations: databases[1]!,
    live: databases[2]!,
    kv: kv.namespace,
    index: createMemoryVectorize({ clock, dimensions: DIMENSIONS } as never),
    writer: createItemWriter(databases[0]!),
  } as World
  const deps = {
    ...depsOf(world, scriptedModel([])),
    archive: createArchive(bucket),
    artefacts: createLearningArtefacts(bucket),
  }
  return {
    deps,
    catalogue: databases[0]!,
    operations: databases[1]!,
    live: databases[2]!,
    close() {
      for (const database of databases) database.close()
      kv.close()
    },
  }
}

/** Brings a shop in through the shipped ingestion. */
export async function loadShop({ deps, catalogue, live }: DiskWorld, data: ShopData): Promise<void> {
  const nowMs = deps.clock.now()
  await createShopStore(catalogue).put(data.shop, data.body, nowMs)
  const items = createItemWriter(catalogue)
  for (const part of chunk(data.items, 200)) {
    const writes = part.map((line) => toItemWrite(line, data.body.locale, nowMs))
    await items.apply(data.shop, writes, nowMs)
  }
  const liveStore = createD1LiveStore(live)
  const onLiveFailure = () => {}
  const parts = { inbox: deps.inbox, live: liveStore, signingSecret: 's', unique: deps.unique, onLiveFailure }
  for (const part of chunk(data.events, 5_000)) {
    const { rejected } = await acceptEvents(data.shop, 'sk', part, parts, nowMs)
    if (rejected.length > 0) throw new Error(`events refused: ${JSON.stringify(rejected[0])}`)
  }
  await runFold(deps)
}

/** What the cache store asks of KV, in a file: values in memory would count as the learning's. */
function createFileKv(path: string): { namespace: KVNamespace; close(): void } {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value)')
  const put = database.prepare('INSERT OR REPLACE INTO kv (key, value) VALUES (?, ?)')
  const get = database.prepare('SELECT value FROM kv WHERE key = ?')
  const remove = database.prepare('DELETE FROM kv WHERE key = ?')
  const namespace = {
    put: async (key: string, value: string | Uint8Array) => void put.run(key, value),
    get: async (key: string, type?: string) => {
      const row = get.get(key) as { value: string } | undefined
      return row === undefined ? null : type === 'json' ? JSON.parse(row.value) : row.value
    },
    delete: async (key: string) => void remove.run(key),
  } as unknown as KVNamespace
  return { namespace, close: () => database.close() }
}

import { dirname, join } from 'node:path'
import { type Unstable_RawConfig as RawConfig, experimental_readRawConfig as readRawConfig } from 'wrangler'

/** In the order of deployment: a worker comes after those that it is bound to, and the public door last. */
export const WORKERS = [
  { key: 'model', config: 'workers/model/wrangler.toml' },
  { key: 'enrich', config: 'workers/enrich/wrangler.toml' },
  { key: 'ingest', config: 'workers/ingest/wrangler.toml' },
  { key: 'api', config: 'wrangler.toml' },
] as const
export type WorkerKey = (typeof WORKERS)[number]['key']

export interface DeclaredWorker {
  key: WorkerKey
  /** The worker's name on the platform, with the environment's ending. */
  name: string
  /** Folder that the paths in `raw` start from, absolute. */
  folder: string
  /** The toml as it is written, without its environments. */
  raw: RawConfig
}

/** Everything that the tomls ask for, each once, by the names it has on the platform. */
export interface Declared {
  /** The name that a thing of the tomls has here. */
  named(name: string): string
  workers: readonly DeclaredWorker[]
  databases: ReadonlyArray<{ name: string; migrations: string; replicated: boolean }>
  namespaces: ReadonlyArray<{ binding: string; title: string }>
  buckets: readonly string[]
  queues: readonly string[]
  /** `binding` says which embedder fills it. */
  indexes: ReadonlyArray<{ binding: string; name: string }>
}

/** Read near the shopper through sessions; the others are read where they are written. */
const REPLICATED = ['CATALOGUE']

/** @param environment an ending for every name, null for none */
export function readDeclared(root: string, environment: string | null): Declared {
  const named = (name: string) => (environment === null ? name : `${name}-${environment}`)
  const workers = WORKERS.map(({ key, config }): DeclaredWorker => {
    const path = join(root, config)
    const { env: _environments, ...raw } = readRawConfig({ config: path }).rawConfig
    return { key, name: named(raw.name!), folder: dirname(path), raw: raw as RawConfig }
  })
  const databases = workers.flatMap(({ raw, folder }) =>
    (raw.d1_databases ?? []).map((database) => ({
      name: named(database.database_name!),
      migrations: join(folder, database.migrations_dir!),
      replicated: REPLICATED.includes(database.binding),
    })),
  )
  const queues = workers.flatMap(({ raw }) => [
    ...(raw.queues?.producers ?? []).map((producer) => producer.queue!),
    ...(raw.queues?.consumers ?? []).flatMap((consumer) => [consumer.queue, consumer.dead_letter_queue ?? []].flat()),
  ])
  const titled = (binding: string) => named(`shelfwise-${binding.toLowerCase().replaceAll('_', '-')}`)
  const namespaces = workers.flatMap(({ raw }) => (raw.kv_namespaces ?? []).map(({ binding }) => binding))
  return {
    named,
    workers,
    databases: onceBy(databases, (one) => one.name),
    namespaces: unique(namespaces).map((binding) => ({ binding, title: titled(binding) })),
    buckets: unique(workers.flatMap(({ raw }) => (raw.r2_buckets ?? []).map((one) => named(one.bucket_name!)))),
    queues: unique(queues).map(named),
    indexes: onceBy(
      workers.flatMap(({ raw }) =>
        (raw.vectorize ?? []).map((one) => ({ binding: one.binding, name: named(one.index_name!) })),
      ),
      (one) => one.name,
    ),
  }
}

const unique = (names: readonly string[]): string[] => [...new Set(names)]
const onceBy = <T>(rows: readonly T[], key: (row: T) => string): T[] => [
  ...new Map(rows.map((row) => [key(row), row])).values(),
]

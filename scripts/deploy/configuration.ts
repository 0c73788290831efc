import { relative } from 'node:path'
import type { Declared, DeclaredWorker } from './declared.ts'

/** What the platform calls the things that are found by id. */
export interface Ids {
  account: string
  /** By name. */
  databases: ReadonlyMap<string, string>
  /** By binding. */
  namespaces: ReadonlyMap<string, string>
}

/**
 * A worker's toml as wrangler deploys it here: the account's ids in the place of the committed ones, the environment's
 * names, paths from `folder`, and which secrets it may not be without.
 */
export function configurationOf(
  worker: DeclaredWorker,
  { named }: Pick<Declared, 'named'>,
  ids: Ids,
  { folder, secrets, site }: { folder: string; secrets: readonly string[]; site: string },
): Record<string, unknown> {
  const { raw } = worker
  const from = (path: string) => posix(relative(folder, path))
  const here = (path: string) => from(`${worker.folder}/${path}`)
  const shared = named('') !== ''
  return {
    ...raw,
    name: worker.name,
    account_id: ids.account,
    main: here(raw.main!),
    ...(raw.assets === undefined ? {} : { assets: { ...raw.assets, directory: from(site) } }),
    ...(raw.d1_databases === undefined
      ? {}
      : {
          d1_databases: raw.d1_databases.map((one) => {
            const name = named(one.database_name!)
            return {
              ...one,
              database_name: name,
              database_id: known(ids.databases, name),
              migrations_dir: here(one.migrations_dir!),
            }
          }),
        }),
    ...(raw.kv_namespaces === undefined
      ? {}
      : { kv_namespaces: raw.kv_namespaces.map((one) => ({ ...one, id: known(ids.namespaces, one.binding) })) }),
    ...(raw.r2_buckets === undefined
      ? {}
      : { r2_buckets: raw.r2_buckets.map((one) => ({ ...one, bucket_name: named(one.bucket_name!) })) }),
    ...(raw.vectorize === undefined
      ? {}
      : { vectorize: raw.vectorize.map((one) => ({ ...one, index_name: named(one.index_name!) })) }),
    ...(raw.services === undefined
      ? {}
      : { services: raw.services.map((one) => ({ ...one, service: named(one.service) })) }),
    ...(raw.queues === undefined ? {} : { queues: queuesOf(raw.queues, named) }),
    ...(raw.ratelimits === undefined || !shared
      ? {}
      : {
          ratelimits: raw.ratelimits.map((one) => ({ ...one, namespace_id: apart(one.namespace_id, named('')) })),
        }),
    ...(secrets.length === 0 ? {} : { secrets: { required: [...secrets] } }),
  }
}

function queuesOf(queues: NonNullable<DeclaredWorker['raw']['queues']>, named: (name: string) => string) {
  return {
    producers: (queues.producers ?? []).map((one) => ({ ...one, queue: named(one.queue!) })),
    consumers: (queues.consumers ?? []).map((one) => ({
      ...one,
      queue: named(one.queue),
      ...(one.dead_letter_queue === undefined ? {} : { dead_letter_queue: named(one.dead_letter_queue) }),
    })),
  }
}

function known(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name)
  if (id === undefined) throw new Error(`${name} has no id yet`)
  return id
}

/** Counters of one number are one counter to the platform, whichever worker counts: each environment has its own. */
function apart(number: string, ending: string): string {
  const distance = [...ending].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000, 7)
  return String(Number(number) + 10_000 * (1 + distance))
}

const posix = (path: string): string => path.replaceAll('\\', '/')

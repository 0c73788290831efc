/** Stores that lag behind, on an injected clock: a D1 read replica and a KV location. */
import type { D1Database, KVNamespace } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'
import { type KvEntry, kvReader, toBytes } from './kv_values.ts'
import { expirationOf } from './memory_kv.ts'
import { type Query, SqliteCore } from './sqlite_core.ts'
import { bookmark, commitOf, d1Surface, type SqliteD1 } from './sqlite_d1.ts'

export interface LaggingD1Options {
  primary: SqliteD1
  clock: Clock
  /** The replica's delay at this moment; asked at every read. */
  lagMs: () => number
}

/**
 * D1 with one read replica. Without a session, and in 'first-primary', the primary answers. In 'first-unconstrained'
 * the replica answers reads; a session never goes back behind its own bookmark: while the replica has not reached it,
 * the primary answers. Commits are replayed as statements, so random() and 'now' may differ on the replica.
 */
export function laggingD1({ primary, clock, lagMs }: LaggingD1Options): D1Database {
  const replica = new SqliteCore(':memory:')
  replica.copyFrom(primary.core)
  const log: { number: number; queries: readonly Query[]; atMs: number }[] = []
  let applied = primary.commits()
  primary.onCommit(({ number, queries }) => log.push({ number, queries, atMs: clock.now() }))
  const catchUp = () => {
    const visibleUpToMs = clock.now() - lagMs()
    while (log.length > 0 && log[0]!.atMs <= visibleUpToMs) {
      const { number, queries } = log.shift()!
      replica.transaction(queries)
      applied = number
    }
  }
  const withSession = (constraint: string = 'first-unconstrained') => {
    const named = commitOf(constraint)
    // A session must not see less than this; 'first-primary' asks for everything committed when it starts to read.
    let seen = named ?? 0
    let mustAskPrimary = constraint === 'first-primary'
    let used = false
    const surface = d1Surface((queries) => {
      catchUp()
      used = true
      // The replica may not have the tables yet, so the primary tells reads from writes.
      const reads = queries.every(({ sql }) => primary.core.isReadOnly(sql))
      if (reads && !mustAskPrimary && applied >= seen) {
        seen = applied
        return { outcomes: replica.transaction(queries), primary: false }
      }
      const outcomes = primary.execute(queries)
      seen = primary.commits()
      mustAskPrimary = false
      return { outcomes, primary: true }
    })
    return { ...surface, getBookmark: () => (used ? bookmark(seen) : null) }
  }
  const { prepare, batch, exec, dump } = primary
  return { prepare, batch, exec, dump, withSession } as unknown as D1Database
}

export interface LaggingKvOptions {
  inner: KVNamespace
  clock: Clock
  /** How far back reads look at this moment. */
  lagMs: () => number
  /** Whether a key that did not exist then is still a miss; false reads such a key from the truth. */
  locationMisses: boolean
}

interface Version extends KvEntry {
  atMs: number
  gone: boolean
}

/**
 * KV as another location sees it: a read gives the value as it was lagMs ago. Only writes made through this object
 * lag; list() is not delayed.
 */
export function laggingKv({ inner, clock, lagMs, locationMisses }: LaggingKvOptions): KVNamespace {
  const history = new Map<string, Version[]>()
  const current = async (key: string): Promise<KvEntry | null> => {
    const { value, metadata } = await inner.getWithMetadata(key, 'arrayBuffer')
    return value === null ? null : { bytes: new Uint8Array(value), metadata, expiration: null }
  }
  const record = async (key: string, write: () => Promise<void>, next: () => Promise<Omit<Version, 'atMs'>>) => {
    // What was there before this object's first write counts as having been there for ever.
    const known = history.get(key) ?? [{ ...asVersion(await current(key)), atMs: Number.NEGATIVE_INFINITY }]
    await write()
    history.set(key, [...prune(known, clock.now() - lagMs()), { ...(await next()), atMs: clock.now() }])
  }
  const lookup = async (key: string): Promise<KvEntry | null> => {
    const versions = history.get(key)
    if (versions === undefined) return current(key)
    const seen = versions.findLast((version) => version.atMs <= clock.now() - lagMs())
    const missing = seen === undefined || seen.gone
    if (missing) return locationMisses ? null : current(key)
    return seen.expiration !== null && seen.expiration * 1_000 <= clock.now() ? null : seen
  }
  const kv = {
    ...kvReader(lookup),
    list: inner.list.bind(inner),
    put: async (key: string, value: unknown, options: Parameters<KVNamespace['put']>[2] = {}) => {
      // A stream can be read once, and two readers need it.
      const bytes = await toBytes(value)
      const expiration = () => expirationOf(options, Math.floor(clock.now() / 1_000))
      await record(
        String(key),
        () => inner.put(key, bytes, options),
        async () => ({ bytes, metadata: options.metadata ?? null, expiration: expiration(), gone: false }),
      )
    },
    delete: async (key: string) =>
      record(
        String(key),
        () => inner.delete(key),
        async () => asVersion(null),
      ),
  }
  return kv as unknown as KVNamespace
}

const asVersion = (entry: KvEntry | null): Omit<Version, 'atMs'> =>
  entry === null ? { bytes: new Uint8Array(), metadata: null, expiration: null, gone: true } : { ...entry, gone: false }

/** Keeps what a read can still reach; the lag may grow again, so one older version stays in any case. */
function prune(versions: Version[], reachableMs: number): Version[] {
  const first = versions.findLastIndex((version) => version.atMs <= reachableMs)
  return versions.slice(Math.max(0, first - 1))
}

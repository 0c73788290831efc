/**
 * The product in one process on a clock that moves only when told to: its own stores and verbs over stand-ins of the
 * platform's bindings. A world has one primary and any number of locations; a location has its own view of D1 and KV and
 * any number of isolates, each with its own memory, wired as `workers/api/deps.ts` wires them.
 */
import type { D1Database, KVNamespace } from '@cloudflare/workers-types'
import { HOUR_MS, manualClock, SECOND_MS } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import type { StoredWrite } from '../../shared/domain/stored_write.ts'
import type { EnrichDeps } from '../../shared/enrich/deps.ts'
import { runLearning } from '../../shared/enrich/learn_shops.ts'
import { runFold, runOutbox, runShops } from '../../shared/enrich/run.ts'
import { writeVeto } from '../../shared/enrich/veto.ts'
import { type Acceptance, acceptEvents } from '../../shared/ingest/accept_events.ts'
import { toItemWrite, toTombstone } from '../../shared/ingest/item_write.ts'
import { NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import type { ShelfDeps } from '../../shared/recommend/deps.ts'
import { createIsolateMemory } from '../../shared/recommend/isolate_memory.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createEnrichmentStore } from '../../shared/store/catalogue/enrichment.ts'
import { createEnrichmentsStore } from '../../shared/store/catalogue/enrichments.ts'
import { createFactorStore } from '../../shared/store/catalogue/factors.ts'
import { createFoundTextStore } from '../../shared/store/catalogue/found_text.ts'
import { createGateStore } from '../../shared/store/catalogue/gates.ts'
import { createItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createNewnessStore } from '../../shared/store/catalogue/newness.ts'
import { createQuarantineStore } from '../../shared/store/catalogue/quarantine.ts'
import { createRankerStore } from '../../shared/store/catalogue/rankers.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createVectorLedger } from '../../shared/store/catalogue/vector_ledger.ts'
import { createVectorSpaceStore } from '../../shared/store/catalogue/vector_spaces.ts'
import { createVocabularyStore } from '../../shared/store/catalogue/vocabularies.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createFencing } from '../../shared/store/enrich_stores.ts'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createErasureStore } from '../../shared/store/operations/erasures.ts'
import { createEventInbox } from '../../shared/store/operations/event_inbox.ts'
import { createGateTallyStore } from '../../shared/store/operations/gate_tallies.ts'
import { createJobStore } from '../../shared/store/operations/jobs.ts'
import { createLearnRunStore } from '../../shared/store/operations/learn_runs.ts'
import { createLeaseStore } from '../../shared/store/operations/leases.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import { type FaultRule, faulty } from '../../workers/local/node/faulty.ts'
import type { KvEntry } from '../../workers/local/node/kv_values.ts'
import { laggingD1, laggingKv } from '../../workers/local/node/lag.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2, type StoredObject } from '../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import type { EngineState } from '../../workers/local/vectorize/engine.ts'
import { createLocalProvider } from '../../workers/model/local_provider.ts'
import { copyOf, type DatabaseName, migrated } from './migrated.ts'
import type { ShopData } from './shops.ts'

/** Of the second index, as in the local environment. */
export const DIMENSIONS_B = 384
export const SIGNING_SECRET = 'a-secret-of-the-tests'

/** A dependency that can be made to fail: the rules in force, empty when it is well. */
export interface Switch {
  readonly rules: FaultRule[]
  down(fault?: FaultRule['fault']): void
  up(): void
}

function createSwitch(name: string): Switch {
  const rules: FaultRule[] = []
  return {
    rules,
    down: (fault = { mode: 'error', message: `D1_ERROR: ${name} is down` }) => {
      rules.splice(0, rules.length, { fault, probability: 1 })
    },
    up: () => void rules.splice(0),
  }
}

const switched = <T extends object>(target: T, by: Switch): T => faulty(target, { rng: seededRng(1), rules: by.rules })

/** A session that is the database itself: `createShopStore` gives a session statements that the database prepared. */
const sessionless = (db: D1Database): D1Database =>
  ({ prepare: db.prepare.bind(db), batch: db.batch.bind(db), withSession: () => db }) as unknown as D1Database

export type ShelfParts = Omit<ShelfDeps, 'defer'>

export interface Location {
  /** Its view of the catalogue, and its view of KV; writes to KV reach every location. */
  catalogue: D1Database
  kv: KVNamespace
  d1: Switch
  cache: Switch
  vectors: Switch
  live: Switch
  model: Switch
  /** A fresh isolate; `adapt` puts doubles in the place of its parts. */
  isolate(adapt?: (parts: ShelfParts, db: D1Database) => ShelfParts): ShelfParts
}

export interface LocationOptions {
  d1LagMs?: () => number
  kvLagMs?: () => number
}

/** All that a world's stores hold. */
interface WorldState {
  nowMs: number
  databases: Record<DatabaseName, SqliteD1>
  entries: Map<string, KvEntry>
  objects: Map<string, StoredObject>
  vectors: Partial<Record<'a' | 'b', EngineState>>
  /** Names given so far. */
  counts: { mutations: number; unique: number }
  config: ShopConfig | null
}

async function emptyState(nowMs: number): Promise<WorldState> {
  const databases = {
    catalogue: await migrated('catalogue'),
    operations: await migrated('operations'),
    live: await migrated('live'),
  }
  const counts = { mutations: 0, unique: 0 }
  return { nowMs, databases, entries: new Map(), objects: new Map(), vectors: {}, counts, config: null }
}

/** A world without locations. */
function openWorld(data: ShopData, state: WorldState) {
  const clock = manualClock(state.nowMs)
  const { catalogue: rawCatalogue, operations, live } = state.databases
  const { entries, objects, counts } = state
  const kv = createMemoryKv({ clock, entries })
  const spread: KVNamespace[] = []
  const everywhereKv = spreading(kv, spread)
  const newMutationId = () => `mutation-${++counts.mutations}`
  const { a, b } = state.vectors
  const vectorize = createMemoryVectorize({ clock, newMutationId, ...(a && { state: a }) })
  const vectorizeB = createMemoryVectorize({ clock, newMutationId, dimensions: DIMENSIONS_B, ...(b && { state: b }) })
  const primary = createSwitch('the primary')
  const catalogue = switched(rawCatalogue as D1Database, primary)
  const provider = createLocalProvider(createEmbedderStore(kv), clock)
  const unique = () => `unique-${++counts.unique}`
  const shops = createShopStore(sessionless(catalogue))
  const bucket = createMemoryR2({ clock, objects })
  const enrich: EnrichDeps = {
    clock,
    log: silentLog,
    catalogue: createEnrichmentStore(catalogue),
    learning: createLearningStore(catalogue),
    rankers: createRankerStore(catalogue),
    gates: createGateStore(catalogue),
    gateTallies: createGateTallyStore(operations),
    shops,
    availability: createAvailabilityReader(catalogue, clock, 'primary'),
    inbox: createEventInbox(operations),
    jobs: createJobStore(operations),
    leases: createLeaseStore(operations),
    erasures: createErasureStore(operations),
    archive: createArchive(bucket),
    artefacts: createLearningArtefacts(bucket),
    learnRuns: createLearnRunStore(operations),
    cache: createCacheStore(everywhereKv),
    vectors: createVectorStore({ a: vectorize, b: vectorizeB }),
    spaces: createVectorSpaceStore(catalogue),
    ledger: createVectorLedger(catalogue),
    factors: createFactorStore(catalogue),
    found: createFoundTextStore(catalogue),
    newness: createNewnessStore(catalogue),
    embedders: createEmbedderStore(everywhereKv),
    model: { ...NO_COMPLETER, ...provider },
    enrichments: createEnrichmentsStore(catalogue),
    quarantine: createQuarantineStore(catalogue),
    vocabularies: createVocabularyStore(catalogue),
    profiles: createProfileStore(live),
    habits: createHabitStore(live),
    batches: createModelBatchStore(operations),
    fencing: createFencing(catalogue, operations),
    signalEnrich: async () => {},
    breathe: async () => {},
    pause: async () => {},
    unique,
  }
  const items = createItemWriter(catalogue)
  const liveStore = createD1LiveStore(live)
  const { shop } = data

  const writeAll = async (writes: readonly StoredWrite[]) => {
    for (let start = 0; start < writes.length; start += 200)
      await items.apply(shop, writes.slice(start, start + 200), clock.now())
  }
  const world = {
    clock,
    data,
    shop,
    primary,
    enrich,
    rawCatalogue,
    operations,
    everywhereKv,
    config: state.config as ShopConfig,
    async putItems(lines: readonly ItemLine[]) {
      await writeAll(lines.map((line) => toItemWrite(line, data.body.locale, clock.now())))
    },
    async deleteItem(id: string) {
      await writeAll([toTombstone({ id, deleted: true }, clock.now())])
    },
    sendEvents(events: readonly unknown[], kind: 'pk' | 'sk' = 'sk'): Promise<Acceptance> {
      const onLiveFailure = () => {}
      const deps = { inbox: enrich.inbox, live: liveStore, signingSecret: SIGNING_SECRET, unique, onLiveFailure }
      return acceptEvents(shop, kind, events, deps, clock.now())
    },
    /** The shop's epoch, read behind every fault. */
    epoch(): number {
      const [outcome] = rawCatalogue.execute([{ sql: 'SELECT epoch FROM shops WHERE shop = ?1', params: [shop] }])
      return outcome!.rows[0]![0] as number
    },
    /** A copy of all that is stored now. */
    state(): WorldState {
      return {
        nowMs: clock.now(),
        databases: {
          catalogue: copyOf(rawCatalogue),
          operations: copyOf(operations),
          live: copyOf(live),
        },
        entries: new Map(entries),
        objects: new Map(objects),
        vectors: { a: vectorize.state(), b: vectorizeB.state() },
        counts: { ...counts },
        config: world.config,
      }
    },
    async putShop() {
      await shops.put(shop, data.body, clock.now())
      world.config = (await shops.config(shop))!
      await enrich.cache.putShop(world.config)
    },
    /** The configuration as isolates read it again within half a minute. */
    async reread() {
      const config = (await shops.config(shop))!
      world.config = config
    },
    /** What the crons and queues do; twice, because vectors become visible a second after they were written. */
    async catchUp() {
      for (let round = 0; round < 2; round++) {
        await runOutbox(enrich)
        await runFold(enrich)
        await runShops(enrich)
        await runLearning(enrich, { units: Number.POSITIVE_INFINITY })
        clock.advance(2 * SECOND_MS)
      }
      await enrich.catalogue.writePulse(clock.now())
      await writeVeto(shop, enrich)
      await world.reread()
    },
    async location(options: LocationOptions = {}): Promise<Location> {
      const { d1LagMs = () => 0, kvLagMs = () => 0 } = options
      const inner = createMemoryKv({ clock })
      await copyKv(kv, inner)
      const own = laggingKv({ inner, clock, lagMs: kvLagMs, locationMisses: true })
      spread.push(own)
      const names = ['D1', 'KV', 'Vectorize', 'the live store', 'the model'] as const
      const [d1, cache, vectors, liveSwitch, model] = names.map(createSwitch) as [
        Switch,
        Switch,
        Switch,
        Switch,
        Switch,
      ]
      const reads = laggingD1({ primary: rawCatalogue, clock, lagMs: d1LagMs })
      const db = switched(switched(reads, primary), d1)
      const ownKv = switched(reading(own, everywhereKv), cache)
      const parts = (): ShelfParts => ({
        clock,
        log: silentLog,
        deadlines: DEADLINES,
        reads: createShelfReads(db, 'replica'),
        strictReads: createShelfReads(db, 'primary'),
        lists: createLearningStore(db).lists,
        stats: createLearningStore(db).stats,
        live: createD1LiveStore(switched(live as D1Database, liveSwitch)),
        habits: createHabitStore(switched(live as D1Database, liveSwitch)),
        vectors: createVectorStore({ a: switched(vectorize, vectors), b: switched(vectorizeB, vectors) }),
        cache: createCacheStore(ownKv),
        embed: (name, version, text) => switched(provider, model).embedQuery(name, version, text),
        llm: null,
        memory: createIsolateMemory(createAvailabilityReader(db, clock, 'replica'), clock),
      })
      const isolate: Location['isolate'] = (adapt = (plain) => plain) => adapt(parts(), db)
      return { catalogue: db, kv: ownKv, d1, cache, vectors, live: liveSwitch, model, isolate }
    },
  }
  return world
}

export type World = ReturnType<typeof openWorld>

/** The shop with its items and events, everything computed that crons compute. */
export async function createWorld(data: ShopData, startMs = data.newestMs + HOUR_MS): Promise<World> {
  const world = openWorld(data, await emptyState(startMs))
  await world.putShop()
  await world.putItems(data.items)
  for (let start = 0; start < data.events.length; start += 5_000) {
    const accepted = await world.sendEvents(data.events.slice(start, start + 5_000))
    if (accepted.rejected.length > 0) throw new Error(`events refused: ${JSON.stringify(accepted.rejected[0])}`)
  }
  await world.catchUp()
  return world
}

/**
 * Worlds of one shop that are alike and independent: learning takes seconds and is done once, each world is a copy
 * without locations.
 */
export function worldsOf(data: ShopData): () => Promise<World> {
  let first: Promise<World> | undefined
  return async () => {
    first ??= createWorld(data)
    return openWorld(data, (await first).state())
  }
}

/** Reads of the truth; writes to it and to every location, each of which shows them in its own time. */
function spreading(kv: KVNamespace, locations: readonly KVNamespace[]): KVNamespace {
  const all = () => [kv, ...locations]
  return {
    get: kv.get.bind(kv),
    getWithMetadata: kv.getWithMetadata.bind(kv),
    list: kv.list.bind(kv),
    put: async (...args: Parameters<KVNamespace['put']>) =>
      void (await Promise.all(all().map((one) => one.put(...args)))),
    delete: async (key: string) => void (await Promise.all(all().map((one) => one.delete(key)))),
  } as unknown as KVNamespace
}

const reading = (own: KVNamespace, writes: KVNamespace): KVNamespace =>
  ({
    get: own.get.bind(own),
    getWithMetadata: own.getWithMetadata.bind(own),
    list: own.list.bind(own),
    put: writes.put.bind(writes),
    delete: writes.delete.bind(writes),
  }) as unknown as KVNamespace

async function copyKv(from: KVNamespace, to: KVNamespace): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await from.list(cursor === undefined ? {} : { cursor })
    for (const { name } of page.keys) {
      const value = await from.get(name, 'arrayBuffer')
      if (value !== null) await to.put(name, value)
    }
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
}

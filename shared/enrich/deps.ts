import type { Clock } from '../base/clock.ts'
import type { ModelRpc } from '../model/model_rpc.ts'
import type { Log } from '../observe/log.ts'
import type { Archive } from '../store/archive.ts'
import type { CacheStore } from '../store/cache.ts'
import type { AvailabilityReader } from '../store/catalogue/availability.ts'
import type { EnrichmentStore } from '../store/catalogue/enrichment.ts'
import type { EnrichmentsStore } from '../store/catalogue/enrichments.ts'
import type { FactorStore } from '../store/catalogue/factors.ts'
import type { FoundTextStore } from '../store/catalogue/found_text.ts'
import type { GateStore } from '../store/catalogue/gates.ts'
import type { LearningStore } from '../store/catalogue/learning.ts'
import type { NewnessStore } from '../store/catalogue/newness.ts'
import type { QuarantineStore } from '../store/catalogue/quarantine.ts'
import type { RankerStore } from '../store/catalogue/rankers.ts'
import type { ShopStore } from '../store/catalogue/shop_config.ts'
import type { VectorLedger } from '../store/catalogue/vector_ledger.ts'
import type { VectorSpaceStore } from '../store/catalogue/vector_spaces.ts'
import type { VocabularyStore } from '../store/catalogue/vocabularies.ts'
import type { EmbedderStore } from '../store/embedders.ts'
import type { Fencing } from '../store/enrich_stores.ts'
import type { LearningArtefacts } from '../store/learning_artefacts.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { ProfileStore } from '../store/live/profiles.ts'
import type { ErasureStore } from '../store/operations/erasures.ts'
import type { EventInbox } from '../store/operations/event_inbox.ts'
import type { GateTallyStore } from '../store/operations/gate_tallies.ts'
import type { JobStore } from '../store/operations/jobs.ts'
import type { LearnRunStore } from '../store/operations/learn_runs.ts'
import type { LeaseStore } from '../store/operations/leases.ts'
import type { ModelBatchStore } from '../store/operations/model_batches.ts'
import type { VectorStore } from '../store/vectors.ts'

/**
 * Renews a run's lease between its steps, and rejects when it was lost.
 * @param forMs how long the next step may take, where that is longer than a step usually is
 */
export type Keep = (forMs?: number) => Promise<void>

/** Everything that is computed ahead is computed with these. */
export interface EnrichDeps {
  clock: Clock
  log: Log
  catalogue: EnrichmentStore
  learning: LearningStore
  rankers: RankerStore
  gates: GateStore
  gateTallies: GateTallyStore
  factors: FactorStore
  shops: ShopStore
  /** Of the primary: what it says is the truth. */
  availability: AvailabilityReader
  inbox: EventInbox
  jobs: JobStore
  leases: LeaseStore
  /** Who is being forgotten. */
  erasures: Pick<ErasureStore, 'waits'>
  archive: Archive
  /** What learning reads and leaves between its steps. */
  artefacts: LearningArtefacts
  learnRuns: LearnRunStore
  cache: CacheStore
  vectors: VectorStore
  spaces: VectorSpaceStore
  ledger: VectorLedger
  found: FoundTextStore
  newness: NewnessStore
  embedders: EmbedderStore
  enrichments: EnrichmentsStore
  quarantine: QuarantineStore
  vocabularies: VocabularyStore
  /** What shoppers like, made from their events. */
  profiles: ProfileStore
  /** What they buy again. */
  habits: HabitStore
  /** What a shop waits for; written by the model's door. */
  batches: Pick<ModelBatchStore, 'open'>
  model: ModelRpc
  /** Null: former holders of a lease are not kept from writing. */
  fencing: Fencing | null
  /** Wakes the enrichment of new items; the next minute's cron does the same. */
  signalEnrich(shop: string): Promise<void>
  /**
   * Lets everybody else on the thread go first: called between items and between slices of long work, so that nobody
   * who is waiting for an answer waits for more than one of them.
   */
  breathe(): Promise<void>
  /** Waits, while what is coming gathers. */
  pause(ms: number): Promise<void>
  /** A name that no other run has. */
  unique(): string
}

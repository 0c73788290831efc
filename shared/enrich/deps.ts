import type { Clock } from '../base/clock.ts'
import type { ModelRpc } from '../model/model_rpc.ts'
import type { Log } from '../observe/log.ts'
import type { Archive } from '../store/archive.ts'
import type { CacheStore } from '../store/cache.ts'
import type { AvailabilityReader } from '../store/catalogue/availability.ts'
import type { EnrichmentStore } from '../store/catalogue/enrichment.ts'
import type { LearningStore } from '../store/catalogue/learning.ts'
import type { ShopStore } from '../store/catalogue/shop_config.ts'
import type { EmbedderStore } from '../store/embedders.ts'
import type { EventInbox } from '../store/operations/event_inbox.ts'
import type { JobStore } from '../store/operations/jobs.ts'
import type { LeaseStore } from '../store/operations/leases.ts'
import type { VectorStore } from '../store/vectors.ts'

/** Everything that is computed ahead is computed with these. */
export interface EnrichDeps {
  clock: Clock
  log: Log
  catalogue: EnrichmentStore
  learning: LearningStore
  shops: ShopStore
  /** Of the primary: what it says is the truth. */
  availability: AvailabilityReader
  inbox: EventInbox
  jobs: JobStore
  leases: LeaseStore
  archive: Archive
  cache: CacheStore
  vectors: VectorStore
  embedders: EmbedderStore
  model: ModelRpc
  /** A name that no other run has. */
  unique(): string
}

import { systemClock } from '../../shared/base/clock.ts'
import type { EnrichDeps } from '../../shared/enrich/deps.ts'
import { releasing } from '../../shared/model/model_rpc.ts'
import { consoleLog } from '../../shared/observe/log.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createEnrichmentStore } from '../../shared/store/catalogue/enrichment.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createDeadLetterStore, type DeadLetterStore } from '../../shared/store/operations/dead_letters.ts'
import { createEventInbox } from '../../shared/store/operations/event_inbox.ts'
import { createJobStore } from '../../shared/store/operations/jobs.ts'
import { createLeaseStore } from '../../shared/store/operations/leases.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import type { Env } from './env.ts'

export interface WorkerDeps extends EnrichDeps {
  deadLetters: DeadLetterStore
}

export function createDeps(env: Env): WorkerDeps {
  return {
    clock: systemClock,
    log: consoleLog('enrich'),
    catalogue: createEnrichmentStore(env.CATALOGUE),
    learning: createLearningStore(env.CATALOGUE),
    shops: createShopStore(env.CATALOGUE),
    availability: createAvailabilityReader(env.CATALOGUE, systemClock, 'primary'),
    inbox: createEventInbox(env.OPERATIONS),
    jobs: createJobStore(env.OPERATIONS),
    leases: createLeaseStore(env.OPERATIONS),
    archive: createArchive(env.ARCHIVE),
    cache: createCacheStore(env.CACHE),
    vectors: createVectorStore(env.ITEM_VECTORS),
    embedders: createEmbedderStore(env.CACHE),
    model: releasing(env.MODEL),
    deadLetters: createDeadLetterStore(env.OPERATIONS),
    unique: () => crypto.randomUUID(),
  }
}

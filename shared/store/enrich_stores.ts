import type { D1Database } from '@cloudflare/workers-types'
import { createEnrichmentStore } from './catalogue/enrichment.ts'
import { createEnrichmentsStore } from './catalogue/enrichments.ts'
import { createFactorStore } from './catalogue/factors.ts'
import { createFoundTextStore } from './catalogue/found_text.ts'
import { createGateStore } from './catalogue/gates.ts'
import { createLearningStore } from './catalogue/learning.ts'
import { createQuarantineStore } from './catalogue/quarantine.ts'
import { createRankerStore } from './catalogue/rankers.ts'
import { createVectorLedger } from './catalogue/vector_ledger.ts'
import { createVectorSpaceStore } from './catalogue/vector_spaces.ts'
import { createVocabularyStore } from './catalogue/vocabularies.ts'
import { fencedD1, raiseFence } from './fenced.ts'
import { createEventInbox } from './operations/event_inbox.ts'
import { createGateTallyStore } from './operations/gate_tallies.ts'
import { createJobStore } from './operations/jobs.ts'
import { createLearnRunStore } from './operations/learn_runs.ts'
import type { Lease } from './operations/leases.ts'

/** The stores that background work writes to. */
export const createEnrichStores = (catalogue: D1Database, operations: D1Database) => ({
  catalogue: createEnrichmentStore(catalogue),
  learning: createLearningStore(catalogue),
  rankers: createRankerStore(catalogue),
  gates: createGateStore(catalogue),
  factors: createFactorStore(catalogue),
  spaces: createVectorSpaceStore(catalogue),
  ledger: createVectorLedger(catalogue),
  found: createFoundTextStore(catalogue),
  enrichments: createEnrichmentsStore(catalogue),
  quarantine: createQuarantineStore(catalogue),
  vocabularies: createVocabularyStore(catalogue),
  gateTallies: createGateTallyStore(operations),
  inbox: createEventInbox(operations),
  jobs: createJobStore(operations),
  learnRuns: createLearnRunStore(operations),
})
export type EnrichStores = ReturnType<typeof createEnrichStores>

/** Keeps a lease's former holders from writing. */
export interface Fencing {
  /** The same stores in the hands of a lease's holder: once another has it, its writes are refused. */
  stores(lease: Lease): EnrichStores
  /** Refuses former holders from now on, before the new one has written anything. */
  raise(lease: Lease): Promise<void>
}

export const createFencing = (catalogue: D1Database, operations: D1Database): Fencing => ({
  stores: (lease) => createEnrichStores(fencedD1(catalogue, lease), fencedD1(operations, lease)),
  raise: async (lease) => {
    await raiseFence(catalogue, lease)
    await raiseFence(operations, lease)
  },
})

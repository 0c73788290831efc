import type { Caller } from '../http/caller.ts'
import type { IngestDeps } from './deps.ts'

/** What ingest's middleware gives to its handlers. */
export type IngestApp = {
  Variables: { deps: IngestDeps; caller: Caller; defer: (work: Promise<unknown>) => void }
}

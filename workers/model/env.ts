import type { D1Database, KVNamespace, R2Bucket } from '@cloudflare/workers-types'

export interface Env {
  CACHE: KVNamespace
  /** The ledger of calls, budgets and batches. */
  OPERATIONS: D1Database
  /** Calls with a trace are kept there for a week. */
  ARCHIVE: R2Bucket
  /** The rest are variables and secrets: `PROVIDERS`, `MODEL_DAILY_BUDGET`, `PROVIDER_KEY_<NAME>`. */
  [variable: string]: unknown
}

import type { D1Database, KVNamespace } from '@cloudflare/workers-types'

export interface Env {
  CACHE: KVNamespace
  /** The ledger of calls, budgets and batches. */
  OPERATIONS: D1Database
  /** The rest are variables and secrets: `PROVIDERS`, `MODEL_DAILY_BUDGET`, `PROVIDER_KEY_<NAME>`. */
  [variable: string]: unknown
}

import type { D1Database, KVNamespace, R2Bucket, Vectorize } from '@cloudflare/workers-types'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'

export interface Env {
  CATALOGUE: D1Database
  OPERATIONS: D1Database
  CACHE: KVNamespace
  ARCHIVE: R2Bucket
  ITEM_VECTORS: Vectorize
  MODEL: ModelRpc
}

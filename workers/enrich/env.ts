import type { D1Database, KVNamespace, Queue, R2Bucket, Vectorize } from '@cloudflare/workers-types'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { MakerRpc } from '../../shared/recommend/llm/maker.ts'

export interface Env {
  CATALOGUE: D1Database
  OPERATIONS: D1Database
  LIVE: D1Database
  CACHE: KVNamespace
  ARCHIVE: R2Bucket
  /** Only to wake its consumer again: what deliveries still owe is in D1. */
  INBOX: Queue<{ kind: 'inbox'; shop: string }>
  /** Wakes the enrichment of new items; its consumer is this worker. */
  ENRICH: Queue<{ kind: 'enrich'; shop: string }>
  /** Set like those of `api` and `ingest`: shoppers are forgotten there too. */
  UPSTASH_REDIS_REST_URL?: string
  UPSTASH_REDIS_REST_TOKEN?: string
  ITEM_VECTORS: Vectorize
  /** A second index, for embedders with another number of dimensions. */
  ITEM_VECTORS_B?: Vectorize
  MODEL: ModelRpc & MakerRpc
}

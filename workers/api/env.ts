import type { D1Database, Fetcher, KVNamespace, Queue, RateLimit, Vectorize } from '@cloudflare/workers-types'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'
import type { MakerRpc } from '../../shared/recommend/llm/maker.ts'

export interface Env {
  ASSETS?: Fetcher
  CATALOGUE: D1Database
  LIVE: D1Database
  CACHE: KVNamespace
  ITEM_VECTORS: Vectorize
  /** A second index, for embedders with another number of dimensions. */
  ITEM_VECTORS_B?: Vectorize
  IMPRESSIONS: Queue<ImpressionRecord[]>
  INGEST: Fetcher
  MODEL: ModelRpc & MakerRpc
  PUBLIC_LIMIT: RateLimit
  SIGNING_SECRET: string
  UPSTASH_REDIS_REST_URL?: string
  UPSTASH_REDIS_REST_TOKEN?: string
}

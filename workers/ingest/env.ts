import type { D1Database, KVNamespace, Queue } from '@cloudflare/workers-types'

export interface Env {
  CATALOGUE: D1Database
  OPERATIONS: D1Database
  LIVE: D1Database
  CACHE: KVNamespace
  OUTBOX: Queue<OutboxSignal>
  EVENTS: Queue<EventsSignal>
  SIGNING_SECRET: string
  /** SHA-256 of the admin key, base64url; empty switches the admin routes off. */
  ADMIN_KEY_HASH: string
  UPSTASH_REDIS_REST_URL?: string
  UPSTASH_REDIS_REST_TOKEN?: string
}

/** Says only that there is work: the work itself is in D1. */
export interface OutboxSignal {
  shop: string
}
export interface EventsSignal {
  shop: string
}

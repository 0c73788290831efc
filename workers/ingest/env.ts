import type { D1Database, KVNamespace, Queue, R2Bucket } from '@cloudflare/workers-types'

export interface Env {
  CATALOGUE: D1Database
  OPERATIONS: D1Database
  LIVE: D1Database
  CACHE: KVNamespace
  /** Read only: events leave the shop as they came. */
  ARCHIVE: R2Bucket
  OUTBOX: Queue<OutboxSignal>
  EVENTS: Queue<EventsSignal | EraseSignal>
  INBOX: Queue<InboxSignal>
  /** Only to send a dead letter again. */
  ENRICH: Queue<unknown>
  IMPRESSIONS: Queue<unknown>
  SIGNING_SECRET: string
  /** SHA-256 of the admin key, base64url; empty switches the admin routes off. */
  ADMIN_KEY_HASH: string
  /** Seals webhook secrets and tokens; 32 random bytes or more. */
  WEBHOOK_SECRETS_KEY: string
  UPSTASH_REDIS_REST_URL?: string
  UPSTASH_REDIS_REST_TOKEN?: string
}

/**
 * Says only that there is work: the work itself is in D1. The kind tells a dead letter's queue, which the platform does
 * not name.
 */
export interface OutboxSignal {
  kind: 'outbox'
  shop: string
}
export interface EventsSignal {
  kind: 'events'
  shop: string
}
/** On the queue of events, whose consumer does both. */
export interface EraseSignal {
  kind: 'erase'
  shop: string
}
export interface InboxSignal {
  kind: 'inbox'
  shop: string
}

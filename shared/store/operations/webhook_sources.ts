import type { D1Database } from '@cloudflare/workers-types'
import type { Sealer } from '../../base/sealed.ts'
import type { WebhookSourceBody } from '../../domain/webhook_source.ts'

/** A source without what must not be shown. */
export type SourceConfig = Omit<WebhookSourceBody, 'secrets' | 'api'> & { apiUrl: string | null }

/** What a person may see of a source. */
export interface SourceView {
  source: string
  config: SourceConfig
  /** One a secret, in the order they were given. */
  fingerprints: string[]
  createdAtMs: number
  updatedAtMs: number
}

export interface StoredSource {
  config: SourceConfig
  secrets: readonly string[]
  apiToken: string | null
  createdAtMs: number
}

/** The sealed secrets do not open: WEBHOOK_SECRETS_KEY is not the one that they were sealed with. */
export class SecretsUnreadable extends Error {
  constructor(shop: string, source: string) {
    super(`the secrets of ${shop}/${source} do not open: WEBHOOK_SECRETS_KEY is not the key they were stored with`)
    this.name = 'SecretsUnreadable'
  }
}

/** Who may deliver to which shop, and how they sign. */
export interface WebhookSourceStore {
  /** @throws SecretsUnreadable */
  get(shop: string, source: string): Promise<StoredSource | null>
  list(shop: string): Promise<SourceView[]>
  view(shop: string, source: string): Promise<SourceView | null>
  /** Creates or replaces; true when it is new. */
  put(shop: string, source: string, body: WebhookSourceBody, nowMs: number): Promise<boolean>
  remove(shop: string, source: string): Promise<boolean>
}

interface Row {
  source: string
  config: string
  sealed: string
  fingerprints: string
  created_at: number
  updated_at: number
}

/** Sources of one shop that are listed: a shop has a handful. */
const LISTED = 100

export function createWebhookSourceStore(db: D1Database, sealer: Sealer): WebhookSourceStore {
  const read = (shop: string, source: string) =>
    db.prepare('SELECT * FROM webhook_sources WHERE shop = ?1 AND source = ?2').bind(shop, source).first<Row>()
  return {
    async get(shop, source) {
      const row = await read(shop, source)
      if (row === null) return null
      const opened = await sealer.open(row.sealed, [shop, source])
      if (opened === null) throw new SecretsUnreadable(shop, source)
      const { secrets, token } = JSON.parse(opened) as { secrets: string[]; token: string | null }
      return { config: JSON.parse(row.config) as SourceConfig, secrets, apiToken: token, createdAtMs: row.created_at }
    },
    async list(shop) {
      const { results } = await db
        .prepare('SELECT * FROM webhook_sources WHERE shop = ?1 ORDER BY source LIMIT ?2')
        .bind(shop, LISTED)
        .all<Row>()
      return results.map(toView)
    },
    async view(shop, source) {
      const row = await read(shop, source)
      return row === null ? null : toView(row)
    },
    async put(shop, source, body, nowMs) {
      const { secrets, api, ...rest } = body
      const config: SourceConfig = { ...rest, apiUrl: api?.url ?? null }
      const sealed = await sealer.seal(JSON.stringify({ secrets, token: api?.token ?? null }), [shop, source])
      const fingerprints = await Promise.all(secrets.map((secret) => sealer.fingerprint(secret)))
      const [before] = await db.batch([
        db.prepare('SELECT 1 FROM webhook_sources WHERE shop = ?1 AND source = ?2').bind(shop, source),
        db
          .prepare(
            `INSERT INTO webhook_sources (shop, source, config, sealed, fingerprints, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
             ON CONFLICT (shop, source) DO UPDATE SET config = ?3, sealed = ?4, fingerprints = ?5, updated_at = ?6`,
          )
          .bind(shop, source, JSON.stringify(config), sealed, JSON.stringify(fingerprints), nowMs),
      ])
      return before!.results.length === 0
    },
    async remove(shop, source) {
      const { meta } = await db
        .prepare('DELETE FROM webhook_sources WHERE shop = ?1 AND source = ?2')
        .bind(shop, source)
        .run()
      return meta.changes > 0
    },
  }
}

const toView = (row: Row): SourceView => ({
  source: row.source,
  config: JSON.parse(row.config) as SourceConfig,
  fingerprints: JSON.parse(row.fingerprints) as string[],
  createdAtMs: row.created_at,
  updatedAtMs: row.updated_at,
})

import { type Clock, SECOND_MS } from '../../base/clock.ts'
import { createLru } from '../../base/lru.ts'
import { ANY_MARKET } from '../../domain/ids.ts'
import type { ShopConfig } from '../../domain/shop.ts'
import type { SourceContext } from '../../domain/webhook_source.ts'
import type { StoredSource, WebhookSourceStore } from '../../store/operations/webhook_sources.ts'
import { verifyKeys } from './verify/secrets.ts'
import type { Signing } from './verify/verify.ts'

/** A source as a delivery needs it. */
export interface LiveSource {
  context: SourceContext
  signing: Signing
  /** Where thin bodies' resources are fetched; null: nowhere. */
  api: { url: string; token: string } | null
}

/** Sources held in isolate memory, unknown ones too: strangers must not cost a database read each time. */
export interface SourceMemory {
  get(shop: string, source: string): Promise<LiveSource | null>
  /** Reads anew, for a signature that does not fit: the secret may have been changed a moment ago. Bounded per second. */
  again(shop: string, source: string): Promise<LiveSource | null>
  forget(shop: string, source: string): void
}

/** A changed source is known to other isolates after this at the latest; a new secret at once. */
const HOLD_MS = 30 * SECOND_MS
const HELD = 1_000
/** Reads that wrong signatures may cause in an isolate. */
const REREADS_PER_SECOND = 20

export function createSourceMemory(
  store: Pick<WebhookSourceStore, 'get'>,
  shops: { config(shop: string): Promise<ShopConfig | null> },
  clock: Clock,
): SourceMemory {
  const held = createLru<{ source: LiveSource | null }>(HELD, HOLD_MS)
  let rereads = { second: 0, count: 0 }
  const read = async (shop: string, source: string) => {
    const stored = await store.get(shop, source)
    const config = stored === null ? null : await shops.config(shop)
    const live = stored === null || config === null ? null : await liveSource(source, stored, config)
    held.set(`${shop} ${source}`, { source: live }, clock.now())
    return live
  }
  return {
    async get(shop, source) {
      const known = held.get(`${shop} ${source}`, clock.now())
      return known === undefined ? read(shop, source) : known.source
    },
    async again(shop, source) {
      const second = Math.floor(clock.now() / SECOND_MS)
      if (second !== rereads.second) rereads = { second, count: 0 }
      rereads.count += 1
      if (rereads.count > REREADS_PER_SECOND) return held.get(`${shop} ${source}`, clock.now())?.source ?? null
      return read(shop, source)
    },
    forget: (shop, source) => held.delete(`${shop} ${source}`),
  }
}

async function liveSource(
  source: string,
  { config, secrets, apiToken, createdAtMs }: StoredSource,
  shop: ShopConfig,
): Promise<LiveSource> {
  const market = config.market ?? ANY_MARKET
  // Prices for every market are, unless said otherwise, in the money of the market that the shop calls its own.
  const own = shop.markets.find((entry) => entry.market === (config.market ?? shop.market)) ?? shop.markets[0]!
  const mapping = config.mapping ?? null
  return {
    context: {
      ...{ shop: shop.shop, source, kind: config.kind, market, mapping },
      currency: config.currency ?? own.currency,
      locale: config.locale ?? (config.market === undefined ? shop.locale : own.locale),
      sinceMs: config.since === undefined ? createdAtMs : Date.parse(config.since),
    },
    signing: { kind: config.kind, mapping, keys: await verifyKeys(config.kind, secrets) },
    api: config.apiUrl === null || apiToken === null ? null : { url: config.apiUrl, token: apiToken },
  }
}

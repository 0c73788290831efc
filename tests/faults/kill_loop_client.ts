/** What the harness asks of a running stack as its owner: shops, keys, webhook sources, and what still waits. */
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { jobsSchema } from '../../cli/answers.ts'
import { ATTEMPTS_BULK, createClient } from '../../cli/client.ts'
import { makeKey } from '../../shared/domain/key.ts'
import type { SimShop } from '../simulation/story.ts'

const anything = z.unknown()
const POLL_MS = 200

export interface HarnessClient {
  admin: ReturnType<typeof createClient>
  ofShop(shop: SimShop): ReturnType<typeof createClient>
}

/** A key's secret part; the stack is on this machine and lives as long as the check. */
const KEY_SECRET = 'a-secret-key-of-a-check-on-this-machine'

export function createHarnessClient(url: string, adminKey: string): HarnessClient {
  const admin = createClient({ url, key: adminKey, attempts: ATTEMPTS_BULK })
  return { admin, ofShop: ({ shop }) => admin.withKey(makeKey('sk', shop, KEY_SECRET)) }
}

export async function setUpShops(
  client: HarnessClient,
  shops: readonly SimShop[],
  secretOf: (shop: SimShop) => string,
  sourceOf: (shop: SimShop) => string,
): Promise<void> {
  for (const shop of shops) {
    const markets = [{ market: 'DE', currency: shop.currency, locale: 'en' }]
    const body = { name: shop.shop, locale: 'en', market: 'DE', markets }
    await client.admin.call({ method: 'PUT', path: `/v1/shops/${shop.shop}`, json: body, answer: anything })
    const key = { kind: 'sk', label: 'a check', secret: KEY_SECRET }
    await client.admin.call({ method: 'POST', path: `/v1/shops/${shop.shop}/keys`, json: key, answer: anything })
    const source = { kind: shop.platform, secrets: [secretOf(shop)] }
    await client
      .ofShop(shop)
      .call({ method: 'PUT', path: `/v1/webhooks/${sourceOf(shop)}`, json: source, answer: anything })
  }
}

/** What of a shop still waits to be done. */
export interface Backlog {
  shop: string
  outbox: number
  events: number
}

export type Drained = { isDrained: true; seconds: number } | { isDrained: false; waiting: Backlog[] }

/** Waits until no shop has anything in its outbox or its event inbox. */
export async function drained(client: HarnessClient, shops: readonly SimShop[], withinMs: number): Promise<Drained> {
  const startedAt = performance.now()
  let open = [...shops]
  for (;;) {
    const waiting = await Promise.all(open.map((shop) => backlogOf(client, shop)))
    const busy = waiting.filter((one) => one.outbox + one.events > 0)
    open = open.filter((one) => busy.some(({ shop }) => shop === one.shop))
    const elapsedMs = performance.now() - startedAt
    if (open.length === 0) return { isDrained: true, seconds: elapsedMs / 1_000 }
    if (elapsedMs >= withinMs) return { isDrained: false, waiting: busy }
    await pause(POLL_MS)
  }
}

async function backlogOf(client: HarnessClient, shop: SimShop): Promise<Backlog> {
  const { waiting } = await client.ofShop(shop).call({ path: '/v1/jobs', answer: jobsSchema })
  return { shop: shop.shop, outbox: waiting.outbox, events: waiting.events }
}

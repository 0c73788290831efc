/** A night and some minutes of shoppers, through the shipped workers, counted by whose work it was. */
import type { KVNamespace } from '@cloudflare/workers-types'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { ShopData } from '../../tests/support/shops.ts'
import { zipf } from '../../tests/support/zipf.ts'
import { CRONS, onCron } from '../../workers/enrich/crons.ts'
import type { Transaction } from './counted/d1.ts'
import type { Counts, Meter } from './meter.ts'
import { openPlatform } from './platform.ts'
import { type CountedShop, openCountedShop, PLACEMENTS, sendItems } from './shop.ts'

/** Accounts: work before anything is counted has names of its own. */
export const ACCOUNTS = {
  /** Requests for shelves, with all that is done behind their answers. */
  shelves: 'shelves',
  /** What shoppers do, as it comes in. */
  events: 'events',
  /** Consumers: impressions and events on their way into the archive. */
  consumers: 'consumers',
  /** What runs each minute, whether somebody is there or not; learning is part of it. */
  crons: 'crons',
  /** Items taken in, understood, embedded, learned. */
  night: 'night',
} as const

export interface ReplayOptions {
  seed: number
  isolates: number
  requestsPerSecond: number
  /** A shopper does something after so many requests of his own. */
  eventEvery: number
  warmUpMinutes: number
  minutes: number
  progress(what: string): void
  /** What a test plants beside each shelf, and what it counts KV with. */
  beside(shop: CountedShop): Promise<void>
  stand(kv: KVNamespace): KVNamespace
}

/**
 * Half a million shelves a month. Orders of a language model are asked anew after six hours: a replay of just as long has
 * each of them made once, as every six hours have.
 */
export const REPLAY: ReplayOptions = {
  seed: 20_261_121,
  isolates: 4,
  requestsPerSecond: 0.2,
  eventEvery: 5,
  warmUpMinutes: 10,
  minutes: 6 * 60,
  progress: () => {},
  beside: async () => {},
  stand: (kv) => kv,
}

export interface Replayed {
  shop: string
  items: number
  shelves: number
  events: number
  minutes: number
  /** Shelves by the rung that answered. */
  rungs: Record<string, number>
  requestsPerSecond: number
  counts: Record<keyof typeof ACCOUNTS, Counts>
  transactions: Transaction[]
  failures: string[]
  meter: Meter
}

/** Between two runs of the slow cron, in minutes. */
const TIDY_EVERY = 10
/** In minutes. */
const PROGRESS_EVERY = 60

export async function replay(data: ShopData, own: Partial<ReplayOptions> = {}): Promise<Replayed> {
  const options = { ...REPLAY, ...own }
  // On the minute, as crons are.
  const startMs = Math.ceil((data.newestMs + HOUR_MS) / MINUTE_MS) * MINUTE_MS
  const platform = await openPlatform(startMs, options.stand)
  const { meter } = platform
  options.progress('the shop is set up')
  const shop = await openCountedShop(data, platform, options.isolates)
  options.progress('the night: items are taken in, understood, embedded and learned')
  await meter.during(ACCOUNTS.night, () => sendItems(shop))
  await shop.catchUp(ACCOUNTS.night)
  const shoppers = createShoppers(shop, options)
  for (let minute = 0; minute < options.warmUpMinutes + options.minutes; minute++) {
    const counts = minute >= options.warmUpMinutes
    if (minute % PROGRESS_EVERY === 0)
      options.progress(`shoppers come: minute ${minute} of ${options.warmUpMinutes + options.minutes}`)
    await shoppers.minute(minute, counts)
  }
  return {
    ...{ shop: data.shop, items: data.items.length, minutes: options.minutes },
    ...{ shelves: shoppers.seen.shelves, events: shoppers.seen.events, rungs: shoppers.seen.rungs },
    requestsPerSecond: options.requestsPerSecond,
    counts: Object.fromEntries(
      Object.entries(ACCOUNTS).map(([name, account]) => [name, meter.counts(account)]),
    ) as Replayed['counts'],
    transactions: platform.transactions,
    failures: shop.failures,
    meter,
  }
}

interface Shopper {
  id: string
  requests: number
  acts: number
  /** Items that were looked at or bought last. */
  items: string[]
}

/** Shoppers who come by Zipf's law, among whom the crons go on. */
function createShoppers(shop: CountedShop, options: ReplayOptions) {
  const { meter, timers } = shop.platform
  const rng = seededRng(options.seed)
  const pasts = [...pastsOf(shop.data)]
  const known = new Map<number, Shopper>()
  const draw = zipf(pasts.length)
  const seen = { shelves: 0, events: 0, rungs: {} as Record<string, number> }
  const stepMs = SECOND_MS / options.requestsPerSecond

  async function request(accountOf: (name: string) => string, counts: boolean): Promise<void> {
    const rank = draw(rng)
    const [id, past] = pasts[rank]!
    const shopper = known.get(rank) ?? { id, requests: 0, acts: 0, items: past.slice(-CART) }
    known.set(rank, shopper)
    shopper.requests += 1
    if (shopper.requests % options.eventEvery === 0) {
      await meter.during(accountOf(ACCOUNTS.events), () => act(shop, shopper, past, rng.int(options.isolates)))
      if (counts) seen.events += 1
    }
    const body = bodyOf(shopper, rng)
    const isolate = rng.int(options.isolates)
    const answer = await meter.during(accountOf(ACCOUNTS.shelves), async () => {
      await options.beside(shop)
      return (await shop.ask(isolate, '/v1/recommendations', body)) as { served: { rung: string } }
    })
    if (!counts) return
    seen.shelves += 1
    seen.rungs[answer.served.rung] = (seen.rungs[answer.served.rung] ?? 0) + 1
  }

  async function play(ms: number, accountOf: (name: string) => string, counts: boolean): Promise<void> {
    for (const endsAtMs = timers.clock.now() + ms; timers.clock.now() < endsAtMs; ) {
      await timers.advance(Math.min(stepMs, endsAtMs - timers.clock.now()))
      await request(accountOf, counts)
      await shop.deliver(accountOf(ACCOUNTS.consumers))
    }
  }

  return {
    seen,
    /** One minute: the pulse beats, shoppers come between its beats, then the minute's work is done. */
    async minute(minute: number, counts: boolean): Promise<void> {
      const accountOf = (name: string) => (counts ? name : `${name}, not counted`)
      const cron = (name: string, deps: typeof shop.enrich) =>
        meter.during(accountOf(ACCOUNTS.crons), async () => {
          meter.add('workers.requests', 1)
          await onCron(name, deps)
        })
      const endsAtMs = timers.clock.now() + MINUTE_MS
      await cron(CRONS.pulse, { ...shop.enrich, pause: (ms) => play(ms, accountOf, counts) })
      const restMs = endsAtMs - timers.clock.now()
      if (restMs > 0) await play(restMs, accountOf, counts)
      await cron(CRONS.work, shop.enrich)
      if (minute % TIDY_EVERY === 0) await cron(CRONS.tidy, shop.enrich)
    },
  }
}

const CART = 3

function bodyOf({ id, items }: Shopper, rng: Rng): Record<string, unknown> {
  const placement = PLACEMENTS[rng.int(PLACEMENTS.length)]!
  const common = { placement, user_id: id }
  if (placement === 'product') return { ...common, item_ids: items.slice(-1) }
  if (placement === 'cart') return { ...common, cart_item_ids: [...new Set(items)] }
  return common
}

/** The shopper does with an item of his past what he may do again. */
async function act(shop: CountedShop, shopper: Shopper, past: readonly string[], isolate: number): Promise<void> {
  const item = past[shopper.acts % past.length]!
  shopper.acts += 1
  shopper.items = [...shopper.items, item].slice(-CART)
  const event = {
    event_id: `replay-${shopper.id}-${shopper.acts}`,
    type: shopper.acts % 2 === 0 ? 'add_to_cart' : 'view',
    user_id: shopper.id,
    item_id: item,
    occurred_at: new Date(shop.platform.timers.clock.now()).toISOString(),
  }
  await shop.ask(isolate, '/v1/events', { events: [event] })
}

interface Event {
  user_id?: string
  item_id?: string
  occurred_at: string
}

/** Items by shopper, in the order in which they were wanted; shoppers with names alone. */
function pastsOf(data: ShopData): Map<string, string[]> {
  const pasts = new Map<string, string[]>()
  const sold = new Set(data.items.map(({ id }) => id))
  for (const { user_id, item_id } of (data.events as Event[]).toSorted((a, b) =>
    a.occurred_at < b.occurred_at ? -1 : 1,
  )) {
    if (user_id === undefined || item_id === undefined || !sold.has(item_id)) continue
    const past = pasts.get(user_id)
    if (past === undefined) pasts.set(user_id, [item_id])
    else past.push(item_id)
  }
  if (pasts.size === 0) throw new Error('the shop has no events of named shoppers')
  return pasts
}

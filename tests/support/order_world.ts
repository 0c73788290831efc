/** A shop's shelves without a shop: who asks, what stands on the shelf, and what an order was found for it. */
import { manualClock, SECOND_MS } from '../../shared/base/clock.ts'
import { hash32, hash64 } from '../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { Card } from '../../shared/domain/card.ts'
import type { LlmOrder, OrderAudience, OrderCandidate, OrderContext } from '../../shared/domain/llm_order.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { ALLOWANCE, type AllowanceSettings, createAllowance } from '../../shared/rerank/allowance.ts'
import type { MadeOrder } from '../../shared/rerank/make_order.ts'
import { pickOrder } from '../../shared/rerank/merge_orders.ts'
import { orderKey } from '../../shared/rerank/order_key.ts'
import { createOrderPool, ownProposal, type PooledItem } from '../../shared/rerank/order_pool.ts'
import { decideRefresh, refreshOrder, type Wish } from '../../shared/rerank/refresh.ts'
import { createLlmOrders, type OrderPlace } from '../../shared/store/llm_orders.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { zipf } from './zipf.ts'

export interface OrderWorldOptions {
  seed: number
  shoppers: number
  items: number
  tastes: number
  requests: number
  warmUp: number
  /** Share of a shelf that comes from what the shopper's taste wants; .1 is what everybody wants, the rest is the shopper's own. */
  alike: number
  /** Share of shoppers of no taste. */
  tasteless: number
  isolates: number
  requestsPerSecond: number
  /** Share of calls that fail. */
  failing: number
  settings: AllowanceSettings
  /** What an order of a shared audience is asked about: what its shelves show most, or the shelf at hand alone. */
  pooled: boolean
}

export const ORDER_WORLD: OrderWorldOptions = {
  seed: 20_261_121,
  shoppers: 4_300,
  items: 3_659,
  tastes: 40,
  requests: 50_000,
  warmUp: 5_000,
  alike: 0.65,
  tasteless: 0.2,
  isolates: 4,
  requestsPerSecond: 2,
  failing: 0.02,
  settings: ALLOWANCE,
  pooled: true,
}

export interface OrderFigures {
  /** Shares of the shelves after the warm-up. */
  l0: number
  l1: number
  /** Calls a shelf after the warm-up, and over everything. */
  calls: number
  callsInAll: number
  orders: Record<OrderAudience['kind'], number>
}

const PLACEMENTS = ['home', 'product', 'cart']
const LOCALES = ['en', 'de']
const EVENT_EVERY = 5
const LIST = 13
const CORE = 25
const PROPOSED = 40
const CHANGE_EVERY = 1_000
const CHANGED_SHARE = 0.01

export async function runOrderWorld(own: Partial<OrderWorldOptions>): Promise<OrderFigures> {
  const options = { ...ORDER_WORLD, ...own }
  const rng = seededRng(options.seed)
  const clock = manualClock(1_767_225_600_000)
  const kv = createMemoryKv({ clock })
  const versions = new Uint32Array(options.items)
  const lists = createLists(options)
  const isolates = Array.from({ length: options.isolates }, () => ({
    allowance: createAllowance(clock, options.settings),
    orders: createLlmOrders(kv, clock),
    pool: createOrderPool(),
  }))
  const draw = zipf(options.shoppers)
  const seen = new Uint32Array(options.shoppers)
  const places = new Map<string, OrderPlace>()
  const figures: OrderFigures = { l0: 0, l1: 0, calls: 0, callsInAll: 0, orders: { exact: 0, cluster: 0, everyone: 0 } }
  for (let at = 0; at < options.warmUp + options.requests; at++) {
    const isCounted = at >= options.warmUp
    clock.advance(SECOND_MS / options.requestsPerSecond)
    if (at % CHANGE_EVERY === CHANGE_EVERY - 1)
      for (let n = 0; n < options.items * CHANGED_SHARE; n++) versions[rng.int(options.items)]! += 1
    const shopper = draw(rng)
    const events = Math.floor(seen[shopper]!++ / EVENT_EVERY)
    const placement = rng.int(PLACEMENTS.length)
    const isolate = isolates[rng.int(isolates.length)]!
    const present = lists.of(shopper, events, placement).map((item) => pooledItem(item, versions[item]!))
    const contexts = audiences(shopper, events, lists.tasteOf(shopper)).map((audience) =>
      contextOf(PLACEMENTS[placement]!, LOCALES[shopper % LOCALES.length]!, audience),
    )
    const asked: OrderPlace[] = []
    for (const context of contexts) {
      const name = JSON.stringify([context.placement, context.locale, context.audience])
      // The real digest is of SHA-256, which takes longer than all else here.
      const place = places.get(name) ?? { shop: 'shop', key: orderKey(context), digest: hash64(name) }
      places.set(name, place)
      asked.push(place)
    }
    const found = await isolate.orders.read(asked)
    const nowMs = clock.now()
    isolate.allowance.earn('shop')
    const wishes = contexts.map((context, level): Wish => {
      const place = asked[level]!
      const isPooled = options.pooled && context.audience.kind !== 'exact'
      if (isPooled) isolate.pool.saw(place.digest, present, nowMs)
      const proposal = () => (isPooled ? isolate.pool.proposal(place.digest, PROPOSED, nowMs) : ownProposal(present))
      return { place, context, order: found.get(place.digest) ?? null, proposal }
    })
    const picked = pickOrder(
      wishes.map(({ context, order }) => ({ shared: context.audience.kind !== 'exact', order })),
      present,
      nowMs,
    )
    if (picked !== null && isCounted) figures[picked.level === 'L0' ? 'l0' : 'l1'] += 1
    const decision = decideRefresh(wishes, present, isolate.allowance, nowMs)
    if (!decision.ask) continue
    const { wish, what } = decision
    const candidates = what.items.map(({ id, version }) => ({ id, version }) as OrderCandidate)
    await refreshOrder(
      { wish, candidates, extend: what.extend },
      {
        allowance: isolate.allowance,
        orders: isolate.orders,
        clock,
        log: silentLog,
        make: async (_context, asks, { passes }) => {
          figures.callsInAll += passes
          if (isCounted) figures.calls += passes
          figures.orders[wish.context.audience.kind] += 1
          return rng.next() < options.failing ? FAILED : madeOrder(wish.place.key, asks, passes, clock.now())
        },
      },
    )
  }
  figures.l0 /= options.requests
  figures.l1 /= options.requests
  figures.calls /= options.requests
  figures.callsInAll /= options.requests + options.warmUp
  return figures
}

/** Shelves of thirteen: partly of what the taste wants, a little of what all want, the rest of what the shopper wants. */
function createLists({ seed, shoppers, items, tastes, alike, tasteless }: OrderWorldOptions) {
  const rng = seededRng(seed + 1)
  const coreOf = (name: string) => {
    const own = seededRng(hash32(name, seed))
    return Array.from({ length: CORE }, () => own.int(items))
  }
  const tasteOf = Int32Array.from({ length: shoppers }, () => (rng.next() < tasteless ? -1 : skewed(rng, tastes)))
  const made = new Map<string, number[]>()
  return {
    tasteOf: (shopper: number) => tasteOf[shopper]!,
    of(shopper: number, events: number, placement: number): number[] {
      const name = `${shopper} ${events} ${placement}`
      const known = made.get(name)
      if (known !== undefined) return known
      const own = seededRng(hash32(name, seed))
      const taste = tasteOf[shopper]!
      const cores = {
        taste: taste === -1 ? coreOf(`all ${placement}`) : coreOf(`taste ${taste} ${placement}`),
        all: coreOf(`all ${placement}`),
        own: coreOf(`own ${shopper} ${placement}`),
      }
      const list = new Set<number>()
      while (list.size < LIST) {
        const from = own.next()
        const core = from < alike ? cores.taste : from < alike + 0.1 ? cores.all : cores.own
        list.add(core[skewed(own, CORE)]!)
      }
      const found = [...list]
      made.set(name, found)
      return found
    },
  }
}

/** A place in [0, below), the first ones more often. */
const skewed = (rng: Rng, below: number) => Math.floor(below * rng.next() ** 1.5)

function audiences(shopper: number, events: number, taste: number): OrderAudience[] {
  const shared: OrderAudience[] =
    taste === -1 ? [{ kind: 'everyone' }] : [{ kind: 'cluster', cluster: String(taste) }, { kind: 'everyone' }]
  return [{ kind: 'exact', fingerprint: `${shopper} ${events}` }, ...shared]
}

const contextOf = (placement: string, locale: string, audience: OrderAudience): OrderContext => ({
  shop: 'shop',
  market: 'DE',
  placement,
  settings: '',
  locale,
  seeds: [],
  cart: [],
  query: null,
  audience,
  model: 'scripted/ranker',
  prompt: 'rank@1',
})

const pooledItem = (item: number, version: number): PooledItem => ({
  id: `i${item}`,
  version: String(version),
  card: { offerMarket: '*', currency: 'EUR' } as Card,
})

const FAILED: MadeOrder = {
  ok: false,
  reason: 'unavailable',
  cost: { inputTokens: 0, outputTokens: 0, microCost: 0 },
  reports: [],
}

/** What a model might answer: the last first. */
export function madeOrder(
  key: string,
  candidates: readonly OrderCandidate[],
  passes: number,
  nowMs: number,
): MadeOrder & { ok: true; order: LlmOrder } {
  return {
    ok: true,
    order: {
      v: 1,
      key,
      candidates: candidates.map(({ id, version }) => [id, version] as const),
      order: [...candidates.keys()].reverse(),
      passes,
      agreement: passes > 1 ? 0.7 : 0,
      cost: { inputTokens: 900, outputTokens: 60, microCost: 200 },
      madeAtMs: nowMs,
      softUntilMs: nowMs + 6 * 3_600_000,
      hardUntilMs: nowMs + 48 * 3_600_000,
    },
    reports: [],
  }
}

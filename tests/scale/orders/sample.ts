/** One shelf in three orders, each by the shipped pipeline: without a model, as its audience shares it, and its very own. */

import { createLlmDeps } from '../../../shared/recommend/llm/create.ts'
import { createAllowance } from '../../../shared/rerank/allowance.ts'
import { createLlmOrders } from '../../../shared/store/llm_orders.ts'
import { createMemoryKv } from '../../../workers/local/node/memory_kv.ts'
import { migrated } from '../../support/migrated.ts'
import { type CountingProvider, countingProvider, tokensIn } from './provider.ts'
import { shelfOf } from './shelf.ts'
import { type LlmParts, type OrderShop, type PlacementName, storesOf } from './shop.ts'
import { ndcgOf } from './truth.ts'

export interface Sample {
  shopper: string
  placement: PlacementName
  /** NDCG@10; `l1` null where nothing shared was there for the shelf. */
  base: number
  l0: number
  l1: number | null
  /** Of the one call that its own order takes. */
  callTokens: number
}

export type Sampler = (
  isolate: LlmParts,
  body: Record<string, unknown>,
  shopper: string,
  page: readonly string[],
) => Promise<Omit<Sample, 'shopper' | 'placement'> | null>

/** A coin by which a live shelf is no draft. */
const SERVED = 'AAAAAAAA'
const WAIT_MS = 2_000

export function samplerOf(shop: OrderShop): Sampler {
  const { world, truth, locations } = shop
  let own: Promise<CountingProvider> | null = null
  return async (isolate, body, shopper, page) => {
    // Apart from the shop's ledger and KV: what a sample asks is no part of what is judged.
    own ??= migrated('operations').then((db) => countingProvider(db, world.clock, 1, shop.ranking))
    const provider = await own
    const failures: string[] = []
    const base = await shelfOf({ ...isolate, llm: null }, shop, body, SERVED, failures)
    if (base.rung !== 'L2' || base.shown.length < 2) return null
    const before = tokensIn(provider.counted)
    const alone = createLlmDeps(
      {
        ...storesOf(world, locations[0]!, provider),
        orders: createLlmOrders(createMemoryKv({ clock: world.clock }), world.clock),
      },
      world.clock,
    )
    const exact = await shelfOf(
      { ...isolate, llm: alone },
      shop,
      { ...body, explain: 'none', wait_ms: WAIT_MS },
      SERVED,
      failures,
    )
    if (exact.rung !== 'L0') return null
    const callTokens = tokensIn(provider.counted) - before
    const shared = await shelfOf(
      { ...isolate, llm: sharedOnly(isolate) },
      shop,
      { ...body, explain: 'none' },
      SERVED,
      failures,
    )
    if (failures.length > 0) throw new Error(failures[0])
    const pages = [base, exact, ...(shared.rung === 'L1' ? [shared] : [])].map(({ shown }) =>
      shown.map(({ card }) => card.id),
    )
    const [ofBase, ofExact, ofShared] = ndcgOf(pages, (item) => truth.wants(shopper, item, page))
    return { base: ofBase!, l0: ofExact!, l1: ofShared ?? null, callTokens }
  }
}

/** The isolate with what it knows, but for exact orders, and with nothing to spend. */
function sharedOnly({ llm, clock }: LlmParts): LlmParts['llm'] {
  const isExact = ({ key }: { key: string }) => key.includes('"kind":"exact"')
  const { orders } = llm
  return {
    ...llm,
    allowance: createAllowance(clock, { ...llm.allowance.settings, initial: 0, callsPerShelf: 0 }),
    memory: { ...llm.memory, pool: { ...llm.memory.pool, saw: () => {} } },
    orders: {
      keep: async () => false,
      held: (place) => (isExact(place) ? null : orders.held(place)),
      async read(places) {
        const found = await orders.read(places.filter((place) => !isExact(place)))
        return new Map(places.map((place) => [place.digest, found.get(place.digest) ?? null]))
      },
    },
  }
}

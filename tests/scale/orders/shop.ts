/** A shop under replay: several isolates at two locations, one language model, and shoppers who come by Zipf's law. */
import { SECOND_MS } from '../../../shared/base/clock.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import type { Gate } from '../../../shared/domain/gate.ts'
import type { LlmOrder } from '../../../shared/domain/llm_order.ts'
import type { ShopConfig } from '../../../shared/domain/shop.ts'
import { silentLog } from '../../../shared/observe/log.ts'
import { createLlmDeps } from '../../../shared/recommend/llm/create.ts'
import { createMaker } from '../../../shared/recommend/llm/create_maker.ts'
import type { LlmDeps } from '../../../shared/recommend/llm/deps.ts'
import { createLlmOrders, type LlmOrders } from '../../../shared/store/llm_orders.ts'
import type { ModelCallStore } from '../../../shared/store/operations/model_calls.ts'
import { createReasonStore } from '../../../shared/store/reasons.ts'
import type { ShopData } from '../../support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../../support/world.ts'
import { type CountingProvider, countingProvider } from './provider.ts'
import { type PlantedTruth, plantedTruth } from './truth.ts'

export const PLACEMENTS = ['home', 'product', 'cart'] as const
export type PlacementName = (typeof PLACEMENTS)[number]
export const LOCALES = ['en-GB', 'de-DE'] as const
/** What one location writes another sees so much later. */
const KV_LAG_MS = 30 * SECOND_MS
const LOCATIONS = 2
/**
 * Live for every length of history: where the learned order takes over is fitted by a shop's own evidence, and is judged
 * elsewhere. Here each shelf is to be one for which an order is wanted.
 */
const LIVE: Gate = { mode: 'live', crossing: 1_000_000 }
/** In the model's eyes, an item's own worth beside what facts have in common. */
const WORTH_TO_MODEL = 1

export type LlmParts = ShelfParts & { llm: LlmDeps }

/** What isolates really have been told, whatever a control makes of it. */
export interface Witness {
  /** Orders that were read for the shelf at hand. */
  read: Set<LlmOrder>
  /** The newest version of an item that was seen on a shelf. */
  versions: Map<string, string>
}

/** Puts something else in the place of an isolate's parts: what a control breaks. */
export type Break = (llm: LlmDeps, witness: Witness) => LlmDeps

export interface OrderShop {
  world: World
  config: ShopConfig
  truth: PlantedTruth
  provider: CountingProvider
  isolates: LlmParts[]
  locations: Location[]
  witness: Witness
  shoppers: string[]
  /** Items in the order in which a shopper bought them. */
  boughtBy: ReadonlyMap<string, readonly string[]>
  ranking: NonNullable<Parameters<typeof countingProvider>[3]>
}

export interface OrderShopOptions {
  seed: number
  isolates: number
  /** One that is built already; it is used up. */
  world?: World
  breaks?: Break
  ledger?: (calls: ModelCallStore) => ModelCallStore
}

export async function openOrderShop(data: ShopData, options: OrderShopOptions): Promise<OrderShop> {
  const { seed, isolates, breaks = (llm) => llm, ledger } = options
  const world = options.world ?? (await createWorld(data))
  const truth = plantedTruth(data, seed)
  const ranking = { popularity: truth.worth, popularityBias: WORTH_TO_MODEL }
  const provider = countingProvider(world.operations, world.clock, seed, ranking, ledger)
  const locations = await Promise.all(
    Array.from({ length: LOCATIONS }, () => world.location({ kvLagMs: () => KV_LAG_MS })),
  )
  const gates = Object.fromEntries(PLACEMENTS.map((name) => [name, LIVE]))
  const boughtBy = purchasesOf(data)
  const witness: Witness = { read: new Set(), versions: new Map() }
  return {
    ...{ world, truth, provider, locations, boughtBy, ranking, witness },
    config: { ...world.config, gates },
    shoppers: seededRng(seed + 1).shuffle([...boughtBy.keys()]),
    isolates: Array.from({ length: isolates }, (_, at) => {
      const location = locations[at % LOCATIONS]!
      const parts = location.isolate()
      const llm = createLlmDeps(storesOf(world, location, provider), world.clock)
      return { ...parts, llm: breaks({ ...llm, orders: witnessed(llm.orders, witness) }, witness) }
    }),
  }
}

function witnessed(orders: LlmOrders, { read: seen }: Witness): LlmOrders {
  const noted = (order: LlmOrder | null) => {
    if (order !== null) seen.add(order)
    return order
  }
  return {
    held(place) {
      const order = orders.held(place)
      return order === undefined ? undefined : noted(order)
    },
    async read(places) {
      const found = await orders.read(places)
      for (const order of found.values()) noted(order)
      return found
    },
    keep: (place, order) => orders.keep(place, order),
  }
}

/** As the api worker has them. */
export const storesOf = (
  world: World,
  location: Pick<Location, 'kv'>,
  { model }: CountingProvider,
): Parameters<typeof createLlmDeps>[0] => ({
  maker: createMaker({
    completer: model,
    reasons: createReasonStore(location.kv),
    clock: world.clock,
    log: silentLog,
  }),
  orders: createLlmOrders(location.kv, world.clock),
  reasons: createReasonStore(location.kv),
  profiles: world.enrich.profiles,
})

interface Purchase {
  user_id?: string
  item_id: string
  type: string
  occurred_at: string
}

function purchasesOf(data: ShopData): Map<string, string[]> {
  const bought = new Map<string, string[]>()
  const events = (data.events as Purchase[]).toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))
  for (const { user_id, item_id, type } of events) {
    if (user_id === undefined || type !== 'purchase') continue
    const own = bought.get(user_id)
    if (own === undefined) bought.set(user_id, [item_id])
    else own.push(item_id)
  }
  return bought
}

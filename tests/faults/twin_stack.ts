/**
 * Two api workers over the same databases in one runtime: one whose model door has a provider, one whose door has none.
 * What is compared differs in nothing else, and whatever else the machine does hits both.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoadRequest } from '../../bench/load.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { createGateStore } from '../../shared/store/catalogue/gates.ts'
import { bundle, type WorkerName } from '../../workers/local/stack.ts'
import { createShop, type Door, openDoor, sendShop, settled } from '../integration/shop_door.ts'
import type { ShopData } from '../support/shops.ts'

const FREE_API = 'shelfwise-api-free'
const FREE_MODEL = 'shelfwise-model-free'
/** Whatever a shopper has done, orders are served. */
const CROSSING = 100_000
const GATED = ['home', 'product'] as const

/** A shop that has learned everything, on disk; each run starts from a copy of it. */
export interface ReadyShop {
  data: ShopData
  keys: { sk: string; pk: string }
  directory: string
  remove(): Promise<void>
}

/** Imports and learns without a model, with gates that serve whatever a model may make. */
export async function readyShop(data: ShopData): Promise<ReadyShop> {
  const directory = await mkdtemp(join(tmpdir(), 'shelfwise-outage-'))
  const door = await openDoor({ persistTo: join(directory, 'ready') })
  try {
    const keys = await createShop(door, data)
    const gates = createGateStore(await door.stack.database('CATALOGUE'))
    for (const placement of GATED) await gates.fix(data.shop, placement, 'live', CROSSING, Date.now())
    await sendShop(door, keys.sk, data)
    await settled(door, keys.sk)
    return { data, keys, directory, remove: () => rm(directory, { recursive: true, force: true }) }
  } finally {
    await door.stack.stop()
  }
}

export interface Twins {
  /** Its door has the provider. */
  asking: URL
  /** Its door has none. */
  free: URL
  /** Everything that the workers write. */
  log: string[]
  stop(): Promise<void>
}

/** Starts both over a fresh copy of the shop. @param provider base URL of the provider, which may fail */
export async function startTwins({ directory }: ReadyShop, provider: string): Promise<Twins> {
  const state = await mkdtemp(join(directory, 'run-'))
  await cp(join(directory, 'ready'), state, { recursive: true })
  const counted = await bundle(join(import.meta.dirname, 'counted_model.ts'))
  const chat = { model: 'scripted-1', input_price: 1, output_price: 4 }
  const providers = JSON.stringify([{ name: 'scripted', base_url: provider, chat }])
  // Filled by `adapt`, which the stack calls for its own workers before it reads the others.
  const extraWorkers: Array<Record<string, unknown>> = []
  const adapt = (name: WorkerName, options: Record<string, unknown>) => {
    if (name === 'shelfwise-api') extraWorkers.push(freeApi(options))
    if (name !== 'shelfwise-model') return options
    extraWorkers.push({ ...options, name: FREE_MODEL })
    const bindings = { ...(options.bindings as object), PROVIDERS: providers, MODEL_DAILY_BUDGET: '1000' }
    return { ...options, script: counted, bindings }
  }
  const door: Door = await openDoor({ persistTo: state, extraWorkers, adapt })
  const { stack } = door
  return {
    asking: stack.url,
    free: await stack.runtime.unsafeGetDirectURL(FREE_API),
    log: door.log,
    async stop() {
      await stack.stop()
      await rm(state, { recursive: true, force: true })
    },
  }
}

const freeApi = (options: Record<string, unknown>) => ({
  ...options,
  name: FREE_API,
  unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  serviceBindings: { ...(options.serviceBindings as object), MODEL: { name: FREE_MODEL, entrypoint: 'Model' } },
})

/**
 * What shoppers ask for: GET and POST, home and product pages, in turn; most of them known, some with what they did a
 * moment ago in the request.
 * @param extra fields of every request, and of every POST besides
 */
export function shelfRequests(
  { data, keys }: ReadyShop,
  count: number,
  seed: number,
  extra: { page?: Record<string, string>; body?: Record<string, number> } = {},
): LoadRequest[] {
  const rng = seededRng(seed)
  const shoppers = [...new Set((data.events as Array<{ user_id: string }>).map((event) => event.user_id))]
  const id = () => rng.pick(data.items).id
  return Array.from({ length: count }, (_, index) => {
    const user_id = rng.pick(shoppers)
    const page = index % 4 < 2 ? { placement: 'home' } : { placement: 'product', item_ids: id() }
    if (index % 2 === 0) {
      const query = new URLSearchParams({ key: keys.pk, user_id, ...page, ...extra.page })
      return { method: 'GET' as const, path: `/v1/recommendations?${query}` }
    }
    const seeds = 'item_ids' in page ? { item_ids: [page.item_ids] } : {}
    const body = { ...page, ...seeds, user_id, recent: [{ item_id: id() }], ...extra.page, ...extra.body }
    return {
      method: 'POST' as const,
      path: '/v1/recommendations',
      headers: { authorization: `Bearer ${keys.sk}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
  })
}

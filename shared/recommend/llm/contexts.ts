import { canonicalJson } from '../../base/hash.ts'
import type { OrderAudience, OrderContext } from '../../domain/llm_order.ts'
import { type OrderUse, useOf } from '../../gate/use.ts'
import type { CompleterInfo } from '../../model/completer_rpc.ts'
import { TASKS, taskRecipe } from '../../prompt/tasks.ts'
import { rulesState } from '../../rank/rules_compile.ts'
import { clusterOf } from '../../rerank/cluster_of.ts'
import { heldTastes } from '../../rerank/held_tastes.ts'
import { historyFingerprint, orderPlace } from '../../rerank/order_key.ts'
import { sayableQuery } from '../../rerank/sayable.ts'
import type { OrderPlace } from '../../store/llm_orders.ts'
import type { ShelfDeps } from '../deps.ts'
import { inHoldout } from '../recommendation_id.ts'
import type { ShelfRequest } from '../request.ts'
import type { WaveOne } from '../wave_one.ts'
import type { LlmDeps } from './deps.ts'

/** A context of a shelf, and where what was made for it is kept. */
export interface ShelfContext {
  context: OrderContext
  place: OrderPlace
}

/** What a language model may have made for this shelf. */
export interface LlmPlan {
  use: OrderUse
  maker: CompleterInfo
  /** Items in the shopper's history. */
  history: number
  /** The nearest audience first; the last is everybody's. */
  contexts: readonly ShelfContext[]
}

/** Which contexts a shelf may find an order or reasons under; null where a language model has no part in it. */
export async function llmPlan(
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'habits' | 'anchors' | 'maker'>,
  deps: ShelfDeps,
): Promise<LlmPlan | null> {
  const { llm } = deps
  const { maker } = wave
  if (llm === null || maker === null || !mayUse(request)) return null
  const query = sayableQuery(request.query)
  // Words that may not be shown to a model: an order for no words would be another question's.
  if (request.query !== null && query === null) return null
  const history = historyLength(wave)
  const base = {
    shop: request.shop.shop,
    market: request.market,
    placement: request.placementName,
    settings: settingsOf(request, deps.clock.now()),
    locale: request.locale,
    seeds: request.seeds,
    cart: request.cart,
    query,
    model: maker.model,
    prompt: taskRecipe(TASKS.rank),
  }
  const audiences = await audiencesOf(request, wave, deps, llm)
  const contexts = await Promise.all(
    audiences.map(async (audience) => {
      const context: OrderContext =
        audience.kind === 'exact' ? { ...base, audience } : { ...base, audience, cart: lastOf(base.cart) }
      return { context, place: await orderPlace(context) }
    }),
  )
  return { use: useOf(request.shop.gates[request.placementName], history, request.coin), maker, history, contexts }
}

/** Hardly two carts are equal: what many shoppers share is what was put in last. */
const lastOf = (cart: readonly string[]): readonly string[] => cart.slice(-1)

/** Another moment, another freshness and the shop's own candidates are asked of what is known, not of what was made. */
const mayUse = (request: ShelfRequest): boolean =>
  request.asOfMs === null &&
  request.rulesAtMs === null &&
  request.candidates === null &&
  request.shown.size === 0 &&
  !inHoldout(request.shop.shop, request.shopper)

/** Of all that is known: the last events, and what was bought or judged before. */
function historyLength({ past, habits }: Pick<WaveOne, 'past' | 'habits'>): number {
  const known = new Set(past.map(({ id }) => id))
  for (const { item } of habits?.items ?? []) known.add(item)
  for (const id of habits?.liked ?? []) known.add(id)
  return known.size
}

/** What decides which items can be candidates at all. Titles, lengths and languages of a shelf do not. */
function settingsOf(request: ShelfRequest, nowMs: number): string {
  const { title: _title, limit: _limit, explain: _explain, ...placement } = request.placement
  return canonicalJson([placement, request.filter, rulesState(request.shop.rules, nowMs)])
}

async function audiencesOf(
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'anchors'>,
  deps: ShelfDeps,
  llm: LlmDeps,
): Promise<OrderAudience[]> {
  const audiences: OrderAudience[] = []
  const fingerprint = await historyFingerprint(wave.past)
  if (fingerprint !== null) audiences.push({ kind: 'exact', fingerprint })
  const tastes = fingerprint === null ? null : heldTastes(request.shop.shop, { ...deps, memory: llm.memory })
  const cluster = tastes === null ? null : clusterOf(wave.anchors, tastes)
  if (cluster !== null) audiences.push({ kind: 'cluster', cluster })
  audiences.push({ kind: 'everyone' })
  return audiences
}

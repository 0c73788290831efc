import { canonicalJson, sha256 } from '../../base/hash.ts'
import type { OrderAudience, OrderContext } from '../../domain/llm_order.ts'
import { type OrderUse, useOf } from '../../gate/use.ts'
import type { CompleterInfo } from '../../model/completer_rpc.ts'
import { TASKS, taskRecipe } from '../../prompt/tasks.ts'
import { rulesState } from '../../rank/rules_compile.ts'
import { clusterOf } from '../../rerank/cluster_of.ts'
import { heldTastes } from '../../rerank/held_tastes.ts'
import { historyFingerprint, orderPlace } from '../../rerank/order_key.ts'
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
  const history = historyLength(wave)
  const digest = remembering(llm, deps)
  const [settings, audiences] = await Promise.all([
    digest(settingsOf(request, deps.clock.now())),
    audiencesOf(request, wave, deps, llm, digest),
  ])
  const base = {
    shop: request.shop.shop,
    market: request.market,
    placement: request.placementName,
    settings,
    locale: request.locale,
    seeds: request.seeds,
    cart: request.cart,
    query: request.query,
    model: maker.model,
    prompt: taskRecipe(TASKS.rank),
  }
  const contexts = await Promise.all(
    contextsOf(base, audiences).map(async (context) => ({ context, place: await orderPlace(context, digest) })),
  )
  return { use: useOf(request.shop.gates[request.placementName], history, request.coin), maker, history, contexts }
}

/** SHA-256; what is the same for every shelf of a context is not worked out anew for each. */
function remembering({ memory }: LlmDeps, { clock }: ShelfDeps): (text: string) => Promise<string> {
  return async (text) => {
    const known = memory.digests.get(text, clock.now())
    if (known !== undefined) return known
    const made = await sha256(text)
    memory.digests.set(text, made, clock.now())
    return made
  }
}

/**
 * The nearest first: the shopper's own, what the page or the cart is about, then what goes with nothing: a shelf shows
 * both what goes with its page and what its shopper likes, and orders of both know more of it than either.
 */
function contextsOf(base: Omit<OrderContext, 'audience'>, audiences: readonly OrderAudience[]): OrderContext[] {
  const isAbout = base.seeds.length > 0 || base.cart.length > 0 || base.query !== null
  const everyone: OrderAudience = { kind: 'everyone' }
  const about = isAbout ? [{ ...base, audience: everyone, cart: lastOf(base.cart) }] : []
  // Words say all of what is wanted.
  const general = base.query === null ? audiences.filter(({ kind }) => kind !== 'exact') : []
  return [
    ...audiences.flatMap((audience) => (audience.kind === 'exact' ? [{ ...base, audience }] : [])),
    ...about,
    ...general.map((audience) => ({ ...base, audience, seeds: [], cart: [] })),
  ]
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
  for (const [id] of habits?.liked ?? []) known.add(id)
  return known.size
}

/**
 * What decides which items can be candidates at all. Titles, lengths and languages of a shelf do not. Kept as a hash: a
 * filter holds words that anybody may send.
 */
function settingsOf(request: ShelfRequest, nowMs: number): string {
  const { title: _title, limit: _limit, explain: _explain, ...placement } = request.placement
  return canonicalJson([placement, request.filter, rulesState(request.shop.rules, nowMs)])
}

async function audiencesOf(
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'anchors'>,
  deps: ShelfDeps,
  llm: LlmDeps,
  digest: (text: string) => Promise<string>,
): Promise<OrderAudience[]> {
  const audiences: OrderAudience[] = []
  const fingerprint = await historyFingerprint(wave.past, digest)
  if (fingerprint !== null) audiences.push({ kind: 'exact', fingerprint })
  const tastes = fingerprint === null ? null : heldTastes(request.shop.shop, { ...deps, memory: llm.memory })
  const cluster = tastes === null ? null : clusterOf(wave.anchors, tastes)
  if (cluster !== null) audiences.push({ kind: 'cluster', cluster })
  audiences.push({ kind: 'everyone' })
  return audiences
}

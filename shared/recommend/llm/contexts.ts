import { canonicalJson, hash128, lengthPrefixed } from '../../base/hash.ts'
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

/** What part a language model has in a shelf. */
export interface LlmUse {
  use: OrderUse
  maker: CompleterInfo
  /** Items in the shopper's history. */
  history: number
}

/** What it may have made for this shelf. */
export interface LlmPlan extends LlmUse {
  /** The nearest audience first; the last is everybody's. */
  contexts: readonly ShelfContext[]
}

/** Null where a language model has no part in a shelf. */
export function llmUse(request: ShelfRequest, wave: Pick<WaveOne, 'past' | 'habits' | 'maker'>): LlmUse | null {
  const { maker } = wave
  if (maker === null || !mayUse(request)) return null
  const history = historyLength(wave)
  return { use: useOf(request.shop.gates[request.placementName], history, request.coin), maker, history }
}

/** Under which contexts the shelf may find an order or reasons. */
export function llmPlan(
  own: LlmUse,
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'anchors'>,
  deps: ShelfDeps & { llm: LlmDeps },
): LlmPlan {
  const base = {
    shop: request.shop.shop,
    market: request.market,
    placement: request.placementName,
    settings: settingsHash(request, deps.clock.now()),
    locale: request.locale,
    seeds: request.seeds,
    cart: request.cart,
    query: request.query,
    model: own.maker.model,
    prompt: taskRecipe(TASKS.rank),
  }
  const audiences = audiencesOf(request, wave, deps)
  const contexts = contextsOf(base, audiences).map((context) => ({ context, place: orderPlace(context) }))
  return { ...own, contexts }
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
function settingsHash(request: ShelfRequest, nowMs: number): string {
  const rest = canonicalJson([request.filter, rulesState(request.shop.rules, nowMs)])
  const known = settingsHashes.get(request.placement)
  if (known?.rest === rest) return known.hash
  const { title: _title, limit: _limit, explain: _explain, ...placement } = request.placement
  const hash = hash128(lengthPrefixed([canonicalJson(placement), rest]))
  settingsHashes.set(request.placement, { rest, hash })
  return hash
}

/** A placement is the same object from one reading of the shop's configuration to the next. */
const settingsHashes = new WeakMap<ShelfRequest['placement'], { rest: string; hash: string }>()

function audiencesOf(
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'anchors'>,
  deps: ShelfDeps & { llm: LlmDeps },
): OrderAudience[] {
  const audiences: OrderAudience[] = []
  const fingerprint = historyFingerprint(wave.past)
  if (fingerprint !== null) audiences.push({ kind: 'exact', fingerprint })
  const tastes = fingerprint === null ? null : heldTastes(request.shop.shop, { ...deps, memory: deps.llm.memory })
  const cluster = tastes === null ? null : clusterOf(wave.anchors, tastes)
  if (cluster !== null) audiences.push({ kind: 'cluster', cluster })
  audiences.push({ kind: 'everyone' })
  return audiences
}

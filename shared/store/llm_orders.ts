import type { KVNamespace } from '@cloudflare/workers-types'
import * as z from 'zod'
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { createLru, type Lru } from '../base/lru.ts'
import { idSchema } from '../domain/ids.ts'
import type { LlmOrder } from '../domain/llm_order.ts'
import { kvKeys } from './keys.ts'
import { readTexts } from './kv_texts.ts'
import { personalMark } from './personal_values.ts'

/** Where an order is kept: the whole key, and the name that is made of it. */
export interface OrderPlace {
  shop: string
  key: string
  /** `hash128(key)`, 32 characters. */
  digest: string
  /** Whether a hash of somebody's past or search stands in the key; where nobody says so, it may. */
  isPersonal?: boolean
}

/** Orders of language models: in isolate memory, and in KV, where one may be a minute old or lost. */
export interface LlmOrders {
  /** What the isolate knows: undefined where KV would have to be asked. */
  held(place: OrderPlace): LlmOrder | null | undefined
  /**
   * By digest, null where there is none that can be believed; one storage call at most, none where all are held. Rejects
   * when KV does not answer.
   */
  read(places: readonly OrderPlace[]): Promise<Map<string, LlmOrder | null>>
  /** Keeps an order that was made just now. @returns false for one that no reader would believe */
  keep(place: OrderPlace, order: LlmOrder): Promise<boolean>
}

/** A page of orders and the digests of as many contexts again that have none: some 3 KB each. */
const HELD_MAX = 4_000
/** As old as KV's own copies at a location: reading more often would tell nothing newer. */
const HELD_FOR_MS = MINUTE_MS
/** That there is none is believed shorter: somebody may be making it. */
const NONE_FOR_MS = 15 * SECOND_MS
/** KV may not show for so long what was just written. */
const KV_LAG_MS = 2 * MINUTE_MS

const CANDIDATES_MAX = 200
const LIFE_MS_MAX = 7 * DAY_MS
/** Clocks of isolates differ. */
const AHEAD_MS_MAX = 5 * MINUTE_MS
const VALUE_CHARS_MAX = 200_000
/** KV refuses less. */
const TTL_SECONDS_MIN = 60

const count = z.int().min(0)
const orderSchema = z
  .strictObject({
    v: z.literal(1),
    key: z.string(),
    candidates: z.array(z.tuple([idSchema, z.string().min(1).max(64)])).max(CANDIDATES_MAX),
    order: z.array(count).max(CANDIDATES_MAX),
    passes: z.int().min(1).max(9),
    agreement: z.number().min(0).max(1),
    cost: z.strictObject({ inputTokens: count, outputTokens: count, microCost: z.number().min(0) }),
    madeAtMs: count,
    softUntilMs: count,
    hardUntilMs: count,
  })
  .refine(({ candidates, order }) => isPermutation(order, candidates.length), 'not an order of the candidates')
  .refine(({ candidates }) => new Set(candidates.map(([id]) => id)).size === candidates.length, 'an item twice')
  .refine(
    ({ madeAtMs, softUntilMs, hardUntilMs }) =>
      madeAtMs <= softUntilMs && softUntilMs <= hardUntilMs && hardUntilMs - madeAtMs <= LIFE_MS_MAX,
    'not a life',
  )

const isPermutation = (order: readonly number[], length: number): boolean =>
  order.length === length && new Set(order).size === length && order.every((place) => place < length)

/** The order, when it is whole, of this very place, and alive; null for anything else, whatever it is. */
export function believed(value: unknown, place: OrderPlace, nowMs: number): LlmOrder | null {
  const parsed = orderSchema.safeParse(value)
  if (!parsed.success) return null
  const order = parsed.data
  const alive = nowMs < order.hardUntilMs && order.madeAtMs <= nowMs + AHEAD_MS_MAX
  return alive && order.key === place.key ? order : null
}

interface Held {
  order: LlmOrder | null
  readAtMs: number
}

export function createLlmOrders(kv: KVNamespace, clock: Clock): LlmOrders {
  const memory: Lru<Held> = createLru(HELD_MAX, LIFE_MS_MAX)
  const nameOf = ({ shop, digest }: OrderPlace) => kvKeys.order(shop, digest)
  const living = (held: Held | undefined, place: OrderPlace) =>
    held?.order && held.order.key === place.key && clock.now() < held.order.hardUntilMs ? held.order : null
  const held = (place: OrderPlace): LlmOrder | null | undefined => {
    const own = memory.get(nameOf(place), clock.now())
    if (own === undefined) return undefined
    const age = clock.now() - own.readAtMs
    return age < (own.order === null ? NONE_FOR_MS : HELD_FOR_MS) ? living(own, place) : undefined
  }
  const noted = (place: OrderPlace, text: string | null): LlmOrder | null => {
    const nowMs = clock.now()
    const read = text === null ? null : believed(parsed(text), place, nowMs)
    const own = living(memory.get(nameOf(place), nowMs), place)
    // What was made here a moment ago is newer than what KV shows.
    const isNewer = own !== null && own.madeAtMs > (read?.madeAtMs ?? nowMs - KV_LAG_MS)
    const order = isNewer ? own : read
    memory.set(nameOf(place), { order, readAtMs: nowMs }, nowMs)
    return order
  }
  return {
    held,
    async read(places) {
      const found = new Map<string, LlmOrder | null>()
      const unknown: OrderPlace[] = []
      for (const place of places) {
        const own = held(place)
        if (own === undefined) unknown.push(place)
        else found.set(place.digest, own)
      }
      if (unknown.length === 0) return found
      const values = await readTexts(kv, unknown.map(nameOf))
      for (const place of unknown) found.set(place.digest, noted(place, values.get(nameOf(place)) ?? null))
      return found
    },
    async keep(place, order) {
      const nowMs = clock.now()
      const kept = believed(order, place, nowMs)
      const text = JSON.stringify(kept)
      if (kept === null || text.length > VALUE_CHARS_MAX) return false
      memory.set(nameOf(place), { order: kept, readAtMs: nowMs }, nowMs)
      const seconds = Math.ceil((kept.hardUntilMs - nowMs) / SECOND_MS)
      const expirationTtl = Math.max(TTL_SECONDS_MIN, seconds)
      await kv.put(nameOf(place), text, { expirationTtl, ...personalMark(place.isPersonal ?? true) })
      return true
    },
  }
}

function parsed(text: string): unknown {
  if (text.length > VALUE_CHARS_MAX) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

import type { Attributes } from './item.ts'

/** A candidate as a language model may see it; nothing else of an item goes into a prompt. */
export interface OrderCandidate {
  id: string
  /** Of everything that the model is shown: an order holds for an item as long as this stays. */
  version: string
  title: string
  brand: string | null
  categories: readonly string[]
  attributes: Attributes
  /** In the market's currency, as a shopper reads it; null where none is told. */
  price: string | null
}

/** Whose order it is: this very context's, a taste cluster's, or everybody's. */
export type OrderAudience =
  | { kind: 'exact'; fingerprint: string }
  | { kind: 'cluster'; cluster: string }
  | { kind: 'everyone' }

/** Everything but the candidates that an order depends on. Two contexts that differ in any of it have different keys. */
export interface OrderContext {
  shop: string
  market: string
  placement: string
  /** Of the placement's settings, the rules in force and the base order: what decides what the candidates are. */
  settings: string
  locale: string
  seeds: readonly string[]
  cart: readonly string[]
  query: string | null
  audience: OrderAudience
  /** `provider/model`. */
  model: string
  /** `rank@1`. */
  prompt: string
}

export interface OrderCost {
  inputTokens: number
  outputTokens: number
  /** Millionths of the budget's currency unit. */
  microCost: number
}

/** What a language model made of a list of candidates. */
export interface LlmOrder {
  v: 1
  /** The whole key, `orderKey(context)`: what is read under a digest is believed only if this is equal. */
  key: string
  /** `[id, version]`, in the base order as it was when the model was asked. */
  candidates: ReadonlyArray<readonly [id: string, version: string]>
  /** Places in `candidates`, the best first: always a permutation of them. */
  order: readonly number[]
  /** How many passes were read. */
  passes: number
  /** How much passes agree, 0 (as chance) to 1 (equal); 0 where there was one pass. */
  agreement: number
  cost: OrderCost
  madeAtMs: number
  /** Served until `hardUntilMs`; asked for anew after `softUntilMs`. */
  softUntilMs: number
  hardUntilMs: number
}

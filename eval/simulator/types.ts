/** One market of the simulated shop. `share` is relative; `utcOffsetHours` puts the evening peak at the shopper's evening. */
export interface MarketMix {
  market: string
  currency: string
  share: number
  utcOffsetHours: number
}

/** Whoever takes something from category `from` wants category `to` more. `lift` is added to the utility, in logits. */
export interface Complement {
  from: string
  to: string
  lift: number
}

/** How strongly each mechanism works: 1 as designed, 0 switched off. Tests switch one off to see its effect vanish. */
export interface Strengths {
  taste: number
  price: number
  fatigue: number
  satiation: number
  complements: number
  novelty: number
}

export const FULL_STRENGTH: Strengths = { taste: 1, price: 1, fatigue: 1, satiation: 1, complements: 1, novelty: 1 }

export interface SimulatorConfig {
  seed: number
  shoppers: number
  days: number
  /** Epoch milliseconds; no event is later. */
  endsAt: number
  markets: MarketMix[]
  /** Median sessions of a shopper over the whole period; the mean is higher, since the tail is long. */
  medianSessions: number
  complements: Complement[]
  strengths: Strengths
}

/** The storefront page that asks for a shelf. */
export type Placement = 'home' | 'category' | 'product' | 'cart'

/** What a policy may know: only what a storefront could send, never the shopper's hidden taste. */
export interface ShelfContext {
  shopper: string
  sessionId: string
  market: string
  placement: Placement
  atMs: number
  limit: number
  category?: string
  seedItemId?: string
  recentItemIds: readonly string[]
  cartItemIds: readonly string[]
}

/** Any recommender under judgement: item ids, best first. Ids that are unknown or not on sale are skipped. */
export type ShelfPolicy = (context: ShelfContext) => readonly string[]

export interface SimulatedEvent {
  event_id: string
  type: 'view' | 'click' | 'add_to_cart' | 'purchase'
  item_id: string
  user_id?: string
  anonymous_id?: string
  session_id: string
  market: string
  occurred_at: string
  quantity?: number
  price?: number
  currency?: string
}

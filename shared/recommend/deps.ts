import type { Breaker } from '../base/breaker.ts'
import type { Clock } from '../base/clock.ts'
import type { Lru } from '../base/lru.ts'
import type { ContextItem, Neighbours, StoredItem } from '../domain/card.ts'
import type { ItemStats } from '../domain/item_stats.ts'
import type { Deadlines } from '../domain/limits.ts'
import type { Log } from '../observe/log.ts'
import type { CachedShelf, CacheStore, MarketLists } from '../store/cache.ts'
import type { ListEntry, ListName } from '../store/catalogue/learning.ts'
import type { ShelfReads } from '../store/catalogue/shelf_reads.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { LiveStore } from '../store/live/live.ts'
import type { VectorStore } from '../store/vectors.ts'
import type { AvailabilityMemory } from './availability.ts'
import type { LlmDeps } from './llm/deps.ts'

/** Turns a shopper's words into a vector of the named embedder; null when that does not answer. */
export type QueryEmbedder = (shop: string, version: string, text: string) => Promise<Float32Array | null>

/** What is known around an item: its neighbours, and what it is called. Learned every few minutes. */
export interface Surroundings {
  neighbours: Neighbours
  item: ContextItem
}

/** Item statistics as an isolate holds them; null where the shop has none yet. */
export interface HeldStats {
  stats: ItemStats | null
  readAtMs: number
}

/** What lives as long as the isolate: bounded, and never the only copy of anything. */
export interface IsolateMemory {
  lists: Lru<MarketLists>
  /** The last lists that were read, kept past their time for when everything is down. */
  lastGood: Lru<MarketLists>
  /** What learning counted of the items. */
  stats: Lru<HeldStats>
  /** The shop's newest items, as D1 told a moment ago. */
  newest: Lru<readonly ListEntry[]>
  availability: AvailabilityMemory
  surroundings: Lru<Surroundings>
  /** Whole items as KV gave them, for the rungs without D1: reading a hundred for every shelf would cost three shelves. */
  items: Lru<StoredItem>
  /** Digests of shared shelves that KV is known to have, by their key: these are looked up before anything else is asked. */
  sharedShelves: Lru<{ digest: string; untilMs: number }>
  /** Shared shelves as KV gave them a moment ago, by their key: one that many look at is read once for all of them. */
  heldShelves: Lru<CachedShelf>
  d1: Breaker
  kv: Breaker
  vectors: Breaker
}

/** Everything that a shelf is made with; chosen in the worker's composition root. */
export interface ShelfDeps {
  clock: Clock
  log: Log
  deadlines: Deadlines
  /** The nearest replica. */
  reads: ShelfReads
  /** The primary, for `freshness=strict`. */
  strictReads: ShelfReads
  /** The lists of a market, from D1: asked when KV has none. */
  lists(shop: string, market: string): Promise<Record<ListName, ListEntry[]>>
  /** Item statistics, from D1: asked when KV does not answer. */
  stats(shop: string): Promise<string | null>
  live: LiveStore
  /** What shoppers bought, learned ahead. */
  habits: Pick<HabitStore, 'get'>
  vectors: VectorStore
  cache: CacheStore
  embed: QueryEmbedder
  /** The language model's half; null where there is none at all. */
  llm: LlmDeps | null
  memory: IsolateMemory
  /** Runs after the answer has left; failures are logged. */
  defer(label: string, work: () => Promise<unknown>): void
}

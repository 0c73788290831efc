import { createBreaker } from '../base/breaker.ts'
import type { Clock } from '../base/clock.ts'
import { createLru } from '../base/lru.ts'
import type { AvailabilityReader } from '../store/catalogue/availability.ts'
import { createAvailabilityMemory } from './availability.ts'
import type { IsolateMemory } from './deps.ts'
import { STATS_HELD_MS, STATS_KEPT } from './item_stats.ts'
import { ITEMS_KEPT, ITEMS_TTL_MS } from './kept_items.ts'
import { HELD_SHELVES, HELD_SHELVES_TTL_MS, SHARED_SHELVES_KEPT, SHARED_SHELVES_TTL_MS } from './shared_shelf.ts'
import { SURROUNDINGS_KEPT, SURROUNDINGS_TTL_MS } from './surroundings.ts'
import { NEWEST_KEPT, NEWEST_TTL_MS } from './wave_one.ts'

/** A market's lists change every few minutes. */
const LISTS_TTL_MS = 30_000
const LISTS_KEPT = 500
const LAST_GOOD_TTL_MS = 24 * 3_600_000

/** What an isolate that makes shelves begins with. @param availability of the nearest replica */
export const createIsolateMemory = (availability: AvailabilityReader, clock: Clock): IsolateMemory => ({
  surroundings: createLru(SURROUNDINGS_KEPT, SURROUNDINGS_TTL_MS),
  items: createLru(ITEMS_KEPT, ITEMS_TTL_MS),
  sharedShelves: createLru(SHARED_SHELVES_KEPT, SHARED_SHELVES_TTL_MS),
  heldShelves: createLru(HELD_SHELVES, HELD_SHELVES_TTL_MS),
  lists: createLru(LISTS_KEPT, LISTS_TTL_MS),
  lastGood: createLru(LISTS_KEPT, LAST_GOOD_TTL_MS),
  stats: createLru(STATS_KEPT, STATS_HELD_MS),
  newest: createLru(NEWEST_KEPT, NEWEST_TTL_MS),
  availability: createAvailabilityMemory(availability, clock),
  d1: createBreaker(clock),
  kv: createBreaker(clock),
  vectors: createBreaker(clock),
})

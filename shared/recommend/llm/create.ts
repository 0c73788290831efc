import { type Clock, MINUTE_MS } from '../../base/clock.ts'
import { createLru } from '../../base/lru.ts'
import { createAllowance } from '../../rerank/allowance.ts'
import { TASTES_HELD_MS, TASTES_KEPT } from '../../rerank/held_tastes.ts'
import { createOrderPool } from '../../rerank/order_pool.ts'
import type { LlmDeps } from './deps.ts'

/** Packs of reasons held: a few kilobytes each, as old as KV's own copies at a location. */
const PACKS_KEPT = 1_000
const PACKS_TTL_MS = MINUTE_MS

/** An isolate's part of the language model's half, with a memory of its own. */
export const createLlmDeps = (
  stores: Pick<LlmDeps, 'maker' | 'orders' | 'reasons' | 'profiles'>,
  clock: Clock,
): LlmDeps => ({
  ...stores,
  allowance: createAllowance(clock),
  memory: {
    maker: null,
    tastes: createLru(TASTES_KEPT, TASTES_HELD_MS),
    pool: createOrderPool(),
    packs: createLru(PACKS_KEPT, PACKS_TTL_MS),
  },
})

import { withDeadline } from '../base/deadline.ts'
import type { Stages } from '../observe/stages.ts'
import type { MarketLists } from '../store/cache.ts'
import { d1Beside } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import { timeFor } from './time_left.ts'
import { isMarketLists } from './well_formed.ts'

/**
 * The shop's lists for a market: from isolate memory, else from KV and D1 at once (one wave, twice a minute an isolate),
 * KV's preferred because they carry the popular items' cards. Rejects when neither answers.
 */
export async function readMarketLists(
  shop: string,
  market: string,
  deps: ShelfDeps,
  stages: Stages,
): Promise<MarketLists> {
  const { memory, clock } = deps
  const name = `${shop} ${market}`
  const held = memory.lists.get(name, clock.now())
  if (held) return held
  const [kv, d1] = await Promise.allSettled([fromKv(shop, market, deps, stages), fromD1(shop, market, deps, stages)])
  const found = (kv.status === 'fulfilled' ? kv.value : null) ?? (d1.status === 'fulfilled' ? d1.value : null)
  if (found === null)
    throw kv.status === 'rejected' ? kv.reason : d1.status === 'rejected' ? d1.reason : new Error('no lists')
  // D1's lists carry no cards: the last good ones keep theirs, for when D1 is gone as well.
  const popular = found.popular.length > 0 ? found.popular : (memory.lastGood.get(name, clock.now())?.popular ?? [])
  const lists = { ...found, popular }
  memory.lists.set(name, lists, clock.now())
  memory.lastGood.set(name, lists, clock.now())
  return lists
}

async function fromKv(shop: string, market: string, deps: ShelfDeps, stages: Stages): Promise<MarketLists | null> {
  const { kv } = deps.memory
  if (!kv.allows()) throw new Error('the KV breaker is open')
  try {
    const lists = await withDeadline(
      'lists',
      timeFor('cache', deps, stages),
      stages.storage(() => deps.cache.lists(shop, market)),
    )
    if (lists !== null && !isMarketLists(lists)) throw new Error('the lists in KV are malformed')
    kv.succeeded()
    return lists
  } catch (error) {
    kv.failed()
    throw error
  }
}

async function fromD1(shop: string, market: string, deps: ShelfDeps, stages: Stages): Promise<MarketLists> {
  const guard = { stage: 'gather', name: 'lists' } as const
  const lists = await d1Beside(guard, deps, stages, () => deps.lists(shop, market))
  return { lists, popular: [], computedAtMs: deps.clock.now() }
}

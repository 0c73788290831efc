import { DeadlineExceeded } from '../base/deadline.ts'
import { LIMITS } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import { bestIds } from '../rank/order.ts'
import { fillerQuery } from '../rank/rules_filler.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import type { Finalists } from '../store/catalogue/shelf_reads.ts'
import { d1Call } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import type { RankInput } from './rank_input.ts'
import type { ShelfRequest } from './request.ts'
import { withPinned } from './request_rules.ts'
import type { ShelfPool } from './shelf_pool.ts'
import type { WaveOne } from './wave_one.ts'

/**
 * Live cards of the best candidates, in one batch. Popular items are half of what a shelf would read: where candidates
 * abound these are read only when most of them cannot be sold, and then in a batch of their own. Rejects when D1 does.
 * @param spare items beyond the page that the shelf should have
 */
export async function readFinalists(
  request: ShelfRequest,
  { pool, excluded, takesPopular }: ShelfPool,
  rank: RankInput,
  wave: WaveOne,
  force: RulesInForce,
  deps: ShelfDeps,
  stages: Stages,
  spare: number,
): Promise<Finalists> {
  const all = pool.all()
  const most = request.candidates === null ? LIMITS.finalists : LIMITS.rerankItems
  const best = bestIds(rank.of(all, all, null, wave.gathered?.context ?? new Map()), rank.order, most)
  const ids = withPinned(best, force, pool, most)
  const filler = fillerQuery(request.filter, force)
  const filling = {
    // Earlier pages are known by hash alone: as many more rows are read as they may take away.
    limit: request.limit + spare + request.shown.size + filler.spare,
    exclude: [...excluded, ...filler.exclude, ...ids],
    filter: filler.filter,
  }
  const mayRunShort = ids.length < most || request.filter !== null || force.judged.length > 0 || request.shown.size > 0
  const reads = request.strict ? deps.strictReads : deps.reads
  const query = {
    shop: request.shop.shop,
    market: request.market,
    nowMs: deps.clock.now(),
    ids,
    expand: wave.expand,
    texts: request.query !== null,
    filler: takesPopular && mayRunShort ? filling : null,
  }
  // A slow filter is the request's or its shop's own doing.
  const isOwnDoing = (error: unknown) => query.filler?.filter != null && error instanceof DeadlineExceeded
  const read = (part: typeof query) =>
    stages.run('finalists', () => d1Call({ stage: 'finalists' }, deps, stages, () => reads.finalists(part), isOwnDoing))
  const found = await read(query)
  const isShort = takesPopular && !mayRunShort && found.cards.length < request.limit + spare
  if (!isShort) return found
  // A short shelf of live items is better than what the lower rungs have.
  const more = await read({ ...query, ids: [], expand: [], filler: filling }).catch(() => null)
  return more === null ? found : { ...found, filler: more.filler }
}

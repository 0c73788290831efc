import type { Card, Neighbours } from '../domain/card.ts'
import type { Opinion } from '../domain/habits.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import { rejectedItems } from '../recall/anchors.ts'
import {
  addNeighbours,
  addNew,
  addOwned,
  addSeedVectors,
  addText,
  addTextVectors,
  addTrending,
  CandidatePool,
} from '../recall/candidates.ts'
import { ownership } from '../recall/owned.ts'
import { exclusionOf } from './compose.ts'
import { repeats, type ShelfRequest } from './request.ts'
import { recallByRules } from './request_rules.ts'
import type { WaveOne } from './wave_one.ts'

/** Candidates of a shelf, whatever the rung: from everything that the first wave brought, and what comes later. */
export interface ShelfPool {
  pool: CandidatePool
  /** Ids that may not be on the shelf; earlier pages apart, which are known by hash alone. */
  excluded: ReadonlySet<string>
  /** Ids that left because a rule hides them. */
  hidden: readonly string[]
  /** Adds neighbours of anchors that were not known before. */
  join(neighbours: ReadonlyMap<string, Neighbours>): void
  /** Whether popular items may fill the shelf up. */
  takesPopular: boolean
  /** Adds popular items. @returns those that may be on the shelf */
  fill<C extends Pick<Card, 'id' | 'popularity'>>(cards: readonly C[]): C[]
}

export function shelfPool(request: ShelfRequest, wave: WaveOne, force: RulesInForce): ShelfPool {
  const excluded = new Set(exclusionsOf(request, wave).keys())
  const isExcluded = exclusionOf(request, excluded)
  const pool = firstCandidates(request, wave)
  const hidden: string[] = []
  const settle = (pins: 'with pins' | 'as it is') => {
    hidden.push(...recallByRules(pool, force, pins === 'as it is' || isClosed(request)))
    pool.keep((candidate) => !isExcluded(candidate.id))
  }
  settle('with pins')
  const takesPopular = !isClosed(request) && wave.knownThen
  return {
    ...{ pool, excluded, hidden, takesPopular },
    join(neighbours) {
      const known = wave.gathered?.neighbours
      const late = wave.anchors.filter((anchor) => known?.has(anchor.id) !== true)
      addNeighbours(pool, late, neighbours)
      restrict(request, pool)
      pool.trim()
      settle('as it is')
    },
    fill(cards) {
      const taken = takesPopular ? cards.filter((card) => !isExcluded(card.id)) : []
      for (const card of taken) pool.at(card.id).popular = card.popularity
      return taken
    },
  }
}

function firstCandidates(request: ShelfRequest, wave: WaveOne): CandidatePool {
  const pool = new CandidatePool()
  if (wave.gathered) addNeighbours(pool, wave.anchors, wave.gathered.neighbours)
  for (const { seed, matches } of wave.seedVectors) addSeedVectors(pool, seed, matches)
  addText(pool, wave.text)
  addTextVectors(pool, wave.textVectors)
  if (repeats(request.placement)) addOwned(pool, ownership(wave.past, wave.habits))
  if (wave.lists && wave.knownThen) addTrending(pool, wave.lists.lists.trending)
  // What is new now is not new at another moment. What D1 says of the new is of this second; the lists are of the last learning.
  if (request.asOfMs === null) addNew(pool, wave.newest ?? wave.lists?.lists.new ?? [])
  restrict(request, pool)
  pool.trim()
  return pool
}

/** Why an id may not be on the shelf: by the list of the request that names it, or by what its shopper did. */
export type Exclusion = 'exclude_item_ids' | 'item_ids' | 'cart_item_ids' | 'disliked' | 'owned'

/** Ids that may not be on the shelf, each with the first thing that keeps it off; earlier pages apart. */
export function exclusionsOf(
  request: ShelfRequest,
  wave: Pick<WaveOne, 'past' | 'habits'>,
): ReadonlyMap<string, Exclusion> {
  const excluded = new Map<string, Exclusion>()
  const leaveOut = (ids: Iterable<string>, why: Exclusion) => {
    for (const id of ids) if (!excluded.has(id)) excluded.set(id, why)
  }
  leaveOut(request.exclude, 'exclude_item_ids')
  // Who names candidates has decided what may come.
  if (request.candidates !== null) return excluded
  leaveOut(request.seeds, 'item_ids')
  leaveOut(request.cart, 'cart_item_ids')
  if (!repeats(request.placement)) {
    for (const { item } of wave.habits?.items ?? []) leaveOut([item], 'owned')
    leaveOut(itemsOf(wave.habits?.liked), 'owned')
    for (const item of wave.past) if (item.type === 'purchase') leaveOut([item.id], 'owned')
  }
  leaveOut(rejectedItems(wave.past), 'disliked')
  leaveOut(itemsOf(wave.habits?.disliked), 'disliked')
  return excluded
}

const itemsOf = (opinions: readonly Opinion[] = []) => opinions.map(([id]) => id)

/** Whether the request or its placement says which items there may be: these are ranked, and no others. */
const isClosed = (request: ShelfRequest) => request.candidates !== null || request.placement.strategy === 'again'

function restrict(request: ShelfRequest, pool: CandidatePool): void {
  if (request.candidates === null) {
    if (request.placement.strategy === 'again') pool.keep((candidate) => candidate.owned > 0)
    return
  }
  const wanted = new Set(request.candidates)
  for (const id of wanted) pool.at(id)
  pool.keep((candidate) => wanted.has(candidate.id))
}

import { withDeadline } from '../base/deadline.ts'
import type { Stages } from '../observe/stages.ts'
import { type Anchor, allAnchors, fromRecent, type PastItem, pastAnchors, upTo } from '../recall/anchors.ts'
import { textQuery } from '../recall/text_query.ts'
import type { MarketLists } from '../store/cache.ts'
import type { VectorMatch } from '../store/vectors.ts'
import type { ShelfDeps } from './deps.ts'
import { readMarketLists } from './market_lists.ts'
import type { ShelfRequest } from './request.ts'
import { type Around, recalled, remember } from './surroundings.ts'
import { timeFor } from './time_left.ts'

/** Full text hits and nearest vectors asked for. */
const TEXT_HITS = 50
const NEAREST = 50
/** Seeds whose nearest vectors are asked of the index itself: each is a storage call, and six may be under way. */
const SEED_QUERIES = 2

/** What the first wave of storage calls brought, and what it failed to bring. */
export interface WaveOne {
  anchors: Anchor[]
  past: readonly PastItem[]
  /** Anchors that became known only now; their neighbours come with the second wave. */
  expand: string[]
  /** Null when D1 did not answer: the next rung takes over. */
  gathered: Around | null
  text: Array<{ id: string; score: number }>
  seedVectors: Array<{ seed: string; matches: VectorMatch[] }>
  textVectors: VectorMatch[]
  lists: MarketLists | null
  degraded: string[]
}

/** All that can be asked without knowing an answer: one wave, every call with its own deadline. */
export async function waveOne(request: ShelfRequest, deps: ShelfDeps, stages: Stages): Promise<WaveOne> {
  const { shop } = request.shop
  const degraded: string[] = []
  const attempt = async <T>(stage: string, fallback: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await stages.run(stage, work)
    } catch (error) {
      degraded.push(stage)
      deps.log.error('stage_failed', error, { stage, shop })
      return fallback
    }
  }
  const known = allAnchors(request.seeds, request.cart, pastAnchors(request.past ?? []))
  const text = request.query === null ? null : textQuery(request.query)
  const asksLive = request.past === null && request.shopper !== null

  const [recent, gathered, seedVectors, textVectors, lists] = await Promise.all([
    asksLive
      ? attempt('live', [], () =>
          withDeadline(
            'live',
            timeFor('live', deps, stages),
            stages.storage(() => deps.live.recent(shop, request.shopper!)),
          ),
        )
      : [],
    attempt('gather', null, () => gather(request, deps, stages, known, text)),
    attempt('vector_seed', [], () => seedMatches(request, deps, stages)),
    request.query === null ? [] : attempt('vector_text', [], () => textMatches(request.query!, request, deps, stages)),
    attempt('lists', deps.memory.lastGood.get(`${shop} ${request.market}`, deps.clock.now()) ?? null, () =>
      readMarketLists(shop, request.market, deps, stages),
    ),
  ])
  const past = request.past ?? upTo(request.asOfMs, recent.map(fromRecent))
  const anchors = asksLive ? allAnchors(request.seeds, request.cart, pastAnchors(past)) : known
  const already = new Set(known.map((anchor) => anchor.id))
  const late = anchors.filter((anchor) => !already.has(anchor.id)).map((anchor) => anchor.id)
  const remembered = recalled(request, late, deps)
  return {
    anchors,
    past,
    expand: remembered.missing,
    gathered: gathered === null ? null : joined(gathered, remembered),
    text: gathered?.text ?? [],
    seedVectors,
    textVectors,
    lists,
    degraded,
  }
}

const joined = (one: Around, other: Around): Around => ({
  neighbours: new Map([...one.neighbours, ...other.neighbours]),
  context: new Map([...one.context, ...other.context]),
})

async function gather(
  request: ShelfRequest,
  deps: ShelfDeps,
  stages: Stages,
  anchors: readonly Anchor[],
  text: string | null,
) {
  const remembered = recalled(
    request,
    anchors.map((anchor) => anchor.id),
    deps,
  )
  if (remembered.missing.length === 0 && text === null) return { ...remembered, text: [] }
  if (!deps.memory.d1.allows()) throw new Error('the D1 breaker is open')
  const reads = request.strict ? deps.strictReads : deps.reads
  try {
    const answer = await withDeadline(
      'gather',
      timeFor('gather', deps, stages),
      stages.storage(() => reads.gather(request.shop.shop, remembered.missing, text, TEXT_HITS)),
    )
    deps.memory.d1.succeeded()
    remember(request, answer, deps)
    return { ...joined(remembered, answer), text: answer.text }
  } catch (error) {
    deps.memory.d1.failed()
    throw error
  }
}

async function seedMatches(request: ShelfRequest, deps: ShelfDeps, stages: Stages) {
  // A fresh isolate reads the lists twice beside all else; six calls are all that the platform opens at once.
  const cold = deps.memory.lists.get(`${request.shop.shop} ${request.market}`, deps.clock.now()) === undefined
  const seeds = request.seeds.slice(0, cold ? 1 : SEED_QUERIES)
  if (seeds.length === 0) return []
  return vectorCall(deps, stages, 'vector_seed', () =>
    Promise.all(
      seeds.map(async (seed) => ({
        seed,
        matches: await stages.storage(() => deps.vectors.nearItem(request.shop.shop, seed, NEAREST - 1)),
      })),
    ),
  )
}

async function textMatches(
  query: string,
  request: ShelfRequest,
  deps: ShelfDeps,
  stages: Stages,
): Promise<VectorMatch[]> {
  const { shop } = request.shop
  const vector = await withDeadline('embed', timeFor('embed', deps, stages), deps.embed(shop, query))
  if (vector === null) return []
  return vectorCall(deps, stages, 'vector_text', () => stages.storage(() => deps.vectors.near(shop, vector, NEAREST)))
}

async function vectorCall<T>(deps: ShelfDeps, stages: Stages, stage: string, call: () => Promise<T>): Promise<T> {
  const { vectors } = deps.memory
  if (!vectors.allows()) throw new Error('the vector breaker is open')
  try {
    const answer = await withDeadline(stage, timeFor('vectors', deps, stages), call())
    vectors.succeeded()
    return answer
  } catch (error) {
    vectors.failed()
    throw error
  }
}

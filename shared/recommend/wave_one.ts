import { SECOND_MS } from '../base/clock.ts'
import { withDeadline } from '../base/deadline.ts'
import { type Habits, habitsAsOf } from '../domain/habits.ts'
import type { ItemStats } from '../domain/item_stats.ts'
import { LIMITS } from '../domain/limits.ts'
import { shopperHash } from '../domain/shopper_hash.ts'
import type { VectorSpace, VectorView } from '../domain/vector_space.ts'
import type { CompleterInfo } from '../model/completer_rpc.ts'
import type { Stages } from '../observe/stages.ts'
import { type Anchor, allAnchors, fromRecent, type PastItem, pastAnchors, upTo } from '../recall/anchors.ts'
import { textQuery } from '../recall/text_query.ts'
import type { MarketLists } from '../store/cache.ts'
import type { ListEntry } from '../store/catalogue/learning.ts'
import type { VectorMatch } from '../store/vectors.ts'
import { D1Refused, d1Call } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import { readItemStats } from './item_stats.ts'
import { currentMaker } from './llm/current_maker.ts'
import { readMarketLists } from './market_lists.ts'
import type { ShelfRequest } from './request.ts'
import { type Around, recalled, remember } from './surroundings.ts'
import { timeFor } from './time_left.ts'
import { areTextHits } from './well_formed.ts'

/** Full text hits and nearest vectors asked for. */
const TEXT_HITS = 100
const NEAREST = 50
/** Seeds whose nearest vectors are asked of the index itself. */
const SEED_QUERIES = 2
/** Of a likeness to what was understood of an item, beside one to its own words. */
const FOUND_SHARE = 0.85
/** Storage calls that the platform opens at once. */
const CALLS_AT_ONCE = 6
/** The newest items are asked of D1 once in this time, an isolate and shop: a new item is on a shelf within two seconds. */
export const NEWEST_TTL_MS = SECOND_MS
export const NEWEST_KEPT = 500
/** As many as can be finalists. */
const NEWEST = LIMITS.finalists

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
  /** Whether what learning made of events was known at the moment asked about. */
  knownThen: boolean
  /** What learning counted, as of then; null where there is nothing, or nothing of the moment asked about. */
  stats: ItemStats | null
  /** What the shopper bought, as learned; null where that is not asked for. */
  habits: Habits | null
  /** The shop's newest items as of now; null when D1 did not tell, then the lists have some. */
  newest: readonly ListEntry[] | null
  /** Which language model makes orders and reasons; null where none is configured, or it is not known yet. */
  maker: CompleterInfo | null
  degraded: string[]
}

/** A wave of which nothing could be read: the lists that the isolate holds are left. */
export const nothingOf = (request: ShelfRequest, wave: WaveOne, deps: ShelfDeps): WaveOne => ({
  ...{ anchors: [], past: [], expand: [], gathered: null, text: [], seedVectors: [], textVectors: [] },
  ...{ knownThen: wave.knownThen, stats: null, habits: null, newest: null, maker: null, degraded: wave.degraded },
  lists: lastLists(request, deps),
})

const lastLists = (request: ShelfRequest, deps: ShelfDeps): MarketLists | null =>
  deps.memory.lastGood.get(`${request.shop.shop} ${request.market}`, deps.clock.now()) ?? null

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
  const words = request.query === null ? [] : textQuery(request.query)
  const asksLive = request.past === null && request.shopper !== null

  const [recent, gathered, seedVectors, textVectors, lists, stats, habits, maker] = await Promise.all([
    asksLive
      ? attempt('live', [], () =>
          withDeadline(
            'live',
            timeFor('live', deps, stages),
            stages.storage(() => deps.live.recent(shop, request.shopper!)),
          ),
        )
      : [],
    attempt('gather', null, () => gather(request, deps, stages, known, words)),
    attempt('vector_seed', [], () => seedMatches(request, deps, stages)),
    request.query === null ? [] : attempt('vector_text', [], () => textMatches(request.query!, request, deps, stages)),
    attempt('lists', lastLists(request, deps), () => readMarketLists(shop, request.market, deps, stages)),
    attempt('item_stats', null, () => readItemStats(shop, mayWaitForStats(request, deps), deps, stages)),
    asksHabits(request)
      ? attempt('habits', null, () =>
          withDeadline(
            'habits',
            timeFor('live', deps, stages),
            stages.storage(async () => deps.habits.get(shop, shopperHash(request.shopper!))),
          ),
        )
      : null,
    currentMaker(deps),
  ])
  // What was learned of later days says nothing of an earlier one, and must not; nor what cannot be dated.
  const knownThen = request.asOfMs === null || (stats !== null && stats.asOfMs <= request.asOfMs)
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
    knownThen,
    stats: knownThen ? stats : null,
    habits: habits === null ? null : habitsAsOf(habits, request.asOfMs),
    newest: gathered?.newest ?? null,
    maker,
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
  words: readonly string[],
) {
  const remembered = recalled(
    request,
    anchors.map((anchor) => anchor.id),
    deps,
  )
  const { shop, search } = request.shop
  const newest = wantsNew(request)
    ? request.strict
      ? undefined
      : deps.memory.newest.get(shop, deps.clock.now())
    : null
  const asksForNewest = remembered.missing.length === 0 && words.length === 0
  if (asksForNewest && newest !== undefined) return { ...remembered, text: [], newest }
  const reads = request.strict ? deps.strictReads : deps.reads
  try {
    const answer = await d1Call({ stage: 'gather' }, deps, stages, () =>
      reads.gather(shop, remembered.missing, words, TEXT_HITS, {
        found: search.found,
        newest: newest === undefined ? { nowMs: deps.clock.now(), limit: NEWEST } : null,
      }),
    )
    if (!areTextHits(answer.text)) throw new Error('hits of full text that are none')
    remember(request, answer, deps)
    if (answer.newest !== null) deps.memory.newest.set(shop, answer.newest, deps.clock.now())
    return { ...joined(remembered, answer), text: answer.text, newest: answer.newest ?? newest ?? null }
  } catch (error) {
    // The lists have new items as well: for these alone no rung is given up, the finalists ask the breaker again.
    if (asksForNewest && error instanceof D1Refused) return { ...remembered, text: [], newest: null }
    throw error
  }
}

/** Whether the placement shows new items. What is new now says nothing of another moment. */
const wantsNew = (request: ShelfRequest) =>
  request.asOfMs === null && request.query === null && request.placement.strategy !== 'again'

/**
 * What a shopper has or turned down long ago is not in the last events. Who brings candidates knows best what may come;
 * what is bought again is put in order by habits all the same.
 */
const asksHabits = (request: ShelfRequest) =>
  request.shopper !== null && (request.candidates === null || request.placement.strategy === 'again')

/** Words fill the wave of a fresh isolate: then statistics are left to the next request. */
const mayWaitForStats = (request: ShelfRequest, deps: ShelfDeps) =>
  request.query === null ||
  deps.memory.lists.get(`${request.shop.shop} ${request.market}`, deps.clock.now()) !== undefined

const spaceOf = (request: ShelfRequest): VectorSpace | null =>
  request.shop.search.space === null ? null : { shop: request.shop.shop, ...request.shop.search.space }

/** The views that words are looked for in; a shop without found vectors is asked nothing about them. */
const viewsOf = (request: ShelfRequest): VectorView[] =>
  request.shop.search.space?.found === true ? ['text', 'found'] : ['text']

/** The same, as far as the wave has room: a fresh isolate that reads a shopper's past and habits looks at the words alone. */
function viewsAsked(request: ShelfRequest, deps: ShelfDeps): VectorView[] {
  const cold = deps.memory.lists.get(`${request.shop.shop} ${request.market}`, deps.clock.now()) === undefined
  const stats = deps.memory.stats.get(request.shop.shop, deps.clock.now()) === undefined ? 1 : 0
  const live = request.past === null && request.shopper !== null ? 1 : 0
  const others = 1 + live + (asksHabits(request) ? 1 : 0) + (cold ? 2 : stats)
  return viewsOf(request).slice(0, CALLS_AT_ONCE - others)
}

/** How many seeds the index may be asked about beside all that the wave has to ask. */
function seedQueries(request: ShelfRequest, deps: ShelfDeps): number {
  // A fresh isolate reads the lists twice.
  const cold = deps.memory.lists.get(`${request.shop.shop} ${request.market}`, deps.clock.now()) === undefined
  const live = request.past === null && request.shopper !== null ? 1 : 0
  const words = request.query === null ? 0 : viewsOf(request).length
  const habits = asksHabits(request) ? 1 : 0
  const stats = deps.memory.stats.get(request.shop.shop, deps.clock.now()) === undefined ? 1 : 0
  // One place is left to a shared shelf that is looked up along, and a fresh isolate is spared the second seed.
  const spare = CALLS_AT_ONCE - 1 - live - words - habits - stats - (cold ? 2 : 0)
  return Math.max(0, Math.min(cold ? 1 : SEED_QUERIES, spare))
}

async function seedMatches(request: ShelfRequest, deps: ShelfDeps, stages: Stages) {
  const space = spaceOf(request)
  const seeds = request.seeds.slice(0, seedQueries(request, deps))
  if (space === null || seeds.length === 0) return []
  return vectorCall(deps, stages, 'vector_seed', () =>
    Promise.all(
      seeds.map(async (seed) => ({
        seed,
        matches: await stages.storage(() => deps.vectors.nearItem(space, seed, NEAREST - 1)),
      })),
    ),
  )
}

/** Nearest items to the words, in both views at once; an item counts by the better of the two. */
async function textMatches(
  query: string,
  request: ShelfRequest,
  deps: ShelfDeps,
  stages: Stages,
): Promise<VectorMatch[]> {
  const space = spaceOf(request)
  if (space === null) return []
  const views = viewsAsked(request, deps)
  const vector = await withDeadline(
    'embed',
    timeFor('embed', deps, stages),
    deps.embed(space.shop, space.version, query),
  )
  if (vector === null) return []
  const answers = await vectorCall(deps, stages, 'vector_text', () =>
    Promise.all(views.map((view) => stages.storage(() => deps.vectors.near(space, view, vector, NEAREST)))),
  )
  const best = new Map<string, VectorMatch>()
  for (const [index, matches] of answers.entries()) {
    const share = views[index] === 'found' ? FOUND_SHARE : 1
    for (const { id, score } of matches)
      if (score * share > (best.get(id)?.score ?? -2)) best.set(id, { id, score: score * share })
  }
  return [...best.values()]
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

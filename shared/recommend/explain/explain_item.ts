import { Problem } from '../../base/problem.ts'
import type { Explanation, Neighbour, WhyNotItem } from '../../domain/explanation.ts'
import { createStages } from '../../observe/stages.ts'
import { rankerVersion } from '../../rank/defaults.ts'
import type { ItemStanding, ItemStandings } from '../../store/catalogue/item_standing.ts'
import type { ShelfAnswer } from '../answer.ts'
import { type Ranked, reasonContext } from '../compose.ts'
import { d1Call } from '../d1_call.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import { beside } from './beside.ts'
import { type Absence, firstCause, rankedIn, rankedShelf } from './causes.ts'
import { forShoppers } from './for_shoppers.ts'
import { explained, lookingAt, plainRequest, type Recommend, Runs, withoutModel } from './runs.ts'
import { smallestChange } from './smallest_change.ts'
import { whyOf } from './why.ts'

/** What is asked of a shelf. */
export interface ItemQuestion {
  id: string
  insteadOf: string | null
  /** Whether the asker may know what a shop weighs and decides. */
  isTold: boolean
}

/** An explanation's own reads, beside a shelf's. */
export interface ExplainDeps {
  shelf: ShelfDeps
  standings: ItemStandings
}

/**
 * Why an item stands where it does on a shelf, or why it does not: told from the shelf itself and, where it is not on it,
 * from the same shelf asked a little otherwise. At most eight shelves are made; for shoppers one. Rejects as a shelf does,
 * and where the catalogue does not say how an absent item stands.
 */
export async function explainItem(
  asked: ShelfRequest,
  question: ItemQuestion,
  deps: ExplainDeps,
  recommend: Recommend,
): Promise<Explanation> {
  const startedMs = deps.shelf.clock.now()
  const request = explained(asked)
  const runs = new Runs(recommend, deps.shelf)
  const [base, standing] = await Promise.all([runs.of(request), standingOf(request, question.id, deps)])
  const story = await tell(request, question, base!, standing, runs, deps)
  const whole: Explanation = {
    item_id: question.id,
    placement: request.placementName,
    market: request.market,
    locale: request.locale,
    ...story,
    served: {
      rung: base!.rung,
      degraded: [...new Set(base!.degraded)],
      order: rankerVersion(request.shop.ranker),
      ms: deps.shelf.clock.now() - startedMs,
      shelves: runs.made,
    },
  }
  return question.isTold ? whole : forShoppers(whole, request)
}

type Story = Omit<Explanation, 'item_id' | 'placement' | 'market' | 'locale' | 'served'>

async function tell(
  request: ShelfRequest,
  { id, insteadOf, isTold }: ItemQuestion,
  base: ShelfAnswer,
  standing: () => ItemStanding | null,
  runs: Runs,
  deps: ExplainDeps,
): Promise<Story> {
  const at = base.shown.findIndex(({ card }) => card.id === id)
  const looks = once(() => runs.of(lookingAt(request, insteadOf === null ? [id] : [id, insteadOf])))
  const story = { shown: at === -1 ? null : at + 1, of: base.shown.length }
  if (at !== -1) {
    const one = rankedIn(base, id)
    return {
      ...story,
      why: one === undefined ? null : whyIn(request, base, one),
      here: hereOf(base, at),
      why_not: null,
      instead_of: insteadOf === null ? null : await comparison(base, id, insteadOf, isTold ? looks : nothing),
      smallest_change: null,
      no_change: null,
    }
  }
  const absence: Absence = {
    ...{ request, id, nowMs: deps.shelf.clock.now(), standing: standing(), base },
    looked: isTold ? looks : nothing,
    plain: isTold ? once(() => runs.of(plainRequest(request), withoutModel)) : nothing,
  }
  const cause: WhyNotItem = (await firstCause(absence)) ?? { cause: 'ranked_below' }
  const shelf = hasOffer(cause) ? await rankedShelf(absence) : null
  const one = rankedIn(shelf, id)
  const found = isTold ? await smallestChange({ absence, cause, runs, deps: deps.shelf }) : null
  return {
    ...story,
    why: one === undefined ? null : whyIn(request, shelf!, one),
    here: one === undefined ? null : hereBelow(shelf!, one),
    why_not: cause,
    instead_of: insteadOf === null ? null : await comparison(base, id, insteadOf, isTold ? looks : nothing),
    smallest_change: typeof found === 'string' ? null : found,
    no_change: typeof found === 'string' ? found : null,
  }
}

const nothing = async () => null

/** What cannot be sold is never scored: there is nothing to look at. */
const hasOffer = ({ cause }: WhyNotItem) =>
  cause !== 'unknown_item' && cause !== 'deleted' && cause !== 'hidden' && cause !== 'not_sellable'

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** How the catalogue has the item; a failure counts only where the answer is needed. */
async function standingOf(
  request: ShelfRequest,
  id: string,
  { shelf, standings }: ExplainDeps,
): Promise<() => ItemStanding | null> {
  try {
    const stages = createStages(shelf.clock)
    const read = () => standings.read(request.shop.shop, id, request.market)
    const standing = await d1Call({ stage: 'gather' }, shelf, stages, read)
    return () => standing
  } catch (error) {
    shelf.log.error('stage_failed', error, { stage: 'standing', shop: request.shop.shop })
    return () => {
      throw new Problem('unavailable', { retryAfterSeconds: 2 })
    }
  }
}

const whyIn = (request: ShelfRequest, answer: ShelfAnswer, one: Ranked) =>
  whyOf(one, reasonContext(request, answer.context, answer.ranked), answer)

/** The neighbours of a shown item. */
function hereOf(answer: ShelfAnswer, at: number): Explanation['here'] {
  const own = rankedIn(answer, answer.shown[at]!.card.id)
  const next = (place: number): Neighbour | null => {
    const shown = answer.shown[place]
    if (shown === undefined) return null
    const other = rankedIn(answer, shown.card.id)
    return own === undefined || other === undefined
      ? { item_id: shown.card.id }
      : beside(own, other, place < at, answer)
  }
  return { above: next(at - 1), below: next(at + 1) }
}

/** Of an item that is not shown: the last one that is. */
function hereBelow(answer: ShelfAnswer, one: Ranked): Explanation['here'] {
  const last = answer.shown.findLast(({ card }) => card.id !== one.card.id)
  const other = last && rankedIn(answer, last.card.id)
  return { above: other === undefined ? null : beside(one, other, true, answer), below: null }
}

/** Which of two items stands higher: on the page, else in the order. */
async function comparison(
  base: ShelfAnswer,
  id: string,
  otherId: string,
  looks: () => Promise<ShelfAnswer | null>,
): Promise<Explanation['instead_of']> {
  const placeOf = (item: string) => base.shown.findIndex(({ card }) => card.id === item)
  const [at, otherAt] = [placeOf(id), placeOf(otherId)]
  const both = rankedIn(base, id) !== undefined && rankedIn(base, otherId) !== undefined
  const shelf = both ? base : await looks()
  const [one, other] = [rankedIn(shelf, id), rankedIn(shelf, otherId)]
  const shown = otherAt === -1 ? null : otherAt + 1
  const onPage = at !== -1 || otherAt !== -1
  const isFirst = onPage
    ? at !== -1 && (otherAt === -1 || at < otherAt)
    : one !== undefined && (other === undefined || one.score > other.score)
  const higher = onPage || one !== undefined || other !== undefined ? (isFirst ? id : otherId) : null
  if (shelf === null || one === undefined || other === undefined) return { item_id: otherId, shown, higher }
  return { ...beside(one, other, !isFirst, shelf), shown, higher }
}

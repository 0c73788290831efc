import { createLru } from '../../base/lru.ts'
import type { Card } from '../../domain/card.ts'
import { LIMITS } from '../../domain/limits.ts'
import { RULE_LIMITS, type Rule } from '../../domain/rule.ts'
import { createStages, type Stages } from '../../observe/stages.ts'
import { ALLOWANCE, createAllowance } from '../../rerank/allowance.ts'
import { createOrderPool } from '../../rerank/order_pool.ts'
import type { ShelfAnswer } from '../answer.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import { underDraft } from '../rules_preview.ts'

/** The shipped pipeline. */
export type Recommend = (request: ShelfRequest, deps: ShelfDeps, stages: Stages) => Promise<ShelfAnswer>

/** Shelves made for one explanation: each within the deadlines of any shelf, one after the other. */
export const RUNS_MAX = 8

/** The pipeline, asked so often and no oftener. Nothing is kept of what it makes, and no language model is asked for it. */
export class Runs {
  readonly #recommend: Recommend
  readonly #deps: ShelfDeps
  #made = 0

  constructor(recommend: Recommend, deps: ShelfDeps) {
    this.#recommend = recommend
    this.#deps = quiet(deps)
  }

  get made(): number {
    return this.#made
  }

  /** A shelf. @param adapt puts other parts in place of some; null when enough were made. */
  async of(request: ShelfRequest, adapt: (deps: ShelfDeps) => ShelfDeps = (deps) => deps): Promise<ShelfAnswer | null> {
    if (this.#made >= RUNS_MAX) return null
    this.#made += 1
    return this.#recommend(request, adapt(this.#deps), createStages(this.#deps.clock))
  }
}

/**
 * Shelves that nobody sees: nothing runs behind them, and what they contain counts for no order to be made. What would be
 * shared is made as a shared shelf is, whose spare items have a say in its variety; but never taken from the cache.
 */
function quiet(deps: ShelfDeps): ShelfDeps {
  const { llm, clock } = deps
  const memory = { ...deps.memory, sharedShelves: createLru<never>(1, 1), heldShelves: createLru<never>(1, 1) }
  const cache = { ...deps.cache, shelf: async () => null }
  const allowance = createAllowance(clock, { ...ALLOWANCE, callsPerShelf: 0, initial: 0, burst: 0 })
  const unpaid = llm && { ...llm, allowance, memory: { ...llm.memory, pool: createOrderPool() } }
  return { ...deps, memory, cache, llm: unpaid, defer: () => {} }
}

/** As an explanation asks: whatever the placement tells else, and without waiting for anybody. */
export const explained = (request: ShelfRequest): ShelfRequest => ({ ...request, explain: 'short', waitMs: 0 })

/** The request with one more rule. */
export const withRule = (request: ShelfRequest, rule: Rule): ShelfRequest =>
  underDraft(request, [...request.shop.rules.rules, rule])

/** An id that no rule of the shop has. */
export function freeRuleId(request: ShelfRequest, wish: string): string {
  const taken = new Set(request.shop.rules.rules.map(({ id }) => id))
  let id = wish
  for (let at = 2; taken.has(id); at++) id = `${wish}-${at}`
  return id
}

/**
 * The request with items that are looked at whatever the sources bring, and placed nowhere by that: a pin of what matches
 * nothing. They are read and ranked beside the others. With a rule in force no newcomers are drawn.
 */
export function lookingAt(request: ShelfRequest, ids: readonly string[]): ShelfRequest {
  const nobody = {
    all: [
      { field: 'id' as const, op: 'eq' as const, value: ids[0]! },
      { not: { field: 'id' as const, op: 'eq' as const, value: ids[0]! } },
    ],
  }
  return withRule(request, {
    ...{ id: freeRuleId(request, 'looked-at'), name: 'Looked at', enabled: true, priority: RULE_LIMITS.priority },
    items: nobody,
    action: { kind: 'pin', item_ids: [...ids], positions: ids.map((_id, at) => request.shown.size + at + 1) },
  })
}

/** The order of scores alone, under the same rules. */
export const plainRequest = (request: ShelfRequest): ShelfRequest => ({
  ...request,
  diversity: 0,
  placement: { ...request.placement, max_per_brand: LIMITS.shelfLimit, max_per_category: LIMITS.shelfLimit },
})

export const withoutModel = (deps: ShelfDeps): ShelfDeps => ({ ...deps, llm: null })

/** The catalogue as it would be if a card could be sold: read where it is asked for, and popular where it is popular. */
export function stocked(card: Card, passes: (card: Card) => boolean): (deps: ShelfDeps) => ShelfDeps {
  const on = (reads: ShelfDeps['reads']): ShelfDeps['reads'] => ({
    ...reads,
    async finalists(query) {
      const answer = await reads.finalists(query)
      const reached = [...answer.neighbours.values()].some((own) =>
        [own.bought, own.similar, own.arrivals ?? []].some((list) => list.some(([id]) => id === card.id)),
      )
      const cards = query.ids.includes(card.id) || reached ? [...answer.cards, card] : answer.cards
      return {
        ...answer,
        cards,
        filler: query.filler === null ? [] : filledUp(answer.filler, card, query.filler, passes),
      }
    },
  })
  return (deps) => {
    const { availability } = deps.memory
    const get: typeof availability.get = (shop) => {
      const known = availability.get(shop)
      if (known === undefined) return undefined
      const without = ([market, ids]: [string, Set<string>]) =>
        [market, new Set([...ids].filter((id) => id !== card.id))] as const
      return { ...known, unsellable: new Map([...known.unsellable].map(without)) }
    }
    const memory = { ...deps.memory, availability: { ...availability, get } }
    return { ...deps, memory, reads: on(deps.reads), strictReads: on(deps.strictReads) }
  }
}

function filledUp(
  filler: readonly Card[],
  card: Card,
  { limit, exclude }: { limit: number; exclude: readonly string[] },
  passes: (card: Card) => boolean,
): Card[] {
  if (exclude.includes(card.id) || !passes(card)) return [...filler]
  const at = filler.findIndex(({ popularity }) => popularity < card.popularity)
  const place = at === -1 ? filler.length : at
  return [...filler.slice(0, place), card, ...filler.slice(place)].slice(0, limit)
}

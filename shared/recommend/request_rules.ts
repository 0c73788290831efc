import type { RuleEffect } from '../domain/rule.ts'
import { compileRules } from '../rank/rules_compile.ts'
import { NOTHING_IN_FORCE, type RuleScene, type RulesInForce, rulesInForce } from '../rank/rules_in_force.ts'
import type { CandidatePool } from '../recall/candidates.ts'
import type { ShelfRequest } from './request.ts'

/** What rules did to a shelf. */
export interface AppliedRules {
  /** What they were judged for; null where the shop has no rules, and of a shelf from the cache. */
  scene: RuleScene | null
  inForce: readonly string[]
  /** By item, shown or not. */
  effects: ReadonlyMap<string, readonly RuleEffect[]>
}

export const NO_RULES_APPLIED: AppliedRules = { scene: null, inForce: [], effects: new Map() }

/** The rules that this request's shelf follows. @param isKnown whether anything is known that the shopper did */
export function requestRules(request: ShelfRequest, isKnown: boolean, nowMs: number): RulesInForce {
  const { rules } = request.shop
  if (rules.rules.length === 0) return NOTHING_IN_FORCE
  return rulesInForce(compileRules(rules), {
    placement: request.placementName,
    market: request.market,
    locale: request.locale,
    hasQuery: request.query !== null,
    isKnown,
    atMs: request.rulesAtMs ?? nowMs,
    offset: request.shown.size,
    limit: request.limit,
  })
}

/**
 * Pinned items join the candidates; items hidden by their id leave them, so that they take nobody's place.
 * @param isClosed whether the request or its placement says which items there may be: then pins add none
 * @returns the ids that left
 */
export function recallByRules(pool: CandidatePool, force: RulesInForce, isClosed: boolean): string[] {
  if (!isClosed) for (const id of force.recall) pool.at(id)
  const hidden = pool
    .all()
    .map((candidate) => candidate.id)
    .filter((id) => force.hiddenIds.has(id))
  pool.remove(hidden)
  return hidden
}

/** What the arrangement did, and what was left out before it. */
export function appliedRules(
  force: RulesInForce,
  effects: ReadonlyMap<string, readonly RuleEffect[]>,
  hidden: readonly string[],
): AppliedRules {
  const before = hidden.map((id) => [id, [{ rule: force.hiddenIds.get(id)!, effect: 'hidden' }]] as const)
  return {
    scene: force.scene,
    inForce: force.ids,
    effects: new Map<string, readonly RuleEffect[]>([...before, ...effects]),
  }
}

/** Pinned items first, so that they are read whatever the others score. */
export function withPinned(ids: readonly string[], force: RulesInForce, pool: CandidatePool, max: number): string[] {
  const pinned = force.recall.filter((id) => pool.has(id))
  return [...new Set([...pinned, ...ids])].slice(0, max)
}

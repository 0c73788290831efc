import type { Rng } from '../base/rng.ts'

/** Whose a place of a draft is: the base order's, the model's, or nobody's. */
export type Team = 'b' | 'l' | '-'

export interface Draft {
  ids: string[]
  /** One letter an item. */
  teams: string
}

/**
 * Team-draft interleaving (Radlinski, Kurup and Joachims 2008, "How does clickthrough data reflect retrieval quality?",
 * CIKM): the orders take turns in naming their best item that is not there yet; who begins a turn is drawn. What both
 * would name is nobody's: a click on it prefers neither (Chapelle et al. 2012, "Large-scale validation and analysis of
 * interleaved search evaluation", TOIS, section 6).
 * @param count items of the page
 * @param pinned items by place, counted from 0, that a rule put there: nobody's, and not moved
 */
export function teamDraft(
  base: readonly string[],
  llm: readonly string[],
  count: number,
  rng: Rng,
  pinned: ReadonlyMap<number, string> = new Map(),
): Draft {
  const taken = new Set(pinned.values())
  const picks = { b: 0, l: 0 }
  const ids: string[] = []
  let teams = ''
  const put = (id: string, team: Team) => {
    ids.push(id)
    taken.add(id)
    teams += team
  }
  const next = (list: readonly string[]) => list.find((id) => !taken.has(id))
  while (ids.length < count) {
    const fixed = pinned.get(ids.length)
    if (fixed !== undefined) {
      put(fixed, '-')
      continue
    }
    const ofBase = next(base)
    const ofLlm = next(llm)
    if (ofBase === undefined || ofLlm === undefined || ofBase === ofLlm) {
      const rest = ofBase ?? ofLlm
      if (rest === undefined) break
      put(rest, '-')
      continue
    }
    const team = picks.b === picks.l ? (rng.next() < 0.5 ? 'b' : 'l') : picks.b < picks.l ? 'b' : 'l'
    picks[team] += 1
    put(team === 'b' ? ofBase : ofLlm, team)
  }
  return { ids, teams }
}

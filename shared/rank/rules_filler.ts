import type { Filter } from '../domain/filter.ts'
import { LIMITS } from '../domain/limits.ts'
import { filterSize } from '../domain/rule.ts'
import { hides } from './rules_compile.ts'
import type { RulesInForce } from './rules_in_force.ts'

/** Conditions and joints that rules may add to a shelf's query: SQLite nests at most a hundred expressions. */
const ADDED_NODES_MAX = 40

/** What is asked of the database so that a shelf stays full although rules hide items. */
export interface FillerQuery {
  filter: Filter | null
  /** Ids to leave out beside those of the request. */
  exclude: readonly string[]
  /** Rows to read beyond the shelf, where some rules can only be judged in memory. */
  spare: number
}

/** The request's filter, and with it what rules hide, as far as a query can say it. */
export function fillerQuery(filter: Filter | null, force: RulesInForce): FillerQuery {
  const added: Filter[] = []
  let nodes = 0
  let isWhole = true
  for (const one of force.judged) {
    if (!hides(one) || one.ids !== null) continue
    const { items, currency, action } = one.rule
    const size = items === undefined ? 0 : filterSize(items) + 1
    if (items === undefined || currency !== undefined || action.kind !== 'hide' || nodes + size > ADDED_NODES_MAX) {
      isWhole = false
      continue
    }
    nodes += size
    added.push({ not: items })
  }
  return {
    filter: added.length === 0 ? filter : { all: [...(filter === null ? [] : [filter]), ...added] },
    exclude: [...force.hiddenIds.keys()],
    spare: isWhole ? 0 : LIMITS.shelfLimit,
  }
}

import { type Filter, type Filterable, passes } from '../../domain/filter.ts'

/** A part of a filter, by its JSON pointer in the request. */
export interface Clause {
  pointer: string
  clause: Filter
}

/**
 * The parts of a filter that an item fails by, from the whole filter down to the innermost: in an `all` the first that
 * fails; an `any` fails as one, and so does a `not`. Empty for an item that passes.
 */
export function failingClauses(filter: Filter, item: Filterable, pointer = '/filter'): Clause[] {
  if (passes(filter, item)) return []
  const own = { pointer, clause: filter }
  if (!('all' in filter)) return [own]
  const at = filter.all.findIndex((part) => !passes(part, item))
  return [own, ...failingClauses(filter.all[at]!, item, `${pointer}/all/${at}`)]
}

/** The filter without one of its parts; null when nothing is left of it. */
export function withoutClause(filter: Filter, pointer: string, own = '/filter'): Filter | null {
  if (pointer === own) return null
  if (!('all' in filter)) return filter
  const left = filter.all
    .map((part, at) => withoutClause(part, pointer, `${own}/all/${at}`))
    .filter((part) => part !== null)
  return left.length === 0 ? null : { all: left }
}

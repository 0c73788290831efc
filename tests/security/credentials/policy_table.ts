/** The policy's text as a table, and what of an app and of the document it must cover. */
import type { ProblemCode } from '../../../shared/base/problem.ts'

export const COLUMNS = [
  'none',
  'bad',
  'wrong',
  'gone',
  'past',
  'pk',
  '?pk',
  'pk@',
  'pkB',
  'sk',
  'skB',
  'admin',
] as const
export type Column = (typeof COLUMNS)[number]

/** A status, with its problem's code where it is a refusal. */
export interface Outcome {
  status: number
  code: ProblemCode | null
}
/** By route, `METHOD /path`. */
export type Policy = ReadonlyMap<string, Readonly<Record<Column, Outcome>>>

const REFUSALS: Readonly<Record<string, Outcome>> = {
  '401': { status: 401, code: 'unauthorized' },
  '403': { status: 403, code: 'forbidden' },
  '404': { status: 404, code: 'not_found' },
  page: { status: 403, code: 'origin_not_allowed' },
}

export const wordsOf = ({ status, code }: { status: number; code: string | null }): string =>
  code === null ? String(status) : `${status} ${code}`

function outcomeOf(cell: string): Outcome {
  const refusal = Object.hasOwn(REFUSALS, cell) ? REFUSALS[cell] : undefined
  if (refusal !== undefined) return refusal
  if (/^2\d\d$/.test(cell)) return { status: Number(cell), code: null }
  throw new Error(`"${cell}" is no cell of the policy`)
}

/** @throws Error on a line that is not whole: a cell that is left out must not be taken for a right */
export function readPolicy(text: string): Policy {
  const [head = [], ...rows] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/))
  if (head.join() !== COLUMNS.join()) throw new Error(`the columns are ${COLUMNS.join(' ')}`)
  const policy = new Map<string, Record<Column, Outcome>>()
  for (const [method, path, ...cells] of rows) {
    const route = `${method} ${path}`
    if (cells.length !== COLUMNS.length) throw new Error(`${route} has ${cells.length} cells, not ${COLUMNS.length}`)
    if (policy.has(route)) throw new Error(`${route} has two rows`)
    const outcomes = COLUMNS.map((column, at) => [column, outcomeOf(cells[at]!)] as const)
    policy.set(route, Object.fromEntries(outcomes) as Record<Column, Outcome>)
  }
  return policy
}

interface Registered {
  method: string
  path: string
}

/**
 * What an app registers, apart: endpoints as `METHOD /path`, and patterns that take whatever method comes, which are
 * middleware and the answers to methods that a path does not take.
 */
export function registeredIn(routes: readonly Registered[]): { endpoints: string[]; patterns: string[] } {
  const isPattern = ({ method }: Registered) => method === 'ALL' || method === 'OPTIONS'
  const distinct = (texts: readonly string[]) => [...new Set(texts)].sort()
  return {
    endpoints: distinct(routes.filter((one) => !isPattern(one)).map(({ method, path }) => `${method} ${path}`)),
    patterns: distinct(routes.filter(isPattern).map(({ path }) => path)),
  }
}

/** The operations of an OpenAPI document, as routes. */
export const documentedIn = (paths: Record<string, object>): string[] =>
  Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    .sort()

/** Where a list of routes and the policy part. */
export function gaps(routes: readonly string[], policy: Policy): { withoutRow: string[]; withoutRoute: string[] } {
  const known = new Set(routes)
  return {
    withoutRow: routes.filter((route) => !policy.has(route)),
    withoutRoute: [...policy.keys()].filter((route) => !known.has(route)),
  }
}
export const NO_GAPS = { withoutRow: [], withoutRoute: [] }

import * as z from 'zod'
import { type Attributes, CATEGORY_SEPARATOR } from './item.ts'
import { LIMITS } from './limits.ts'

const scalar = z.union([z.string().min(1).max(LIMITS.shortTextChars), z.number(), z.boolean()])

/** Fields that a filter can name. `attribute.X` reaches the shop's own attributes. */
const fieldSchema = z.union([
  z.enum(['id', 'category', 'brand', 'tag', 'price', 'on_sale', 'created_at']),
  z.string().regex(/^attribute\.[^"\\\p{C}]{1,200}$/u),
])

const conditionSchema = z.union([
  z.strictObject({ field: fieldSchema, op: z.enum(['eq', 'ne', 'lt', 'lte', 'gt', 'gte']), value: scalar }),
  z.strictObject({
    field: fieldSchema,
    op: z.enum(['in', 'nin']),
    value: z.array(scalar).min(1).max(LIMITS.filterValues),
  }),
  z.strictObject({ field: fieldSchema, op: z.literal('exists'), value: z.boolean() }),
])

export type Condition = z.infer<typeof conditionSchema>
export type Filter = Condition | { all: Filter[] } | { any: Filter[] } | { not: Filter }

const treeSchema: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      conditionSchema,
      z.strictObject({ all: z.array(treeSchema).min(1).max(LIMITS.filterNodes) }),
      z.strictObject({ any: z.array(treeSchema).min(1).max(LIMITS.filterNodes) }),
      z.strictObject({ not: treeSchema }),
    ]),
  )
  .meta({ id: 'Filter' })

/** How deep and how large a raw tree is; walked without recursion so that depth cannot exhaust the stack. */
function measure(value: unknown): { depth: number; nodes: number } {
  let depth = 0
  let nodes = 0
  const open: Array<[unknown, number]> = [[value, 1]]
  while (open.length > 0) {
    const [node, level] = open.pop()!
    nodes += 1
    depth = Math.max(depth, level)
    if (nodes > LIMITS.filterNodes || depth > LIMITS.filterDepth) break
    if (node === null || typeof node !== 'object') continue
    const { all, any, not } = node as { all?: unknown; any?: unknown; not?: unknown }
    for (const list of [all, any]) if (Array.isArray(list)) for (const entry of list) open.push([entry, level + 1])
    if (not !== undefined) open.push([not, level + 1])
  }
  return { depth, nodes }
}

/** A typed filter tree over items; bounded before it is parsed. */
export const filterSchema = z.preprocess((value, context) => {
  const { depth, nodes } = measure(value)
  if (depth > LIMITS.filterDepth || nodes > LIMITS.filterNodes) {
    context.issues.push({
      code: 'custom',
      input: value,
      message: `a filter has at most ${LIMITS.filterNodes} nodes and ${LIMITS.filterDepth} levels`,
    })
    return z.NEVER
  }
  return value
}, treeSchema)

/** The facts of an item that a filter may ask about, in one market. */
export interface Filterable {
  id: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Attributes
  /** Minor units. */
  price: number
  listPrice: number | null
  createdAtMs: number
}

type Scalar = string | number | boolean

/** What an item has of a field; empty where it has nothing. */
export function valuesOf(item: Filterable, field: string): readonly Scalar[] {
  switch (field) {
    case 'id':
      return [item.id]
    case 'brand':
      return item.brand === null ? [] : [item.brand]
    case 'category':
      return item.categories
    case 'tag':
      return item.tags
    case 'price':
      return [item.price]
    case 'on_sale':
      return [item.listPrice !== null && item.listPrice > item.price]
    case 'created_at':
      return [item.createdAtMs]
    default: {
      const name = field.slice('attribute.'.length)
      const value = Object.hasOwn(item.attributes, name) ? item.attributes[name] : undefined
      return value === undefined ? [] : Array.isArray(value) ? value : [value]
    }
  }
}

/** Dates are compared as milliseconds; text and numbers never compare with each other. */
export function comparable(field: string, value: Scalar): Scalar {
  return field === 'created_at' && typeof value === 'string' ? Date.parse(value) : value
}

function ordered(op: 'lt' | 'lte' | 'gt' | 'gte', have: Scalar, want: Scalar): boolean {
  if (typeof have !== typeof want || typeof have === 'boolean') return false
  const side = typeof have === 'string' ? byCodePoint(have, want as string) : have - (want as number)
  if (op === 'lt') return side < 0
  if (op === 'lte') return side <= 0
  if (op === 'gt') return side > 0
  return side >= 0
}

/** As SQLite compares UTF-8; JavaScript's own order of UTF-16 units differs beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1
  if (at === a.length || at === b.length) return a.length - b.length
  // Inside a surrogate pair the first halves were equal, so that the second halves decide.
  return a.codePointAt(at)! - b.codePointAt(at)!
}

/** Whether an item passes. */
export type Predicate = (item: Filterable) => boolean

/**
 * A filter made ready to judge many items: values become sets once. A field with several values passes when one of them
 * does; `ne` and `nin` when none equals.
 */
export function predicateOf(filter: Filter): Predicate {
  if ('all' in filter) {
    const parts = filter.all.map(predicateOf)
    return (item) => parts.every((part) => part(item))
  }
  if ('any' in filter) {
    const parts = filter.any.map(predicateOf)
    return (item) => parts.some((part) => part(item))
  }
  if ('not' in filter) {
    const part = predicateOf(filter.not)
    return (item) => !part(item)
  }
  const { field } = filter
  switch (filter.op) {
    case 'exists':
      return (item) => valuesOf(item, field).length > 0 === filter.value
    case 'in':
    case 'nin':
      return equalsOneOf(field, filter.value, filter.op === 'in')
    case 'eq':
    case 'ne':
      return equalsOneOf(field, [filter.value], filter.op === 'eq')
    default: {
      const { op } = filter
      const want = comparable(field, filter.value)
      return (item) => valuesOf(item, field).some((value) => ordered(op, value, want))
    }
  }
}

function equalsOneOf(field: string, values: readonly Scalar[], wanted: boolean): Predicate {
  const set = new Set(values.map((value) => comparable(field, value)))
  const equal = field === 'category' ? (value: Scalar) => isIn(set, value) : (value: Scalar) => set.has(value)
  return (item) => valuesOf(item, field).some(equal) === wanted
}

/** A category equals itself and everything above it. */
function isIn(set: ReadonlySet<Scalar>, value: Scalar): boolean {
  if (set.has(value)) return true
  if (typeof value !== 'string') return false
  for (let at = value.indexOf(CATEGORY_SEPARATOR); at !== -1; at = value.indexOf(CATEGORY_SEPARATOR, at + 1))
    if (set.has(value.slice(0, at))) return true
  return false
}

/** Whether an item passes, where one is to be judged. */
export const passes = (filter: Filter, item: Filterable): boolean => predicateOf(filter)(item)

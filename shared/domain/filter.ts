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

function valuesOf(item: Filterable, field: string): readonly Scalar[] {
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

/** A category matches itself and everything below it. */
function same(field: string, have: Scalar, want: Scalar): boolean {
  if (have === want) return true
  if (field !== 'category' || typeof have !== 'string' || typeof want !== 'string') return false
  return have.startsWith(`${want}${CATEGORY_SEPARATOR}`)
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

/** Whether an item passes. A field with several values passes when one of them does; `ne` and `nin` when none equals. */
export function passes(filter: Filter, item: Filterable): boolean {
  if ('all' in filter) return filter.all.every((part) => passes(part, item))
  if ('any' in filter) return filter.any.some((part) => passes(part, item))
  if ('not' in filter) return !passes(filter.not, item)
  const { field } = filter
  const have = valuesOf(item, field)
  switch (filter.op) {
    case 'exists':
      return have.length > 0 === filter.value
    case 'in':
    case 'nin': {
      const wanted = filter.value.map((value) => comparable(field, value))
      const found = have.some((value) => wanted.some((want) => same(field, value, want)))
      return filter.op === 'in' ? found : !found
    }
    case 'eq':
    case 'ne': {
      const want = comparable(field, filter.value)
      const found = have.some((value) => same(field, value, want))
      return filter.op === 'eq' ? found : !found
    }
    default: {
      const { op } = filter
      const want = comparable(field, filter.value)
      return have.some((value) => ordered(op, value, want))
    }
  }
}

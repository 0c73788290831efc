import { type Condition, comparable, type Filter } from '../../domain/filter.ts'
import { CATEGORY_SEPARATOR } from '../../domain/item.ts'

/** A condition over the columns `i` (items) and `c` (the card's columns), with every value in one JSON parameter. */
export interface CompiledFilter {
  /** SQL that reads its values from the JSON array bound at `parameter`. */
  sql: string
  values: string
}

type Scalar = string | number | boolean
type Bindable = Scalar | readonly Scalar[]
type Bind = (value: Bindable) => string

/**
 * Compiles a filter tree to SQL. The same tree is judged by `passes` in memory; a property test holds the two equal.
 * @param parameter the placeholder of the JSON array of values, such as `?6`
 */
export function compileFilter(filter: Filter, parameter: string): CompiledFilter {
  const values: Bindable[] = []
  const bind: Bind = (value) => {
    values.push(value)
    return `json_extract(${parameter}, '$[${values.length - 1}]')`
  }
  const sql = compile(filter, bind)
  return { sql, values: JSON.stringify(values) }
}

function compile(filter: Filter, bind: Bind): string {
  if ('all' in filter) return `(${filter.all.map((part) => compile(part, bind)).join(' AND ')})`
  if ('any' in filter) return `(${filter.any.map((part) => compile(part, bind)).join(' OR ')})`
  if ('not' in filter) return `NOT ${compile(filter.not, bind)}`
  return compileCondition(filter, bind)
}

/** A table expression of the field's values with columns `value` and `type` (json_each's type names). */
function valuesTable(field: string, bind: Bind): string {
  switch (field) {
    case 'id':
      return 'json_each(json_array(i.id))'
    case 'brand':
      return `json_each(CASE WHEN i.brand IS NULL THEN '[]' ELSE json_array(i.brand) END)`
    case 'category':
      return 'json_each(i.categories)'
    case 'tag':
      return 'json_each(i.tags)'
    case 'price':
      return `json_each(json_array(json_extract(shown, '$[1]')))`
    case 'on_sale':
      return `json_each(json_array(json(CASE WHEN json_extract(shown, '$[2]') > json_extract(shown, '$[1]') THEN 'true' ELSE 'false' END)))`
    case 'created_at':
      return 'json_each(json_array(i.created_at))'
    default: {
      // A quoted path: attribute names hold dots and blanks, never quotes (the schema refuses them).
      const path = bind(`$."${field.slice('attribute.'.length)}"`)
      // A scalar is one row of json_each, an array one row an element, an absent key none.
      return `json_each(i.attributes, ${path})`
    }
  }
}

/**
 * True when the row `v` equals one of the wanted values. Text never equals a number; a category equals what is below it.
 * The values are compared through json_each too: a chain of ORs would meet SQLite's depth limit of 100.
 */
function equalsOneOf(field: string, wanted: readonly Scalar[], bind: Bind): string {
  const numeric = `IN ('integer', 'real')`
  const below =
    field === 'category'
      ? ` OR (v.type = 'text' AND w.type = 'text' AND substr(v.value, 1, length(w.value) + ${CATEGORY_SEPARATOR.length}) = w.value || '${CATEGORY_SEPARATOR}')`
      : ''
  const list = bind(wanted)
  return `EXISTS (SELECT 1 FROM json_each(${list}) w WHERE (v.value = w.value
    AND (v.type = w.type OR (v.type ${numeric} AND w.type ${numeric})))${below})`
}

const SYMBOL = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function compileCondition(condition: Condition, bind: Bind): string {
  const { field } = condition
  const table = valuesTable(field, bind)
  const some = (test: string) => `EXISTS (SELECT 1 FROM ${table} v WHERE ${test})`
  switch (condition.op) {
    case 'exists':
      return condition.value ? some('1') : `NOT ${some('1')}`
    case 'eq':
    case 'ne': {
      const found = some(equalsOneOf(field, [comparable(field, condition.value)], bind))
      return condition.op === 'eq' ? found : `NOT ${found}`
    }
    case 'in':
    case 'nin': {
      const found = some(
        equalsOneOf(
          field,
          condition.value.map((value) => comparable(field, value)),
          bind,
        ),
      )
      return condition.op === 'in' ? found : `NOT ${found}`
    }
    default: {
      const value = comparable(field, condition.value)
      if (typeof value === 'boolean') return '0'
      const types = typeof value === 'string' ? `'text'` : `'integer', 'real'`
      return some(`v.type IN (${types}) AND v.value ${SYMBOL[condition.op]} ${bind(value)}`)
    }
  }
}

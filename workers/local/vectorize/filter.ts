import { CODE, Refusal } from './errors.ts'
import { FILTER_BYTES_LIMIT, FILTER_KEY_CHARS_MAX } from './limits.ts'
import { type IndexedFields, type IndexedValue, indexable, utf8Length } from './metadata.ts'

/**
 * Metadata filters: an implicit AND over fields, each field a value ($eq) or an object of operators.
 * Grammar: developers.cloudflare.com/vectorize/reference/metadata-filtering. There is no OR.
 */
export type Predicate = (fields: IndexedFields) => boolean
type Test = (value: IndexedValue) => boolean

const RANGE_OPERATORS = ['$lt', '$lte', '$gt', '$gte']
const LOWER = ['$gt', '$gte']
const UPPER = ['$lt', '$lte']

/** Checks a filter and compiles it; throws a Refusal that names the first fault. */
export function compileFilter(filter: unknown): Predicate {
  if (!isRecord(filter)) throw refuse('filter must be an object')
  const entries = Object.entries(filter)
  if (entries.length === 0) throw refuse('filter must be a non-empty object')
  const bytes = utf8Length(JSON.stringify(filter))
  if (bytes >= FILTER_BYTES_LIMIT)
    throw refuse(`filter must be less than ${FILTER_BYTES_LIMIT} bytes, but got ${bytes}`)
  const tests = entries.map(([key, condition]) => {
    checkKey(key)
    return { key, test: compileCondition(key, condition) }
  })
  // A vector that was written before the index existed has no such key: it matches nothing, not even $ne.
  return (fields) => tests.every(({ key, test }) => Object.hasOwn(fields, key) && test(fields[key]!))
}

function checkKey(key: string): void {
  if (key === '') throw refuse('filter keys must not be empty')
  if (key.length > FILTER_KEY_CHARS_MAX)
    throw refuse(`filter keys must have at most ${FILTER_KEY_CHARS_MAX} characters`)
  if (key.startsWith('$')) throw refuse(`filter key ${JSON.stringify(key)} must not start with "$"`)
  if (key.includes('"') || key.includes('|')) throw refuse(`filter key ${JSON.stringify(key)} must not contain " or |`)
  if (key.split('.').includes('')) throw refuse(`filter key ${JSON.stringify(key)} has an empty step`)
}

function compileCondition(key: string, condition: unknown): Test {
  if (isScalar(condition)) return equals(condition)
  if (!isRecord(condition)) throw refuse(`filter value of ${JSON.stringify(key)} must be a scalar or operators`)
  const operators = Object.keys(condition)
  if (operators.length === 0) throw refuse(`filter value of ${JSON.stringify(key)} must not be empty`)
  if (operators.length > 1) checkCombination(key, operators)
  const tests = operators.map((operator) => compileOperator(key, operator, condition[operator]))
  return (value) => tests.every((test) => test(value))
}

/** Only one lower bound with one upper bound may share a field. */
function checkCombination(key: string, operators: string[]): void {
  const lower = operators.filter((operator) => LOWER.includes(operator)).length
  const upper = operators.filter((operator) => UPPER.includes(operator)).length
  if (operators.length !== 2 || lower !== 1 || upper !== 1) {
    throw refuse(`filter operators ${operators.join(', ')} cannot be combined on ${JSON.stringify(key)}`)
  }
}

function compileOperator(key: string, operator: string, operand: unknown): Test {
  if (operator === '$eq' || operator === '$ne') {
    if (!isScalar(operand))
      throw refuse(`${operator} on ${JSON.stringify(key)} needs a string, number, boolean or null`)
    const same = equals(operand)
    return operator === '$eq' ? same : (value) => !same(value)
  }
  if (operator === '$in' || operator === '$nin') {
    if (!Array.isArray(operand) || operand.length === 0 || !operand.every(isScalar)) {
      throw refuse(
        `${operator} on ${JSON.stringify(key)} needs a non-empty array of strings, numbers, booleans or nulls`,
      )
    }
    const set = new Set(operand.map(indexable))
    return operator === '$in' ? (value) => set.has(value) : (value) => !set.has(value)
  }
  if (!RANGE_OPERATORS.includes(operator)) throw refuse(`unknown filter operator ${operator}`)
  if (typeof operand !== 'string' && typeof operand !== 'number') {
    throw refuse(`${operator} on ${JSON.stringify(key)} needs a string or a number`)
  }
  return within(operator, indexable(operand) as string | number)
}

function within(operator: string, bound: string | number): Test {
  return (value) => {
    if (value === null || typeof value !== typeof bound) return false
    if (operator === '$lt') return value < bound
    if (operator === '$lte') return value <= bound
    if (operator === '$gt') return value > bound
    return value >= bound
  }
}

function equals(operand: IndexedValue): Test {
  const wanted = indexable(operand)
  return (value) => value === wanted
}

const refuse = (message: string) => new Refusal(CODE.filter, message)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown): value is IndexedValue =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value))

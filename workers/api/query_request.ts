import { Problem } from '../../shared/base/problem.ts'
import { parseJson } from '../../shared/domain/decode.ts'

const LISTS = new Set(['item_ids', 'cart_item_ids', 'exclude_item_ids'])
const JSON_VALUES = new Set(['filter', 'history', 'recent'])
const NUMBERS = new Set(['limit', 'diversity', 'wait_ms'])

/**
 * A query string as the body that the same request would have: lists separated by commas or repeated, `filter`,
 * `history` and `recent` as JSON. An item id that holds a comma is sent by repeating the name, or with POST.
 * @throws Problem `invalid_request`
 */
export function bodyFromQuery(query: URLSearchParams): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const name of new Set(query.keys())) {
    if (name === 'key') continue
    const values = query.getAll(name)
    if (LISTS.has(name)) {
      body[name] = values.length > 1 ? values : values[0]!.split(',').filter((part) => part !== '')
      continue
    }
    if (values.length > 1)
      throw new Problem('invalid_request', { errors: [{ pointer: `/${name}`, detail: 'is given more than once' }] })
    const value = values[0]!
    if (NUMBERS.has(name)) body[name] = value.trim() === '' ? value : Number(value)
    else if (JSON_VALUES.has(name)) body[name] = jsonValue(name, value)
    else body[name] = value
  }
  return body
}

function jsonValue(name: string, value: string): unknown {
  try {
    return parseJson(value)
  } catch {
    throw new Problem('invalid_request', { errors: [{ pointer: `/${name}`, detail: 'is not valid JSON' }] })
  }
}

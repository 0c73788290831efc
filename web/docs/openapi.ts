/** The parts of OpenAPI 3.1 (JSON Schema 2020-12) that the page shows. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  title?: string
  description?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  examples?: unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  items?: Schema | boolean
  prefixItems?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

export interface Media {
  schema?: Schema
  example?: unknown
  examples?: Record<string, { summary?: string; value?: unknown }>
}

export interface Parameter {
  $ref?: string
  name: string
  in: 'query' | 'path' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema?: Schema
  example?: unknown
}

export interface Answer {
  $ref?: string
  description?: string
  content?: Record<string, Media>
  headers?: Record<string, { description?: string }>
}

export interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  parameters?: Parameter[]
  requestBody?: { $ref?: string; required?: boolean; description?: string; content?: Record<string, Media> }
  responses?: Record<string, Answer>
  security?: Record<string, string[]>[]
}

export interface OpenApi {
  info: { title: string; version: string; description?: string; summary?: string }
  servers?: { url: string }[]
  tags?: { name: string; description?: string }[]
  paths?: Record<string, Record<string, unknown>>
  components?: Record<string, Record<string, unknown>>
  security?: Record<string, string[]>[]
  'x-problems'?: { code: string; status: number; title: string }[]
}

export interface Entry {
  anchor: string
  method: string
  path: string
  operation: Operation
}

export interface Section {
  name: string
  description: string | undefined
  entries: Entry[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Follows local references, a bounded number of steps so that a circle ends. */
export function resolved<T extends { $ref?: string }>(document: OpenApi, value: T): T {
  let now: T = value
  for (let step = 0; now.$ref?.startsWith('#/') && step < 20; step++) {
    const path = now.$ref
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    const found = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document)
    if (found === undefined) return now
    const { $ref: _, ...beside } = now
    now = { ...(found as T), ...beside }
  }
  return now
}

/** `Item` of `#/components/schemas/Item`. */
export const refName = (schema: Schema): string | undefined => schema.$ref?.split('/').at(-1)

/** Operations by their first tag, in the order of the document's tags; what has none comes last. */
export function sections(document: OpenApi): Section[] {
  const found = new Map<string, Entry[]>((document.tags ?? []).map((tag) => [tag.name, []]))
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const shared = (item.parameters ?? []) as Parameter[]
    for (const method of METHODS) {
      if (!item[method]) continue
      const own = item[method] as Operation
      const operation = {
        ...own,
        parameters: [...shared, ...(own.parameters ?? [])].map((one) => resolved(document, one)),
      }
      const tag = operation.tags?.[0] ?? 'Other'
      const anchor = operation.operationId ?? `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`
      found.set(tag, [...(found.get(tag) ?? []), { anchor, method, path, operation }])
    }
  }
  const about = new Map((document.tags ?? []).map((tag) => [tag.name, tag.description]))
  return [...found]
    .filter(([, entries]) => entries.length > 0)
    .map(([name, entries]) => ({ name, description: about.get(name), entries }))
}

/** A schema's kind in a few words: `string (date-time)`, `array of Item`, `"a" | "b"`. */
export function kindOf(document: OpenApi, schema: Schema): string {
  const name = refName(schema)
  if (name) return name
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.type === 'array') {
    const items = typeof schema.items === 'object' ? kindOf(document, schema.items) : 'anything'
    return `array of ${items.includes(' | ') ? `(${items})` : items}`
  }
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map((one) => kindOf(document, one)))].join(' | ')
  const type = [schema.type ?? (schema.properties ? 'object' : 'anything')].flat().join(' | ')
  return schema.format ? `${type} (${schema.format})` : type
}

/** The limits of a value, as short notes. Limits that JSON numbers imply anyway are left out. */
export function limitsOf(schema: Schema): string[] {
  const between = (low: number | undefined, high: number | undefined, unit: string) => {
    const max = high !== undefined && high < Number.MAX_SAFE_INTEGER ? high : undefined
    const min = low !== undefined && low > Number.MIN_SAFE_INTEGER ? low : undefined
    if (min === undefined && max === undefined) return []
    return [`${min ?? ''}…${max ?? ''}${unit}`]
  }
  return [
    ...between(schema.minimum, schema.maximum, ''),
    ...between(schema.minLength, schema.maxLength, ' characters'),
    ...between(schema.minItems, schema.maxItems, ' entries'),
    ...(schema.pattern && schema.pattern.length < 60 ? [schema.pattern] : []),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ]
}

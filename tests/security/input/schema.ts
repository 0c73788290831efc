/**
 * Whether a value fits a schema of the OpenAPI document (JSON Schema 2020-12, the part of it that the document uses). Written
 * apart from the product's own validation on purpose: it is what that is held to.
 */
type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array'

export interface Schema {
  $ref?: string
  type?: TypeName | readonly TypeName[]
  enum?: readonly unknown[]
  const?: unknown
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  prefixItems?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema | boolean
  propertyNames?: Schema
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
}
export type Schemas = Readonly<Record<string, Schema>>

const UNDERSTOOD = new Set([
  ...['$ref', 'type', 'enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'minItems', 'maxItems', 'items', 'prefixItems', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames', 'anyOf', 'oneOf', 'allOf'],
  // These forbid nothing.
  ...['description', 'default', 'title', 'example', 'examples', 'id'],
])

/** @throws Error for a word that is not understood: what is passed over would count as allowed */
export function assertUnderstood(schema: Schema): void {
  const strange = Object.keys(schema).filter((word) => !UNDERSTOOD.has(word))
  if (strange.length > 0) throw new Error(`the schema says ${strange.join(', ')}, which nobody here understands`)
  for (const part of partsOf(schema)) assertUnderstood(part)
}

function partsOf(schema: Schema): Schema[] {
  const { items, prefixItems = [], properties = {}, additionalProperties, propertyNames, anyOf, oneOf, allOf } = schema
  return [
    ...[items, propertyNames, typeof additionalProperties === 'object' ? additionalProperties : undefined].filter(
      (one) => one !== undefined,
    ),
    ...[...prefixItems, ...Object.values(properties), ...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])],
  ]
}

/** Follows a reference. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref === undefined) return schema
  const found = schemas[schema.$ref.slice('#/components/schemas/'.length)]
  if (found === undefined) throw new Error(`there is no ${schema.$ref}`)
  return found
}

const patterns = new Map<string, RegExp>()
function patternOf(text: string): RegExp {
  const known = patterns.get(text) ?? new RegExp(text, 'u')
  patterns.set(text, known)
  return known
}

/** Characters are counted as JSON Schema counts them, or as UTF-16 units. */
export type Counting = 'points' | 'units'

/** The first thing that is wrong, with its JSON pointer; null when the value fits. */
export function misfit(
  given: Schema,
  value: unknown,
  schemas: Schemas,
  counting: Counting = 'points',
  at = '',
): string | null {
  const schema = resolved(given, schemas)
  const wrong = (why: string) => `${at || '/'}: ${why}`
  const within = (part: Schema, inner: unknown, step: string | number) =>
    misfit(part, inner, schemas, counting, `${at}/${step}`)
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type as TypeName, value)))
    return wrong(`is not of type ${schema.type}`)
  if (schema.const !== undefined && value !== schema.const) return wrong(`is not ${JSON.stringify(schema.const)}`)
  if (schema.enum !== undefined && !schema.enum.includes(value)) return wrong('is none of the list')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined && !choices.some((part) => misfit(part, value, schemas, counting, at) === null))
    return wrong('fits none of the choices')
  for (const part of schema.allOf ?? []) {
    const inner = misfit(part, value, schemas, counting, at)
    if (inner !== null) return inner
  }
  if (typeof value === 'string') {
    const why = wrongText(schema, value, counting)
    return why === null ? null : wrong(why)
  }
  if (typeof value === 'number') return wrongNumber(schema, value) ? wrong('is out of bounds') : null
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, prefixItems = [], items } = schema
    if (value.length < minItems || value.length > maxItems) return wrong(`has ${value.length} entries`)
    for (const [index, entry] of value.entries()) {
      const part = prefixItems[index] ?? items
      const inner = part === undefined ? null : within(part, entry, index)
      if (inner !== null) return inner
    }
    return null
  }
  return typeof value === 'object' && value !== null ? wrongObject(schema, value as Record<string, unknown>) : null

  function wrongObject(own: Schema, object: Record<string, unknown>): string | null {
    const missing = (own.required ?? []).find((name) => !Object.hasOwn(object, name))
    if (missing !== undefined) return wrong(`lacks ${missing}`)
    const properties = own.properties ?? {}
    for (const name of Object.keys(object)) {
      const named = own.propertyNames === undefined ? null : within(own.propertyNames, name, name)
      if (named !== null) return named
      const part = Object.hasOwn(properties, name) ? properties[name]! : (own.additionalProperties ?? true)
      if (part === true) continue
      if (part === false) return wrong(`has no ${name}`)
      const inner = within(part, object[name], name)
      if (inner !== null) return inner
    }
    return null
  }
}

function isOf(type: TypeName, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  // Beyond 2^53 nobody can tell a whole number.
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type
}

function wrongText(schema: Schema, text: string, counting: Counting): string | null {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema
  const length = counting === 'units' ? text.length : [...text].length
  if (length < minLength || length > maxLength) return `has ${length} characters`
  if (pattern !== undefined && !patternOf(pattern).test(text)) return `does not match ${pattern}`
  if (format === 'uri' && !URL.canParse(text)) return 'is no address'
  return null
}

function wrongNumber(schema: Schema, number: number): boolean {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
  return number < minimum || number > maximum || number <= (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
}

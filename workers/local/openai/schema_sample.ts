interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  items?: Schema
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  minItems?: number
}

/** The smallest value that a schema allows. */
export function sampleOf(schema: unknown): unknown {
  const own = (schema ?? {}) as Schema
  if (own.const !== undefined) return own.const
  if (own.enum !== undefined) return own.enum[0]
  if (own.anyOf !== undefined) return sampleOf(own.anyOf[0])
  const type = Array.isArray(own.type) ? own.type[0] : own.type
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(own.properties ?? {}).map(([name, one]) => [name, sampleOf(one)]))
    case 'array':
      return Array.from({ length: own.minItems ?? 0 }, () => sampleOf(own.items))
    case 'string':
      return 'ok'
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return true
    default:
      return null
  }
}

/**
 * Why a provider would refuse a schema as strict; null when it would not.
 * (platform.openai.com/docs/guides/structured-outputs: every property required, no others allowed)
 */
export function strictnessFault(schema: unknown, path = '$'): string | null {
  const own = (schema ?? {}) as Schema
  if (own.properties !== undefined) {
    const missing = Object.keys(own.properties).filter((name) => !(own.required ?? []).includes(name))
    if (missing.length > 0) return `${path}: '${missing[0]}' is not required`
    if (own.additionalProperties !== false) return `${path}: additionalProperties must be false`
  }
  const below: Array<[string, Schema]> = [
    ...Object.entries(own.properties ?? {}),
    ...(own.items === undefined ? [] : [['items', own.items] as [string, Schema]]),
    ...(own.anyOf ?? []).map((one, index): [string, Schema] => [`anyOf ${index}`, one]),
  ]
  for (const [name, one] of below) {
    const fault = strictnessFault(one, `${path}.${name}`)
    if (fault !== null) return fault
  }
  return null
}

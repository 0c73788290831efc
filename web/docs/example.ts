import { type Entry, type Media, type OpenApi, resolved, type Schema } from './openapi.ts'

/** Deep enough for every real body; a circle ends here. */
const DEPTH = 6

/** Texts that a shop would send, by the name of the field: a command that is pasted should be accepted. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ shop: 'my-shop', name: 'My shop', label: 'storefront', placement: 'my-shelf', hash: 'HASH' },
  ...{ id: 'mug-1', item_id: 'mug-1', item_ids: 'mug-1', title: 'Speckled mug', order_id: 'order-1' },
  ...{ market: 'GB', currency: 'GBP', locale: 'en-GB', query: 'mug', user_id: 'u-1', anonymous_id: 'a-1' },
}

/** A value that fits the schema: its own example, one for its name, or one made of its required parts. */
export function exampleOf(document: OpenApi, schema: Schema, depth = 0, name = ''): unknown {
  const own = resolved(document, schema)
  if (own.example !== undefined) return own.example
  if (own.examples?.[0] !== undefined) return own.examples[0]
  if (own.const !== undefined) return own.const
  if (own.default !== undefined) return own.default
  if (own.enum) return own.enum[0]
  const choice = own.anyOf?.[0] ?? own.oneOf?.[0]
  if (choice) return exampleOf(document, choice, depth + 1, name)
  const type = [own.type ?? (own.properties ? 'object' : 'string')].flat()[0]
  if (type === 'object') {
    if (depth > DEPTH) return {}
    const required = new Set(own.required ?? [])
    const parts = Object.entries(own.properties ?? {}).filter(([field]) => required.has(field))
    return Object.fromEntries(parts.map(([field, part]) => [field, exampleOf(document, part, depth + 1, field)]))
  }
  if (type === 'array') {
    return typeof own.items === 'object' && depth <= DEPTH ? [exampleOf(document, own.items, depth + 1, name)] : []
  }
  if (type === 'integer' || type === 'number') return Math.max(own.minimum ?? 1, Math.min(1, own.maximum ?? 1))
  if (type === 'boolean') return true
  if (type === 'null') return null
  return own.format === 'date-time' ? '2026-01-31T12:00:00Z' : (NAMED[name] ?? 'text')
}

/** The example of a body: the document's own, or one made from its schema. */
export function mediaExample(document: OpenApi, media: Media): unknown {
  const named = Object.values(media.examples ?? {})[0]?.value
  return media.example ?? named ?? (media.schema ? exampleOf(document, media.schema) : undefined)
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** A command that asks the operation, ready to paste once the key is set. */
export function curlOf(document: OpenApi, { method, path, operation }: Entry, origin: string): string {
  const parameters = operation.parameters ?? []
  const value = (name: string) => {
    const found = parameters.find((one) => one.name === name)
    return String(found?.example ?? (found?.schema ? exampleOf(document, found.schema, 0, name) : name))
  }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)))
  const query = parameters
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=${encodeURIComponent(value(one.name))}`)
  const url = origin + filled + (query.length ? `?${query.join('&')}` : '')
  const lines = [`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ${quoted(url)}`]
  if ((operation.security ?? document.security ?? []).some((one) => Object.keys(one).length > 0)) {
    lines.push(`-H "Authorization: Bearer $SHELFWISE_KEY"`)
  }
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  if (type && media) {
    const body = mediaExample(document, media)
    lines.push(`-H 'Content-Type: ${type}'`, `-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`)
  }
  return lines.join(' \\\n  ')
}

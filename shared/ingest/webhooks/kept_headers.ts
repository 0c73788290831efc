import type { Mapping } from '../../domain/webhook_source.ts'

const KEPT = /^(?:content-type$|webhook-|x-shopify-|shopify-|x-wc-webhook-|x-bc-)/
const SECRET = /signature|hmac|token|secret/
const VALUE_CHARS = 500

/** What of a delivery's headers it takes to read it again. Never a signature: a letter must not be a delivery that can be replayed. */
export function keptHeaders(headers: Headers, mapping: Mapping | null): Record<string, string> {
  const own = [mapping?.id_header, mapping?.signature.timestamp_header].flatMap((name) => name?.toLowerCase() ?? [])
  const signed = mapping?.signature.header.toLowerCase()
  const kept: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name === signed || !(own.includes(name) || (KEPT.test(name) && !SECRET.test(name)))) continue
    kept[name] = value.slice(0, VALUE_CHARS)
  }
  return kept
}

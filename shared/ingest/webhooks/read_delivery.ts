import type { SourceContext, SourceKind } from '../../domain/webhook_source.ts'
import type { Adapter } from './adapters/adapter.ts'
import { bigcommerce } from './adapters/bigcommerce.ts'
import { mapping } from './adapters/mapping.ts'
import { shopify } from './adapters/shopify/shopify.ts'
import { standard } from './adapters/standard.ts'
import { woocommerce } from './adapters/woocommerce.ts'
import type { Reading, VerifiedDelivery } from './effects.ts'

const ADAPTERS: Readonly<Record<SourceKind, Adapter>> = { standard, shopify, woocommerce, bigcommerce, mapping }

/**
 * What a verified delivery asks for. Whatever the bytes, it answers and never throws: what cannot be read is an answer
 * of its own, with a name to keep it by. Nothing of a buyer but the platform's number is ever in it.
 */
export function readDelivery(delivery: VerifiedDelivery, context: SourceContext): Reading {
  const adapter = ADAPTERS[context.kind]
  const decoded = jsonOf(delivery.bytes)
  const body = decoded.ok ? decoded.value : undefined
  const named = adapter.name(delivery, body, context)
  const ping = woocommercePing(delivery, context)
  if (ping !== null) return { ok: true, ...named, effects: [], ignored: ping, warnings: [] }
  if (!decoded.ok) return { ok: false, ...named, errors: [{ pointer: '', detail: decoded.detail }] }
  const { headers, receivedAtMs } = delivery
  const read = adapter.read({ ...named, body, headers, receivedAtMs, context })
  if ('errors' in read) return { ok: false, ...named, errors: read.errors }
  if ('ignored' in read) return { ok: true, ...named, effects: [], ignored: read.ignored, warnings: [] }
  return { ok: true, ...named, effects: read.effects, warnings: read.warnings, problems: read.problems ?? [] }
}

type Decoded = { ok: true; value: unknown } | { ok: false; detail: string }

function jsonOf(bytes: Uint8Array): Decoded {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { ok: false, detail: 'not UTF-8 text' }
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch {
    return { ok: false, detail: 'not valid JSON' }
  }
}

/** WooCommerce greets a new address with a form and no topic. */
function woocommercePing(delivery: VerifiedDelivery, context: SourceContext): string | null {
  if (context.kind !== 'woocommerce' || delivery.bytes.length > 100) return null
  const isPing = /^webhook_id=\d{1,20}$/.test(new TextDecoder('latin1').decode(delivery.bytes))
  return isPing ? 'a greeting' : null
}

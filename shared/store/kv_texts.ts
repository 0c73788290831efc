import type { KVNamespace } from '@cloudflare/workers-types'
import { chunk } from '../base/batch.ts'

/** KV bulk reads take at most 100 keys. */
const BULK_MAX = 100

interface Pending {
  names: Set<string>
  texts: Promise<Map<string, string | null>>
}

/**
 * One for each namespace, for as long as the code that began a read goes on without waiting: it never holds what another
 * request began, which the platform would not let it wait for.
 */
const pending = new WeakMap<KVNamespace, Pending>()

/**
 * Values as text by name, null where there is none; as text since one value that is no JSON would fail all. Reads that are
 * begun together are one call, whoever begins them. Rejects when KV does.
 */
export function readTexts(kv: KVNamespace, names: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const own = pending.get(kv) ?? begin(kv)
  for (const name of names) own.names.add(name)
  return own.texts
}

function begin(kv: KVNamespace): Pending {
  const names = new Set<string>()
  const texts = Promise.resolve().then(async () => {
    pending.delete(kv)
    const parts = await Promise.all(chunk([...names], BULK_MAX).map((part) => kv.get(part, 'text')))
    return new Map(parts.flatMap((part) => [...part]))
  })
  const own = { names, texts }
  pending.set(kv, own)
  return own
}

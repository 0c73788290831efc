import type { EnrichDeps } from './deps.ts'

/** Writes what cannot be sold into KV, for the isolates that lose D1. Read from the primary, stamped before the reading. */
export async function writeVeto(shop: string, deps: EnrichDeps): Promise<void> {
  const state = await deps.availability.all(shop)
  const unsellable: Record<string, string[]> = {}
  for (const [item, market] of state.unsellable) {
    if (!Object.hasOwn(unsellable, market)) unsellable[market] = []
    unsellable[market]!.push(item)
  }
  await deps.cache.putVeto(shop, { epoch: state.epoch, asOfMs: state.asOfMs, unsellable })
}

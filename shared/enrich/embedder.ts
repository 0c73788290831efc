import { encodeModel } from '../model/local/codec.ts'
import { createLocalFitter } from '../model/local/fit.ts'
import type { EnrichDeps } from './deps.ts'
import { itemFields } from './item_fields.ts'

/** The local embedder is learned anew when the shop has grown to this many times what it was learned from. */
const GROWTH_TO_REFIT = 1.5
/** Documents read at once from D1. */
const PAGE = 200
/** Documents learned from: beyond it the memory of a worker ends, and more add little. */
const DOCUMENTS_MAX = 12_000
/** Changes the directions of a refitted space; fixed, so that equal catalogues give equal embedders. */
const SEED = 20_261_121

/**
 * Learns the shop's local embedder when it has none, or has outgrown it. All vectors are then due again.
 * @returns the version in use; null for a shop without items
 */
export async function ensureEmbedder(shop: string, deps: EnrichDeps): Promise<string | null> {
  const { live } = await deps.catalogue.counts(shop)
  const pointer = await deps.embedders.pointer(shop)
  if (live === 0) return pointer?.version ?? null
  if (pointer !== null && live <= pointer.documents * GROWTH_TO_REFIT) return pointer.version
  const fitter = createLocalFitter({ seed: SEED })
  let afterSeq = 0
  let documents = 0
  while (documents < DOCUMENTS_MAX) {
    const page = await deps.catalogue.textsAfter(shop, afterSeq, PAGE)
    if (page.texts.length === 0) break
    for (const text of page.texts) fitter.add({ id: text.id, fields: itemFields(text) })
    documents += page.texts.length
    afterSeq = page.lastSeq
  }
  const model = fitter.finish()
  // The count of the shop, not of the sample: a large shop must not be refitted for ever.
  await deps.embedders.put(
    shop,
    { version: model.version, documents: live, fittedAtMs: deps.clock.now() },
    encodeModel(model),
  )
  deps.log.info('embedder_fitted', { shop, version: model.version, documents })
  return model.version
}

import { chunk } from '../base/batch.ts'
import { EMBED_BATCH } from '../model/embedder_rpc.ts'
import type { EnrichDeps } from './deps.ts'
import { itemFields } from './item_fields.ts'

/**
 * Embeds items and puts their vectors into the index. A text without a letter has no direction: it is marked as done
 * and gets no vector.
 * @returns the embedder's version; null when the shop has no embedder yet
 */
export async function embedItems(shop: string, ids: readonly string[], deps: EnrichDeps): Promise<string | null> {
  let version: string | null = null
  for (const part of chunk(ids, EMBED_BATCH)) {
    const texts = await deps.catalogue.texts(shop, part)
    if (texts.length === 0) continue
    const embedded = await deps.model.embedItems(shop, texts.map(itemFields))
    if (embedded === null) return null
    version = embedded.version
    const { version: embedder } = embedded
    const vectors = texts.map((text, index) => ({
      item: text.id,
      values: embedded.vectors[index]!,
      stamp: vectorStamp(embedder, text.textHash),
    }))
    const isEmpty = (one: { values: Float32Array }) => one.values.every((value) => value === 0)
    await deps.vectors.upsert(
      shop,
      vectors.filter((one) => !isEmpty(one)),
    )
    await deps.catalogue.markVectors(shop, texts, embedded.version)
    // What has no direction has no neighbours either, and must not be waited for.
    const bare = vectors.filter(isEmpty).map((one) => [one.item, []] as const)
    if (bare.length > 0) await deps.catalogue.putSimilar(shop, embedded.version, bare)
  }
  return version
}

/** Of which text and embedder a vector is: the index may still show an older one. */
export const vectorStamp = (version: string, textHash: string): string => `${version} ${textHash}`

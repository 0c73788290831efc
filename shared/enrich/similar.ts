import { mapConcurrent } from '../base/batch.ts'
import type { SimilarNeighbour } from '../domain/card.ts'
import type { EnrichDeps } from './deps.ts'
import { vectorStamp } from './embed_items.ts'

/** Text neighbours kept an item. */
const SIMILAR_KEPT = 30
/** A cosine below this is noise. */
const MIN_COSINE = 0.15
const ITEMS_PER_ROUND = 100
const WIDTH = 4

/**
 * Packs the nearest items by text for items whose vector is new: one index query an item, ahead of time, so that a
 * shopper's whole past costs none. An item whose vector the index does not show yet is left for the next round.
 * @returns how many items were packed, and how many looked at
 */
export async function packSimilar(
  shop: string,
  version: string,
  deps: EnrichDeps,
): Promise<{ packed: string[]; seen: number }> {
  const waiting = await deps.catalogue.withoutSimilar(shop, version, ITEMS_PER_ROUND)
  if (waiting.length === 0) return { packed: [], seen: 0 }
  const vectors = await deps.vectors.get(
    shop,
    waiting.map((item) => item.id),
  )
  // The index shows an update later than D1: an older text's vector has an older text's neighbours.
  const visible = waiting
    .filter((item) => vectors.get(item.id)?.stamp === vectorStamp(version, item.textHash))
    .map((item) => item.id)
  const rows = await mapConcurrent(visible, WIDTH, async (id) => {
    const matches = await deps.vectors.near(shop, vectors.get(id)!.values, SIMILAR_KEPT + 1)
    const similar = matches
      .filter((match) => match.id !== id && match.score >= MIN_COSINE)
      .slice(0, SIMILAR_KEPT)
      .map((match): SimilarNeighbour => [match.id, Math.round(match.score * 1e4) / 1e4])
    return [id, similar] as const
  })
  if (rows.length > 0) await deps.catalogue.putSimilar(shop, version, rows)
  return { packed: visible, seen: waiting.length }
}

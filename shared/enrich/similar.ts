import { mapConcurrent } from '../base/batch.ts'
import type { SimilarNeighbour } from '../domain/card.ts'
import type { VectorSpace } from '../domain/vector_space.ts'
import type { EnrichDeps } from './deps.ts'
import { touchIndex } from './embed_items.ts'
import { withoutPoison } from './quarantine.ts'

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
export async function packSimilar(space: VectorSpace, deps: EnrichDeps): Promise<{ packed: string[]; seen: number }> {
  const waiting = await deps.ledger.withoutSimilar(space, ITEMS_PER_ROUND)
  if (waiting.length === 0) return { packed: [], seen: 0 }
  const vectors = await deps.vectors.get(
    space,
    'text',
    waiting.filter((one) => !one.bare).map((one) => one.item),
  )
  // The index shows an update later than D1: an older text's vector has an older text's neighbours.
  const visible = waiting.filter((one) => !one.bare && vectors.get(one.item)?.stamp === one.hash)
  await deps.ledger.saw(space, 'text', visible)
  // What has no direction has no neighbours either, and must not be waited for.
  const bare = waiting.filter((one) => one.bare).map(({ item, hash }) => ({ item, hash, similar: [] }))
  await deps.ledger.putSimilar(space, bare)
  const hashes = new Map(visible.map(({ item, hash }) => [item, hash]))
  const pack = async (part: readonly string[]) => {
    const rows = await mapConcurrent(part, WIDTH, async (item) => ({
      item,
      hash: hashes.get(item)!,
      similar: await nearest(space, item, vectors.get(item)!.values, deps),
    }))
    await deps.ledger.putSimilar(space, rows)
  }
  const poison = new Set(
    await withoutPoison(space.shop, 'similar', [...hashes.keys()], deps, pack, () => touchIndex(space, deps)),
  )
  const packed = [...hashes.keys(), ...bare.map(({ item }) => item)].filter((item) => !poison.has(item))
  return { packed, seen: waiting.length }
}

async function nearest(
  space: VectorSpace,
  item: string,
  vector: Float32Array,
  deps: EnrichDeps,
): Promise<SimilarNeighbour[]> {
  const matches = await deps.vectors.near(space, 'text', vector, SIMILAR_KEPT + 1)
  return matches
    .filter((match) => match.id !== item && match.score >= MIN_COSINE)
    .slice(0, SIMILAR_KEPT)
    .map((match): SimilarNeighbour => [match.id, Math.round(match.score * 1e4) / 1e4])
}

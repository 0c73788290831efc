import { COSINE_WORTH, type Neighbours } from '../../domain/card.ts'
import { LIMITS } from '../../domain/limits.ts'
import { createStages } from '../../observe/stages.ts'
import { d1Call } from '../d1_call.ts'
import type { ShelfDeps } from '../deps.ts'

/** Of an item's own neighbours those whose lists are read: links mostly go both ways. */
const LOOKED_AT = 24

/**
 * Items whose neighbours include a given one, the strongest link first: who has to do with one of these is shown it
 * sooner. Two reads of D1; rejects when it does.
 */
export async function linksTo(shop: string, id: string, deps: ShelfDeps): Promise<string[]> {
  const stages = createStages(deps.clock)
  const read = async (ids: readonly string[]) =>
    (await d1Call({ stage: 'gather' }, deps, stages, () => deps.reads.gather(shop, ids, [], 0))).neighbours
  const own = (await read([id])).get(id)
  if (own === undefined) return []
  const near = [...strengths(own)].sort(byStrength).slice(0, LOOKED_AT)
  if (near.length === 0) return []
  const lists = await read(near.map(([other]) => other))
  return [...lists]
    .map(([other, list]) => [other, strengths(list).get(id) ?? 0] as const)
    .filter(([, strength]) => strength > 0)
    .sort(byStrength)
    .slice(0, LIMITS.seedItems)
    .map(([other]) => other)
}

const byStrength = (a: readonly [string, number], b: readonly [string, number]) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)

function strengths({ bought, similar }: Neighbours): Map<string, number> {
  const sums = new Map<string, number>()
  const add = (id: string, strength: number) => sums.set(id, (sums.get(id) ?? 0) + strength)
  for (const [id, taste, together, next] of bought)
    add(id, Math.max(0, taste) + Math.max(0, together) + Math.max(0, next))
  for (const [id, cosine] of similar) add(id, COSINE_WORTH * Math.max(0, cosine))
  return sums
}

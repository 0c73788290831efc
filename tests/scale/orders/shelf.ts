import { recommendationRequestSchema } from '../../../shared/domain/recommendation.ts'
import { createStages } from '../../../shared/observe/stages.ts'
import type { ShelfAnswer } from '../../../shared/recommend/answer.ts'
import { resolveRequest } from '../../../shared/recommend/request.ts'
import { recommend } from '../../../shared/recommend.ts'
import type { ShelfParts } from '../../support/world.ts'
import type { OrderShop } from './shop.ts'

/**
 * One request as the route resolves it, and all that is left for behind the answer.
 * @param coin of a draft
 * @param failures gets what failed behind the answer
 */
export async function shelfOf(
  parts: ShelfParts,
  shop: OrderShop,
  body: object,
  coin: string,
  failures: string[],
): Promise<ShelfAnswer> {
  const request = recommendationRequestSchema.parse(body)
  const placement = shop.config.placements[request.placement]!
  const later: Array<[string, () => Promise<unknown>]> = []
  const answer = await recommend(
    resolveRequest(shop.config, placement, request, new Set(), coin),
    { ...parts, defer: (label, work) => void later.push([label, work]) },
    createStages(parts.clock),
  )
  for (const [label, work] of later)
    await work().catch((error: unknown) => void failures.push(`${label}: ${String(error)}`))
  return answer
}

/** Asking a shelf of an isolate, as the route does, and keeping what the route would throw away. */
import { hash32 } from '../../shared/base/hash.ts'
import { decode } from '../../shared/domain/decode.ts'
import {
  type RecommendationResponse,
  recommendationRequestSchema,
  rerankRequestSchema,
} from '../../shared/domain/recommendation.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import { createStages, type Stages } from '../../shared/observe/stages.ts'
import type { ShelfAnswer } from '../../shared/recommend/answer.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'
import { resolveRequest, type ShelfRequest } from '../../shared/recommend/request.ts'
import { recommend } from '../../shared/recommend.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import { serveShelf } from '../../workers/api/routes/recommendations.ts'
import { type ShelfParts, SIGNING_SECRET } from './world.ts'

export interface Asked {
  answer: ShelfAnswer
  stages: Stages
  request: ShelfRequest
  ids: string[]
}

/** What came of work that runs after the answer. */
async function settle(work: ReadonlyArray<() => Promise<unknown>>): Promise<void> {
  for (const one of work) await one().catch(() => {})
}

/** Six bytes, as of a route. */
const COIN = 'AAAAAAAA'

export function requestOf(config: ShopConfig, body: unknown, shown: ReadonlySet<number> = new Set()): ShelfRequest {
  if (typeof body === 'object' && body !== null && 'candidate_item_ids' in body) {
    const request = decode(rerankRequestSchema, body)
    const placement = config.placements[request.placement]!
    return resolveRequest(config, placement, request, shown, COIN, request.candidate_item_ids)
  }
  const request = decode(recommendationRequestSchema, body)
  return resolveRequest(config, config.placements[request.placement]!, request, shown, COIN)
}

/**
 * One shelf by the pipeline itself; work after the answer is done before this resolves.
 * @param settled false leaves that work undone, where a dependency hangs
 */
export async function ask(
  parts: ShelfParts,
  config: ShopConfig,
  body: unknown,
  shown: ReadonlySet<number> = new Set(),
  settled = true,
): Promise<Asked> {
  const later: Array<() => Promise<unknown>> = []
  const stages = createStages(parts.clock)
  const request = requestOf(config, body, shown)
  const answer = await recommend(request, { ...parts, defer: (_label, work) => later.push(work) }, stages)
  const ids = answer.shown.map((one) => one.card.id)
  if (settled) await settle(later)
  return { answer, stages, request, ids }
}

export const hashesOf = (ids: Iterable<string>): Set<number> => new Set([...ids].map((id) => hash32(id)))

/** One shelf by the route's verb: the response as it goes over the wire, and its impression record. */
export async function serve(
  parts: ShelfParts,
  config: ShopConfig,
  body: unknown,
  kind: 'pk' | 'sk' = 'sk',
): Promise<{ response: RecommendationResponse; impressions: ImpressionRecord[] }> {
  const later: Array<() => Promise<unknown>> = []
  const impressions: ImpressionRecord[] = []
  const deps = {
    clock: parts.clock,
    log: parts.log,
    shelf: parts,
    signingSecret: SIGNING_SECRET,
    impressions: { add: async (record: ImpressionRecord) => void impressions.push(record) },
  } as unknown as ApiDeps
  const principal = { shop: config, kind, hash: 'hash' }
  const response = await serveShelf(body, principal, deps, (_label, work) => void later.push(work))
  await settle(later)
  return { response, impressions }
}

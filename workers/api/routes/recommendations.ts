import { base64url, fromBase64url, hash32 } from '../../../shared/base/hash.ts'
import { Problem } from '../../../shared/base/problem.ts'
import { decode } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import {
  type RecommendationRequest,
  type RecommendationResponse,
  recommendationRequestSchema,
  rerankRequestSchema,
  type Why,
} from '../../../shared/domain/recommendation.ts'
import { localised, type PlacementBody } from '../../../shared/domain/shop.ts'
import { createStages, type Stages } from '../../../shared/observe/stages.ts'
import { rankerVersion } from '../../../shared/rank/defaults.ts'
import type { ShelfAnswer } from '../../../shared/recommend/answer.ts'
import { toShelfItem } from '../../../shared/recommend/compose.ts'
import { readCursor, writeCursor } from '../../../shared/recommend/cursor.ts'
import { whyShown } from '../../../shared/recommend/explain/why.ts'
import { impressionOf } from '../../../shared/recommend/impression.ts'
import { inHoldout, signRecommendationId } from '../../../shared/recommend/recommendation_id.ts'
import { resolveRequest, type ShelfRequest } from '../../../shared/recommend/request.ts'
import { traceOf } from '../../../shared/recommend/trace.ts'
import { recommend } from '../../../shared/recommend.ts'
import type { Principal } from '../auth.ts'
import type { Defer } from '../context.ts'
import type { ApiDeps } from '../deps.ts'

/** One shelf. @throws Problem `invalid_request`, `invalid_cursor`, `unknown_placement`, `forbidden` */
export const serveShelf = async (
  body: unknown,
  principal: Principal,
  deps: ApiDeps,
  defer: Defer,
): Promise<RecommendationResponse> => serve(await resolve(body, principal, deps), principal, deps, defer)

/** A shelf of candidates that the shop brings. @throws Problem as `serveShelf` */
export async function serveRerank(
  body: unknown,
  principal: Principal,
  deps: ApiDeps,
  defer: Defer,
): Promise<RecommendationResponse> {
  const request = decode(rerankRequestSchema, body)
  const placement = placementOf(request, principal)
  return serve(
    resolveRequest(principal.shop, placement, request, new Set(), newCoin(), request.candidate_item_ids),
    principal,
    deps,
    defer,
  )
}

/** Of one shelf: stands in its recommendation id, and decides what is drawn for it. */
const newCoin = () => base64url(crypto.getRandomValues(new Uint8Array(6)))

/** Recommend, encode, remember. */
async function serve(
  request: ShelfRequest,
  principal: Principal,
  deps: ApiDeps,
  defer: Defer,
): Promise<RecommendationResponse> {
  const stages = createStages(deps.clock)
  const answer = await recommend(request, { ...deps.shelf, defer }, stages)
  const nowMs = deps.clock.now()
  const { shop } = request.shop
  const holdout = inHoldout(shop, request.shopper)
  const facts = { placement: request.placementName, rung: answer.rung, holdout, atMs: nowMs }
  const [id, cursor] = await Promise.all([
    signRecommendationId(deps.signingSecret, shop, facts, fromBase64url(request.coin)!),
    nextCursor(request, answer, deps, nowMs),
  ])
  defer('impression', () => deps.impressions.add(impressionOf(request, answer, id, holdout, nowMs)))
  const whys = request.explain === 'full' ? whyShown(request, answer, principal.kind === 'sk') : null
  return {
    recommendation_id: id,
    placement: request.placementName,
    title: localised(request.placement.title, request.locale, request.shop.locale),
    market: request.market,
    locale: request.locale,
    items: answer.shown.map((one, index) => ({
      ...toShelfItem(one.card, index + 1, one.sources, one.reason),
      ...whyIn(whys, one.card.id),
    })),
    served: {
      rung: answer.rung,
      degraded: [...new Set(answer.degraded)],
      strategy: request.placement.strategy,
      order: rankerVersion(request.shop.ranker),
      cache: answer.cache,
      llm: answer.servedLlm,
      holdout,
      ms: stages.elapsedMs(),
      availability_as_of: answer.availabilityAsOfMs === null ? null : new Date(answer.availabilityAsOfMs).toISOString(),
    },
    next_cursor: cursor,
    missing_item_ids: answer.missing,
    ...(request.explain === 'trace'
      ? { trace: traceOf(answer, stages as Stages, principal.kind === 'sk' ? request.shop.rules.version : null) }
      : {}),
  }
}

const whyIn = (whys: ReadonlyMap<string, Why> | null, id: string): { why?: Why } => {
  const why = whys?.get(id)
  return why === undefined ? {} : { why }
}

/** @throws Problem `invalid_request`, `invalid_cursor`, `unknown_placement`, `forbidden` */
export async function resolve(body: unknown, principal: Principal, deps: ApiDeps): Promise<ShelfRequest> {
  const request = decode(recommendationRequestSchema, body)
  const placement = placementOf(request, principal)
  const scope = { shop: principal.shop.shop, placement: request.placement }
  const shown =
    request.cursor === undefined
      ? new Set<number>()
      : await readCursor(deps.signingSecret, scope, request.cursor, deps.clock.now())
  if (shown === null) throw new Problem('invalid_cursor')
  return resolveRequest(principal.shop, placement, request, shown, newCoin())
}

/** The request's placement, which its key must be allowed to ask. */
function placementOf(request: Pick<RecommendationRequest, 'as_of' | 'placement'>, principal: Principal): PlacementBody {
  if (request.as_of !== undefined && principal.kind !== 'sk')
    throw new Problem('forbidden', { detail: 'as_of needs a secret key (sk_)' })
  const placement = Object.hasOwn(principal.shop.placements, request.placement)
    ? principal.shop.placements[request.placement]
    : undefined
  if (placement === undefined) {
    throw new Problem('unknown_placement', {
      detail: `this shop has ${Object.keys(principal.shop.placements).sort().join(', ')}`,
    })
  }
  return placement
}

/** A page that came out short was the last one. */
async function nextCursor(
  request: ShelfRequest,
  answer: ShelfAnswer,
  deps: ApiDeps,
  nowMs: number,
): Promise<string | null> {
  if (answer.shown.length < request.limit || request.candidates !== null) return null
  const shown = [...request.shown, ...answer.shown.map((one) => hash32(one.card.id))]
  // A cursor that forgot the first pages would show them again.
  if (shown.length > LIMITS.cursorItems) return null
  return writeCursor(deps.signingSecret, { shop: request.shop.shop, placement: request.placementName }, shown, nowMs)
}

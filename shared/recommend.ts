import { Problem } from './base/problem.ts'
import type { Explanation } from './domain/explanation.ts'
import type { Rule } from './domain/rule.ts'
import type { RulesPreview } from './domain/rule_answers.ts'
import { createStages, type Stages } from './observe/stages.ts'
import type { ShelfAnswer } from './recommend/answer.ts'
import { baseRung } from './recommend/base_rung.ts'
import type { ShelfDeps } from './recommend/deps.ts'
import { type ExplainDeps, explainItem, type ItemQuestion } from './recommend/explain/explain_item.ts'
import { lowerRungs } from './recommend/lower_rungs.ts'
import { isShared, type ShelfRequest } from './recommend/request.ts'
import { comparedShelves, previewRequest, underDraft } from './recommend/rules_preview.ts'
import {
  keepSharedShelf,
  readSharedShelf,
  SHARED_SPARE,
  type SharedPlace,
  sharedPlace,
} from './recommend/shared_shelf.ts'
import { nothingOf, type WaveOne, waveOne } from './recommend/wave_one.ts'

/**
 * Makes a shelf: the best rung of the ladder that its dependencies allow, in two waves of storage calls while D1 answers,
 * with a third where most finalists cannot be sold. A slow or failing dependency costs a rung, never an error; only a fresh isolate with neither D1 nor KV
 * rejects, with the problem `unavailable`.
 */
export async function recommend(request: ShelfRequest, deps: ShelfDeps, stages: Stages): Promise<ShelfAnswer> {
  const shared = isShared(request) ? await sharedPlace(request, deps) : null
  const lookUp = (place: SharedPlace) => stages.run('shared_shelf', () => readSharedShelf(request, place, deps, stages))
  let wave: WaveOne | null = null
  if (shared?.expected) {
    const cached = await lookUp(shared)
    if (cached) return cached
  } else if (shared) {
    // Most likely a miss: the first wave goes along, so that a miss costs no third.
    const [cached, along] = await Promise.all([lookUp(shared), waveOne(request, deps, stages)])
    if (cached) return cached
    wave = along
  }
  wave ??= await waveOne(request, deps, stages)
  // When D1 let the first wave down it is not asked again: its deadline would be paid twice.
  if (wave.gathered === null) return withoutCatalogue(request, wave, deps, stages)
  try {
    const answer = await baseRung(request, wave, deps, stages, shared ? SHARED_SPARE : 0)
    return shared ? shareable(request, shared, answer, deps) : answer
  } catch (error) {
    if (error instanceof Problem) throw error
    deps.log.error('stage_failed', error, { stage: 'finalists', shop: request.shop.shop })
    return withoutCatalogue(request, { ...wave, gathered: null, text: [], newest: null }, deps, stages)
  }
}

/** The rungs below D1; where what the wave brought cannot be read either, with nothing of it but what the isolate holds. */
async function withoutCatalogue(
  request: ShelfRequest,
  wave: WaveOne,
  deps: ShelfDeps,
  stages: Stages,
): Promise<ShelfAnswer> {
  try {
    return await lowerRungs(request, wave, deps, stages, 'catalogue')
  } catch (error) {
    if (error instanceof Problem) throw error
    deps.log.error('stage_failed', error, { stage: 'wave', shop: request.shop.shop })
    return lowerRungs(request, nothingOf(request, wave, deps), deps, stages, 'catalogue')
  }
}

/** A request's shelf as it is and as a draft of the shop's rules would make it. Nothing is kept of either. */
export async function previewRules(request: ShelfRequest, draft: Rule[], deps: ShelfDeps): Promise<RulesPreview> {
  const nowMs = deps.clock.now()
  const asked = previewRequest(request, nowMs)
  const drafted = underDraft(asked, draft)
  const before = await recommend(asked, deps, createStages(deps.clock))
  const after = await recommend(drafted, deps, createStages(deps.clock))
  return comparedShelves(drafted, before, after, nowMs)
}

/** Why an item stands where it does on a request's shelf, or why it does not. Nothing is kept of it. */
export const explain = (request: ShelfRequest, question: ItemQuestion, deps: ExplainDeps): Promise<Explanation> =>
  explainItem(request, question, deps, recommend)

/** Keeps the shelf with its spare items for others, and gives this shopper the page alone. */
function shareable(request: ShelfRequest, place: SharedPlace, answer: ShelfAnswer, deps: ShelfDeps): ShelfAnswer {
  const { epoch } = answer
  // A draft is drawn for one shelf: shown to many, one coin would decide what many clicks say.
  const isDrawn = answer.llm?.mode === 'draft'
  if (!isDrawn && answer.degraded.length === 0 && epoch !== null && answer.shown.length > 0) {
    deps.defer('keep_shared_shelf', () => keepSharedShelf(request, place, answer, epoch, deps))
  }
  return { ...answer, shown: answer.shown.slice(0, request.limit) }
}

import { LIMITS } from '../domain/limits.ts'
import type { Trace } from '../domain/recommendation.ts'
import type { Stages } from '../observe/stages.ts'
import { FEATURE_NAMES } from '../rank/features.ts'
import type { ShelfAnswer } from './answer.ts'

const rounded = (value: number) => Math.round(value * 1e4) / 1e4

/**
 * How the shelf came about: stages, sources, and what became of each candidate.
 * @param rulesVersion null where the asker is not to know what the shop's rules do
 */
export function traceOf(answer: ShelfAnswer, stages: Stages, rulesVersion: number | null): Trace {
  const placeOf = new Map(answer.shown.map((one, index) => [one.card.id, index + 1]))
  return {
    stages: stages.records.map((record) => ({ ...record })),
    sources: answer.sourceCounts,
    candidates: answer.ranked.slice(0, LIMITS.finalists * 2).map((one) => {
      const place = placeOf.get(one.candidate.id)
      return {
        id: one.candidate.id,
        score: rounded(one.score),
        sources: Object.fromEntries([...one.shares].map(([source, share]) => [source, rounded(share)])),
        features: weightiest(one.parts),
        outcome: place === undefined ? 'not_shown' : `shown_at_${place}`,
        ...(rulesVersion === null ? {} : { rules: [...(answer.rules.effects.get(one.candidate.id) ?? [])] }),
      }
    }),
    storage: { waves: stages.waves, calls: stages.calls },
    ...(rulesVersion === null ? {} : { rules: rulesTrace(answer, rulesVersion) }),
  }
}

/** Features named in a trace. */
const FEATURES_NAMED = 8

function weightiest(parts: Float64Array): Record<string, number> {
  const places = [...parts.keys()].filter((at) => rounded(parts[at]!) !== 0)
  places.sort((a, b) => Math.abs(parts[b]!) - Math.abs(parts[a]!) || a - b)
  return Object.fromEntries(places.slice(0, FEATURES_NAMED).map((at) => [FEATURE_NAMES[at]!, rounded(parts[at]!)]))
}

/** The rules that were in force, and the items that they hid before anything was ranked. */
function rulesTrace(answer: ShelfAnswer, version: number): NonNullable<Trace['rules']> {
  const ranked = new Set(answer.ranked.map((one) => one.candidate.id))
  const hidden = [...answer.rules.effects].filter(([id]) => !ranked.has(id))
  return {
    version,
    in_force: [...answer.rules.inForce],
    hidden: hidden.map(([id, effects]) => ({ id, rule: effects[0]!.rule })),
  }
}

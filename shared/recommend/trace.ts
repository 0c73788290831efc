import { LIMITS } from '../domain/limits.ts'
import type { Trace } from '../domain/recommendation.ts'
import type { Stages } from '../observe/stages.ts'
import type { ShelfAnswer } from './answer.ts'

const rounded = (value: number) => Math.round(value * 1e4) / 1e4

/** How the shelf came about: stages, sources, and what became of each candidate. */
export function traceOf(answer: ShelfAnswer, stages: Stages): Trace {
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
        outcome: place === undefined ? 'not_shown' : `shown_at_${place}`,
      }
    }),
    storage: { waves: stages.waves, calls: stages.calls },
  }
}

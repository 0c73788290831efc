import { hash32 } from '../base/hash.ts'
import { type Rng, seededRng } from '../base/rng.ts'
import type { Gate } from '../domain/gate.ts'
import { GATE } from './limits.ts'

/** What a shelf does with the model's order: nothing, note what it would have been, draft from both, or serve it. */
export type OrderUse = 'none' | 'shadow' | 'draft' | 'serve'

const SHARES = 2 ** 32

/**
 * What a shelf does with the model's order; the same shelf always the same.
 * @param history items in the shopper's history
 */
export function useOf(gate: Gate | undefined, history: number, recommendationId: string): OrderUse {
  switch (gate?.mode) {
    case undefined:
    case 'off':
      return 'none'
    case 'shadow':
      return 'shadow'
    case 'trial':
      // A trial is what finds the crossing, so it tries every length unless a person said up to which.
      return history <= (gate.crossing ?? Number.POSITIVE_INFINITY) ? 'draft' : 'none'
    case 'live':
      if (history > (gate.crossing ?? GATE.defaultCrossing)) return 'none'
      return hash32(`draft ${recommendationId}`) / SHARES < GATE.draftShare ? 'draft' : 'serve'
  }
}

/** The coin of a shelf's draft. */
export const draftRng = (recommendationId: string): Rng => seededRng(hash32(`coin ${recommendationId}`))

import type { Rng } from '../../../shared/base/rng.ts'
import type { ShelfUserText } from '../../../shared/prompt/tasks.ts'
import { answerOrder, type RankingOptions } from './rank.ts'

/** OpenAI's own bound on `top_logprobs`. */
export const TOP_LOGPROBS_MAX = 20
/** How much less likely each next candidate is. */
const STEP = 0.6
/** What a model says beside letters: `The`, a quote, a line's end. */
const STRAY_TOKENS = ['The', '"', '\n']
/** Of a letter's probability this much stands in its spelling with a space before it. */
const SPACED_SHARE = 0.3

export interface FirstToken {
  token: string
  logprobs: {
    content: Array<{ token: string; logprob: number; bytes: null; top_logprobs: TopLogprob[] }>
    refusal: null
  }
}
interface TopLogprob {
  token: string
  logprob: number
  bytes: null
}

/**
 * The first token of an answer that names candidates by letters: the candidate with number 1 is A. Likelihoods fall with
 * the place that the scripted ranker gives; some letters stand in two spellings, as tokenisers have them.
 */
export function firstToken(user: string, top: number, rng: Rng, options: RankingOptions | undefined): FirstToken {
  const places = orderOf(user, rng, options)
  const weights = new Map<string, number>()
  for (const [place, number] of places.entries()) {
    const letter = String.fromCharCode(64 + number)
    const weight = Math.exp(-STEP * place)
    weights.set(letter, weight * (1 - SPACED_SHARE))
    weights.set(` ${letter}`, weight * SPACED_SHARE)
  }
  for (const stray of STRAY_TOKENS) weights.set(stray, 0.05 * rng.next())
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  const told = [...weights]
    .map(([token, weight]): TopLogprob => ({ token, logprob: Math.log(weight / sum), bytes: null }))
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, top)
  const { token, logprob } = told[0] ?? { token: '', logprob: -9_999 }
  return { token, logprobs: { content: [{ token, logprob, bytes: null, top_logprobs: told }], refusal: null } }
}

function orderOf(user: string, rng: Rng, options: RankingOptions | undefined): number[] {
  try {
    const asked = JSON.parse(user) as ShelfUserText
    return answerOrder(asked, 'honest', rng, 0, options).order.filter((number) => number <= 26)
  } catch {
    // No shelf: any letter will do.
    return [1, 2, 3]
  }
}

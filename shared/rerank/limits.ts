import { DAY_MS, HOUR_MS } from '../base/clock.ts'

/** What bounds an order by a language model, each with its reason. */
export const RERANK_LIMITS = {
  /** Beyond it attention thins out and tokens are paid for places that nobody scrolls to; a page of finalists. */
  candidatesShown: 50,
  /** Nothing to order below. */
  candidatesMin: 2,
  /** The latest; LLMRank found no gain beyond 50 and more popularity bias with each (arXiv 2305.08845, section 3.3). */
  historyShown: 30,
  seedsShown: 5,
  cartShown: 10,
  topicsShown: 6,
  representativesShown: 5,
  /** Three balanced presentations cancel a linear position bias; a fourth costs a third more and cancels nothing new. */
  passesMax: 3,
  /**
   * Of a pass's numbers at least this share must be right ones, each told once. Below it the model was not ordering this
   * list: what it named is as much chance as what it left out.
   */
  validShareMin: 0.75,
  /** An order of the longest list is 200 characters; what is longer is not read. */
  answerCharsMax: 20_000,
  /** Asked for anew after this: tastes of a context that keeps its key move within hours. */
  softTtlMs: 6 * HOUR_MS,
  /** Never served after this, whatever the store kept. */
  hardTtlMs: 2 * DAY_MS,
  /** Lives differ by this share either way, so that what was made together does not end together. */
  ttlJitter: 0.2,
  /** A call is off the critical path: this bounds what an isolate holds, not what a shopper waits. */
  deadlineMsMax: 60_000,
} as const

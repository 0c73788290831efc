import type { Clock } from '../base/clock.ts'
import { DeadlineExceeded, withDeadline } from '../base/deadline.ts'
import { hash32, lengthPrefixed, sha256 } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import type { LlmOrder, OrderCandidate, OrderContext, OrderCost } from '../domain/llm_order.ts'
import type { CompleterRpc, CompletionCall, CompletionResult } from '../model/completer_rpc.ts'
import { askShelf, TASKS } from '../prompt/tasks.ts'
import type { ShelfQuestion } from '../prompt/verbaliser.ts'
import { borda, kendallTau } from './borda.ts'
import { RERANK_LIMITS } from './limits.ts'
import { type OrderPlace, orderPlace } from './order_key.ts'
import type { ShelfPast } from './past.ts'
import { presentations } from './permutations.ts'
import { type OrderFaults, type ReadOrder, readOrder } from './read_order.ts'
import { shelfQuestion } from './shelf_question.ts'

type Refusal = Extract<CompletionResult, { ok: false }>['reason']

/**
 * `too_few`: nothing to order. `unreadable`: every answer was malformed or about other things than the candidates. `late`:
 * none came in time. The rest as the model's door says, of the first pass that failed.
 */
export type OrderFailure = 'too_few' | 'unreadable' | 'late' | Refusal

/** One pass, for counters: what was wrong with it, and whether it only repeated what it was shown. */
export type PassReport =
  | {
      pass: number
      outcome: 'read'
      counts: boolean
      validShare: number
      followsPresentation: number
      faults: OrderFaults
    }
  | { pass: number; outcome: 'failed'; reason: OrderFailure }

export type MadeOrder =
  | { ok: true; order: LlmOrder; reports: PassReport[] }
  | { ok: false; reason: OrderFailure; cost: OrderCost; reports: PassReport[] }

export interface OrderDeps {
  complete: CompleterRpc['complete']
  clock: Clock
}

export interface OrderOptions {
  /** How a model is asked. One call names the whole list. */
  mode?: 'listwise'
  /** 1 to 3 presentations of the candidates, asked at once. */
  passes: number
  deadlineMs: number
  /** Of presentations and of lives: an equal seed asks equal questions, which are paid once. */
  seed: number
}

/**
 * Asks a language model in which order it would show candidates. Always an order of exactly these candidates, or why there is
 * none; never throws. What may not be shown to a model keeps its base place.
 * @param candidates in base order
 */
export async function makeOrder(
  context: OrderContext,
  candidates: readonly OrderCandidate[],
  past: ShelfPast,
  deps: OrderDeps,
  options: OrderOptions,
): Promise<MadeOrder> {
  const { question, shown } = shelfQuestion(context, candidates, past)
  if (shown.length < RERANK_LIMITS.candidatesMin) return { ok: false, reason: 'too_few', cost: NOTHING, reports: [] }
  const place = orderPlace(context)
  const passes = Math.min(Math.max(1, Math.floor(options.passes)), RERANK_LIMITS.passesMax)
  const versions = candidates.map(({ id, version }) => [id, version] as const)
  const asked = await Promise.all(
    presentations(shown.length, passes, options.seed).map((presentation, pass) =>
      askPass({ context, place, versions, question, presentation, pass }, deps, options.deadlineMs),
    ),
  )
  const cost = asked.map((one) => one.cost).reduce(sum, NOTHING)
  const reports = asked.map((one) => one.report)
  const heard = asked.flatMap(({ read }) => (read?.counts ? [read.order] : []))
  if (heard.length === 0) return { ok: false, reason: failureOf(reports), cost, reports }
  const { order, agreement } = borda(heard)
  const madeAtMs = deps.clock.now()
  return {
    ok: true,
    order: {
      v: 1,
      key: place.key,
      candidates: versions,
      order: amongAll(order, shown, candidates.length),
      passes: heard.length,
      agreement,
      cost,
      madeAtMs,
      ...lives(madeAtMs, hash32(place.key, options.seed)),
    },
    reports,
  }
}

interface PassQuestion {
  context: OrderContext
  place: OrderPlace
  versions: ReadonlyArray<readonly [string, string]>
  question: ShelfQuestion
  /** Places among the shown ones. */
  presentation: readonly number[]
  pass: number
}

interface Asked {
  report: PassReport
  cost: OrderCost
  read: ReadOrder | null
}

async function askPass(one: PassQuestion, deps: OrderDeps, deadlineMs: number): Promise<Asked> {
  const { context, pass, presentation, question } = one
  const { recipe, ...ask } = askShelf(TASKS.rank, {
    ...question,
    candidates: presentation.map((place) => question.candidates[place]!),
  })
  const parts = [recipe, context.model, one.place.key, JSON.stringify(one.versions), String(pass), ask.system, ask.user]
  const key = `rerank:${await sha256(lengthPrefixed(parts))}`
  const { id: prompt, version } = TASKS.rank.prompt
  const trace = { prompt, version, of: one.place.digest }
  const result = await completed({ key, shop: context.shop, purpose: 'rerank', trace, ...ask }, deps, deadlineMs)
  if (!result.ok) return { report: { pass, outcome: 'failed', reason: result.reason }, cost: NOTHING, read: null }
  const read = readOrder(result.text, presentation)
  const followsPresentation = kendallTau(presentation, read.order)
  const { counts, validShare, faults } = read
  return { report: { pass, outcome: 'read', counts, validShare, followsPresentation, faults }, cost: result.cost, read }
}

type Completed = Extract<CompletionResult, { ok: true }> | { ok: false; reason: OrderFailure }

/** A door that hangs or breaks is an answer of its own, and no exception. */
async function completed(call: CompletionCall, deps: OrderDeps, deadlineMs: number): Promise<Completed> {
  const boundMs = Math.min(deadlineMs, RERANK_LIMITS.deadlineMsMax)
  try {
    return await withDeadline('rerank', boundMs, deps.complete(call, boundMs))
  } catch (error) {
    return { ok: false, reason: error instanceof DeadlineExceeded ? 'late' : 'unavailable' }
  }
}

/** An order of the shown ones among all: the others stand at their base places. */
function amongAll(order: readonly number[], shown: readonly number[], n: number): number[] {
  const wanted = order.map((place) => shown[place]!)
  const isShown = new Set(shown)
  let next = 0
  return Array.from({ length: n }, (_, place) => (isShown.has(place) ? wanted[next++]! : place))
}

function failureOf(reports: readonly PassReport[]): OrderFailure {
  const failed = reports.find((report) => report.outcome === 'failed')
  return failed === undefined || reports.some((report) => report.outcome === 'read') ? 'unreadable' : failed.reason
}

/** Soft and hard end of an order's life, both moved by one draw. */
function lives(madeAtMs: number, seed: number): Pick<LlmOrder, 'softUntilMs' | 'hardUntilMs'> {
  const { softTtlMs, hardTtlMs, ttlJitter } = RERANK_LIMITS
  const factor = 1 + ttlJitter * (2 * seededRng(seed).next() - 1)
  return {
    softUntilMs: madeAtMs + Math.round(softTtlMs * factor),
    hardUntilMs: madeAtMs + Math.round(hardTtlMs * factor),
  }
}

const NOTHING: OrderCost = { inputTokens: 0, outputTokens: 0, microCost: 0 }
const sum = (a: OrderCost, b: OrderCost): OrderCost => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  microCost: a.microCost + b.microCost,
})

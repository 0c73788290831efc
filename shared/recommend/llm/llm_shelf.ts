import type { ContextItem } from '../../domain/card.ts'
import type { LlmShelf } from '../../domain/gate.ts'
import type { LlmOrder } from '../../domain/llm_order.ts'
import type { Rung, ServedLlm } from '../../domain/recommendation.ts'
import type { ReasonContext } from '../../explain/reason.ts'
import type { Stages } from '../../observe/stages.ts'
import type { Interests } from '../../rank/interests.ts'
import { callsOf } from '../../rerank/allowance.ts'
import type { Ranked } from '../compose.ts'
import type { ShelfDeps } from '../deps.ts'
import type { Placed } from '../explored.ts'
import type { ShelfRequest } from '../request.ts'
import type { AppliedRules } from '../request_rules.ts'
import type { WaveOne } from '../wave_one.ts'
import { type LlmPlan, llmPlan, llmUse } from './contexts.ts'
import type { LlmDeps } from './deps.ts'
import { type Kept, readKept } from './kept.ts'
import { behindOf, composedOf, MOVES_SPARE, type OrderedShelf, orderShelf } from './order_shelf.ts'
import { historyTold, type RenewInput, renewBehind, renewNow } from './renew.ts'
import { bundlesOf, type ToldReasons, tellBehind, toldOf } from './told.ts'

/** What of a finished base shelf a language model's part needs. */
export interface BaseShelf {
  /** In base order: the page, and at least `spare` items behind it. */
  placed: readonly Placed[]
  /** Everything that was ranked for it, best first. */
  ranked: readonly Ranked[]
  context: ReadonlyMap<string, ContextItem>
  about: ReasonContext
  interests: Interests | null
  rules: AppliedRules
}

/** The shelf as it is served. */
export interface LlmServed {
  placed: readonly Placed[]
  rung: Rung
  llm?: LlmShelf
  servedLlm: ServedLlm | null
  told: ToldReasons
}

/** A language model's part in a shelf, from before its last wave of storage calls until it is composed. */
export interface LlmPart {
  /** Items that must stand behind the page. */
  spare: number
  finish(base: BaseShelf): Promise<LlmServed>
}

const NOBODY: LlmPart = {
  spare: 0,
  finish: async ({ placed }) => ({ placed, rung: 'L2', servedLlm: null, told: new Map() }),
}

/** Begins to read what was made before; the second wave of storage calls waits for none of it. Reading never rejects. */
export function llmPart(request: ShelfRequest, wave: WaveOne, deps: ShelfDeps, stages: Stages): LlmPart {
  const { llm } = deps
  const use = llm === null ? null : llmUse(request, wave)
  if (use === null || llm === null) return NOBODY
  const own = { ...deps, llm }
  const plan = llmPlan(use, request, wave, own)
  const reading = readKept(plan, request.explain !== 'none', own, stages)
  return {
    spare: use.use === 'none' ? 0 : MOVES_SPARE,
    async finish(base) {
      try {
        return await finish(request, wave, plan, await reading, base, own)
      } catch (error) {
        // What a model made or told costs its own part of a shelf, and never the shelf.
        deps.log.error('stage_failed', error, { stage: 'llm', shop: request.shop.shop })
        return NOBODY.finish(base)
      }
    },
  }
}

async function finish(
  request: ShelfRequest,
  wave: WaveOne,
  plan: LlmPlan,
  kept: Kept,
  base: BaseShelf,
  deps: ShelfDeps & { llm: LlmDeps },
): Promise<LlmServed> {
  const composed = composedOf(base.placed, request.limit, base.rules)
  deps.llm.allowance.earn(request.shop.shop, callsOf(composed.length + historyTold(wave.past)))
  const behind = () => behindOf(base.ranked, composed)
  const { context } = base
  const input: RenewInput = { request, plan, orders: kept.orders, composed, behind, past: wave.past, context }
  const ordered = (orders: ReadonlyArray<LlmOrder | null>) =>
    orderShelf(request, base.placed, composed, plan, orders, deps.clock.now())
  let shelf = ordered(kept.orders)
  const serves = plan.use === 'serve' || plan.use === 'draft'
  const waits = request.waitMs > 0 && serves && shelf.found?.level !== 'L0'
  if (waits) {
    const order = await renewNow(input, request.waitMs, deps)
    if (order !== null) shelf = ordered([order, ...kept.orders.slice(1)])
  } else renewBehind(input, deps)
  return { ...shelf, servedLlm: servedOf(shelf, waits), told: toldFor(request, wave, plan, kept, base, shelf, deps) }
}

function toldFor(
  request: ShelfRequest,
  wave: WaveOne,
  plan: LlmPlan,
  kept: Kept,
  base: BaseShelf,
  shelf: OrderedShelf,
  deps: ShelfDeps & { llm: LlmDeps },
): ToldReasons {
  if (request.explain === 'none') return new Map()
  const shown = shelf.placed.slice(0, request.limit).map(({ one }) => one)
  // A tenth of a shelf's own work: done where something is told, or is due to be.
  const bundles = once(() => bundlesOf(shown, base.about, wave.past, base.interests, base.rules))
  const told = kept.pack === null ? new Map() : toldOf(bundles(), kept.pack, request.locale)
  tellBehind(request, plan, { shown: shown.length, bundles }, told, deps)
  return told
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function servedOf({ found, llm }: OrderedShelf, waited: boolean): ServedLlm | null {
  if (found === null || llm === undefined || llm.mode === 'shadow') return null
  const { passes, agreement, cost, madeAtMs } = found.order
  return {
    use: llm.mode,
    made_at: new Date(madeAtMs).toISOString(),
    passes,
    agreement: Math.round(agreement * 1_000) / 1_000,
    cost: { input_tokens: cost.inputTokens, output_tokens: cost.outputTokens, micro: cost.microCost },
    waited,
  }
}

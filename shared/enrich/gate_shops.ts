import { DAY_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { NO_EVIDENCE, type Worth } from '../domain/gate.ts'
import type { ShopConfig } from '../domain/shop.ts'
import { capOf } from '../gate/credit.ts'
import { decide, type GateState, type Known, mayReplay } from '../gate/decide.ts'
import type { Replayed } from '../gate/replay.ts'
import { dayOf } from '../store/keys.ts'
import { PartitionChanged } from '../store/learning_artefacts.ts'
import type { Tally } from '../store/operations/gate_tallies.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { creditDays, daysOver } from './gate_credit.ts'
import { type OrderLogged, replay } from './gate_replay.ts'
import type { Counting } from './gate_slice.ts'
import { alone, isLost } from './run.ts'

const LEASE_MS = 3 * MINUTE_MS
/** One invocation's share: what is left the next one does. */
const TURN_MS = 25 * SECOND_MS
/** As long as a trial may last, with what is looked back at. */
const TALLY_DAYS = 120
const KEPT_DAYS = 180
/** Days whose shelves say what the model costs a shelf. */
const COST_DAYS = 28
/** What money for orders is spent on, in the ledger. */
const PURPOSE = 'rerank'

/**
 * Counts what shelves with orders of a model were worth, and moves each placement's gate as that says.
 * @param order asks for orders of logged shelves; null: placements that are off stay so
 * @returns null where another run does
 */
export const runGates = (outer: EnrichDeps, order: OrderLogged | null) =>
  alone(
    'gate',
    outer,
    async (keep, deps) => {
      const endsAtMs = deps.clock.now() + TURN_MS
      const over = () => deps.clock.now() >= endsAtMs
      const replaying = order !== null && (await deps.model.completer()) !== null ? order : null
      for (const shop of await deps.catalogue.shops()) {
        if (over()) return
        // One shop's trouble must not keep the others waiting.
        await judgeShop(shop, replaying, deps, keep, over).catch((error: unknown) => {
          if (isLost(error)) throw error
          // Events were joined or erased while they were counted: they are counted again at the next turn.
          if (error instanceof PartitionChanged) deps.log.info('partition_changed', { shop, job: 'gate' })
          else deps.log.error('shop_failed', error, { shop, job: 'gate' })
        })
      }
      await deps.gateTallies.forget(dayOf(deps.clock.now() - KEPT_DAYS * DAY_MS))
    },
    LEASE_MS,
  )

async function judgeShop(
  shop: string,
  order: OrderLogged | null,
  deps: EnrichDeps,
  keep: Keep,
  over: () => boolean,
): Promise<void> {
  const gates = await deps.gates.list(shop)
  const isUsed = [...gates.values()].some((gate) => gate.mode !== 'off')
  if (!isUsed && order === null) return
  const config = await deps.shops.config(shop)
  if (config === null) return
  const worth = await deps.gates.worth(shop)
  const counting: Counting = { worth, currencyOf: currencyIn(config) }
  if (isUsed) await creditDays(shop, counting, deps, keep, over)
  const known = await knownOf(shop, worth, deps)
  for (const placement of Object.keys(config.placements)) {
    const state = gates.get(placement) ?? { ...NEW, since: known.today }
    const mayAsk = order !== null && !over() && mayReplay(state, known.today)
    const days = mayAsk ? await daysOver(shop, deps) : []
    const replayed = mayAsk ? await replay(shop, placement, days, counting, order, deps, keep, over) : null
    const next = decide(state, { ...known, ...ofPlacement(placement, known.tallies, replayed) })
    if (JSON.stringify(next) === JSON.stringify(state)) continue
    await deps.gates.put(shop, placement, next, deps.clock.now())
    if (next.mode !== state.mode || next.crossing !== state.crossing)
      deps.log.info('gate', { shop, placement, mode: next.mode, why: next.evidence.why })
  }
}

const NEW: Omit<GateState, 'since'> = { mode: 'off', crossing: null, held: false, evidence: NO_EVIDENCE }

const currencyIn = (config: ShopConfig) => (market: string | null) =>
  config.markets.find((own) => own.market === (market ?? config.market))?.currency ?? null

/** What is known of all of a shop's placements. */
async function knownOf(shop: string, worth: Worth | null, deps: EnrichDeps): Promise<Omit<Known, 'basis' | 'replay'>> {
  const nowMs = deps.clock.now()
  const today = dayOf(nowMs)
  const tallies = await deps.gateTallies.tallies(shop, dayOf(nowMs - TALLY_DAYS * DAY_MS))
  const cap = capOf(worth)
  // Clicks have no price: without one, orders are judged by what they bring alone.
  const cost = worth === null ? 0 : (await costOfShelf(shop, tallies, today, deps)) / cap
  return { tallies, cost, cap, unit: worth === null ? 'clicks' : 'micro', today }
}

/** Millionths a shelf with an order, over the last weeks: orders are shared by shelves, and some are made for none. */
async function costOfShelf(shop: string, tallies: readonly Tally[], today: string, deps: EnrichDeps): Promise<number> {
  const from = dayOf(Date.parse(today) - COST_DAYS * DAY_MS)
  const recent = tallies.filter(({ day }) => day >= from)
  const shelves = recent.reduce((sum, tally) => sum + tally.shelves, 0)
  if (shelves === 0) return 0
  return (await deps.gateTallies.spent(shop, PURPOSE, recent[0]!.day, recent.at(-1)!.day)) / shelves
}

function ofPlacement(placement: string, all: readonly Tally[], replayed: Replayed[] | null) {
  const tallies = all.filter((tally) => tally.placement === placement)
  return { tallies, replay: replayed, basis: newestBasis(tallies) }
}

/** That of most shelves of the newest day. */
function newestBasis(tallies: readonly Tally[]): string | null {
  const day = tallies.at(-1)?.day
  const shelves = new Map<string, number>()
  for (const tally of tallies)
    if (tally.day === day) shelves.set(tally.basis, (shelves.get(tally.basis) ?? 0) + tally.shelves)
  return [...shelves].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

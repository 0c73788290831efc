/** A shop with seeded shoppers, whose shelves are drafted, credited and judged by the shipped verbs. */
import { DAY_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { NO_EVIDENCE } from '../../shared/domain/gate.ts'
import { creditOf, type Outcome } from '../../shared/gate/credit.ts'
import type { Judge } from '../../shared/gate/crossing.ts'
import { decide, type GateState, mayReplay } from '../../shared/gate/decide.ts'
import { bucketOf } from '../../shared/gate/history_length.ts'
import { GATE } from '../../shared/gate/limits.ts'
import type { Replayed } from '../../shared/gate/replay.ts'
import { teamDraft } from '../../shared/gate/team_draft.ts'
import { draftRng, useOf } from '../../shared/gate/use.ts'
import { dayOf } from '../../shared/store/keys.ts'
import type { Tally } from '../../shared/store/operations/gate_tallies.ts'

const CANDIDATES = 8
const PAGE = 6
const START = Date.parse('2026-01-01')
export const BASIS = 'unit/model rank@1 clicks'
/** How far the base order's opinion of an item is from what its shopper thinks. */
const BASE_NOISE = 0.7
/** Histories by share: many shoppers have bought little. */
const HISTORIES = [0, 0, 0, 0, 1, 2, 1, 2, 4, 5, 3, 4, 7, 8, 9, 15, 15, 30, 30, 60]

/** How far a provider's opinion is off, by the day and the shopper's number of items; less than 0.7 is better than base. */
export type Noise = (history: number, day: number) => number

export interface SimulatedShop {
  seed: number
  noise: Noise
  shelvesADay: number
  days: number
  /** Where it begins. */
  mode: GateState['mode']
  judge?: Judge
}

export interface Story {
  state: GateState
  /** Modes by day, the last one at the end. */
  modes: GateState['mode'][]
  reasons: string[]
}

/** Runs a shop day by day: its shelves, their credits, and then the gate's decision. Nobody else moves the gate. */
export function run({ seed, noise, shelvesADay, days, mode, judge }: SimulatedShop): Story {
  const rng = seededRng(seed)
  const tallies: Tally[] = []
  let state: GateState = { mode, crossing: null, held: false, since: dayOf(START - DAY_MS), evidence: NO_EVIDENCE }
  const story: Story = { state, modes: [], reasons: [] }
  for (let day = 0; day < days; day++) {
    const today = dayOf(START + day * DAY_MS)
    tallies.push(...shelvesOf(state, today, day, shelvesADay, noise, rng))
    const known = {
      ...({ tallies, cost: 0, cap: 2, unit: 'clicks', today: dayOf(START + (day + 1) * DAY_MS) } as const),
      basis: tallies.at(-1)?.basis ?? null,
      replay: mayReplay(state, today) ? replayed(noise, day, rng) : null,
    }
    const next = decide(state, known, judge)
    if (next.mode !== state.mode || next.crossing !== state.crossing) story.reasons.push(next.evidence.why)
    state = next
    story.modes.push(state.mode)
  }
  return { ...story, state }
}

function shelvesOf(state: GateState, today: string, day: number, count: number, noise: Noise, rng: Rng): Tally[] {
  const tallies = new Map<string, Tally>()
  for (let at = 0; at < count; at++) {
    const id = `${today} ${at} ${rng.int(2 ** 30)}`
    const history = rng.pick(HISTORIES)
    const use = useOf(state, history, id)
    // What was served whole is no evidence.
    if (use === 'none' || use === 'serve') continue
    const { base, wanted, wish } = shelf(noise(history, day), rng)
    const draft = use === 'draft' ? teamDraft(base, wanted, PAGE, draftRng(id)) : { ids: base, teams: null }
    const outcomes = clicks(draft.ids, wish, rng)
    const credit = creditOf({ shown: draft.ids, base, wanted, teams: draft.teams }, outcomes, null)
    const mode = use === 'draft' ? 'draft' : 'shadow'
    const bucket = bucketOf(history)
    const key = `${mode} ${bucket}`
    const tally = tallies.get(key) ?? {
      ...{ day: today, placement: 'home', basis: BASIS, mode, bucket, shelves: 0 },
      ...{ wins: 0, losses: 0, lift: 0, squares: 0 },
    }
    tally.shelves += 1
    tally.wins += credit.preference === 1 ? 1 : 0
    tally.losses += credit.preference === -1 ? 1 : 0
    tally.lift += credit.lift
    tally.squares += credit.lift ** 2
    tallies.set(key, tally as Tally)
  }
  return [...tallies.values()]
}

/** Candidates as both orders have them, and how much the shopper wants each. */
function shelf(noise: number, rng: Rng) {
  const wish = new Map<string, number>()
  const opinions = Array.from({ length: CANDIDATES }, (_, at) => {
    const taste = rng.next()
    wish.set(`i${at}`, 0.4 * taste ** 3)
    return {
      id: `i${at}`,
      base: taste + BASE_NOISE * (rng.next() - 0.5) * 2,
      llm: taste + noise * (rng.next() - 0.5) * 2,
    }
  })
  const order = (name: 'base' | 'llm') =>
    [...opinions]
      .sort((a, b) => b[name] - a[name])
      .map(({ id }) => id)
      .slice(0, PAGE)
  return { base: order('base'), wanted: order('llm'), wish }
}

/** Shoppers look down a shelf less readily than the gate's correction believes: it need not be right. */
function clicks(shown: readonly string[], wish: ReadonlyMap<string, number>, rng: Rng): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  for (const [place, id] of shown.entries())
    if (rng.next() < wish.get(id)! / (place + 1) ** 0.7) outcomes.set(id, { intent: 0.3, value: 1 })
  return outcomes
}

function replayed(noise: Noise, day: number, rng: Rng): Replayed[] {
  const shelves: Replayed[] = []
  while (shelves.length < GATE.replayShelves.max) {
    const history = rng.pick(HISTORIES)
    const { base, wanted, wish } = shelf(noise(history, day), rng)
    const outcomes = clicks(base, wish, rng)
    if (outcomes.size === 0) continue
    const { lift } = creditOf({ shown: base, base, wanted, teams: null }, outcomes, null)
    shelves.push({ shopper: `s${shelves.length}`, history, lift })
  }
  return shelves
}

/** Believes whatever the mean is at the moment, and gives nobody up. */
export const NAIVE: Judge = { isAbove: ({ n, sum }, mean) => n > 0 && sum / n > mean, isBelow: () => false }

import type { GateEvidence, GateFigure, GateMode, GateReason } from '../domain/gate.ts'
import type { Tally } from '../store/operations/gate_tallies.ts'
import { hasFallen } from './alarm.ts'
import { lowerBound, type Sums, upperBound } from './bounds.ts'
import { crossingOf, fitCrossing, isHopeless, isSettled, type Judge, SEQUENTIAL, upTo } from './crossing.ts'
import { bucketOf, HISTORY_BUCKETS } from './history_length.ts'
import { GATE } from './limits.ts'
import { type Replayed, replayAdmits } from './replay.ts'
import { byDay, liftsOf, preferencesOf } from './tally.ts'

/** A gate as it is kept. */
export interface GateState {
  mode: GateMode
  crossing: number | null
  /** A person fixed it: nothing changes by itself. */
  held: boolean
  /** The day since which it is in this mode; only later days are evidence for what comes next. */
  since: string
  evidence: GateEvidence
}

/** What is known of a placement. */
export interface Known {
  /** Whose orders are made now, and what credits are counted in; null before the first. */
  basis: string | null
  /** Of the placement, all bases and days that are kept. */
  tallies: readonly Tally[]
  /** What the model costs a shelf, as a share of the cap; 0 where value is not told in money. */
  cost: number
  /** What a share of the cap is, for people: a thousand shelves' worth is told. */
  cap: number
  unit: 'micro' | 'clicks'
  /** Null: none was made. */
  replay: readonly Replayed[] | null
  today: string
}

const DAY_MS = 86_400_000
const daysAfter = (day: string, days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS

/** All trials of a basis together err in alpha of all cases: 1 / (k (k + 1)) sums to one. */
const alphaOf = (attempts: number) => GATE.alpha / (attempts * (attempts + 1))

/**
 * What a gate is to be now. Called as often as one likes: trials and live orders are judged by bounds that hold at every
 * moment (bounds.ts), a replay once, and whatever follows from it is judged anew.
 */
export function decide(state: GateState, known: Known, judge: Judge = SEQUENTIAL): GateState {
  if (state.held) return state
  const told = withFigures(state, known)
  const { basis } = state.evidence
  if (state.mode !== 'off' && known.basis !== null && basis !== null && basis !== known.basis)
    return moved(told, 'shadow', 'other_maker', known, { attempts: 0, restUntil: null })
  switch (state.mode) {
    case 'off':
      return ofOff(told, known)
    case 'shadow':
      return ofShadow(told, known, judge)
    case 'trial':
      return ofTrial(told, known, judge)
    case 'live':
      return ofLive(told, known)
  }
}

/** Whether a placement that is off may be replayed now. */
export const mayReplay = ({ mode, held, evidence }: GateState, today: string): boolean =>
  mode === 'off' && !held && (evidence.restUntil === null || today >= evidence.restUntil)

function ofOff(state: GateState, known: Known): GateState {
  if (known.replay === null || !mayReplay(state, known.today)) return state
  // Whose orders they are is told by the first that are made.
  if (replayAdmits(known.replay))
    return moved(state, 'shadow', 'replay_better', { ...known, basis: null }, { restUntil: null })
  // Too few are looked for again tomorrow.
  const isEnough = known.replay.length >= GATE.replayShelves.min
  return because(state, isEnough ? 'not_shown' : 'waits', {
    restUntil: daysAfter(known.today, isEnough ? GATE.restDays : 1),
  })
}

function ofShadow(state: GateState, known: Known, judge: Judge): GateState {
  const shelves = since(state, known, 'shadow')
  const lifts = liftsOf(shelves)
  const restUntil = daysAfter(known.today, GATE.restDays)
  if (isHopeless(shelves, liftsOf, GATE.alpha, judge)) return moved(state, 'off', 'worse', known, { restUntil })
  const rests = state.evidence.restUntil !== null && known.today < state.evidence.restUntil
  if (rests || lifts.n < GATE.shadowShelves) return because(state, 'waits')
  return moved(state, 'trial', 'orders_enough', known, { attempts: state.evidence.attempts + 1 })
}

function ofTrial(state: GateState, known: Known, judge: Judge): GateState {
  const drafts = since(state, known, 'draft')
  const { attempts } = state.evidence
  const lasted = daysBetween(state.since, known.today)
  const restUntil = daysAfter(known.today, GATE.restDays * attempts)
  if (isHopeless(drafts, preferencesOf, GATE.alpha, judge)) return moved(state, 'shadow', 'worse', known, { restUntil })
  const bucket = fitCrossing(drafts, known.cost, alphaOf(attempts), judge)
  if (bucket !== null && (isSettled(drafts, bucket) || lasted >= GATE.patienceDays))
    return { ...moved(state, 'live', 'better', known), crossing: crossingOf(bucket) }
  if (lasted >= GATE.trialDays) return moved(state, 'shadow', 'not_shown', known, { restUntil })
  return because(state, 'waits')
}

function ofLive(state: GateState, known: Known): GateState {
  const restUntil = daysAfter(known.today, GATE.restDays * state.evidence.attempts)
  const crossing = state.crossing ?? GATE.defaultCrossing
  const drafts = upTo(since(state, known, 'draft'), bucketOf(crossing))
  const left = withoutFallen(drafts, bucketOf(crossing), known.cost)
  if (left === null) return moved(state, 'shadow', 'worse', known, { restUntil })
  if (left < bucketOf(crossing)) return { ...because(state, 'crossing_lowered'), crossing: crossingOf(left) }
  const review = daysAfter(known.today, -GATE.reviewDays)
  const recent = liftsOf(drafts.filter(({ day }) => day >= review))
  if (recent.n >= GATE.reviewDrafts && lowerBound(recent, GATE.alpha) <= known.cost)
    return moved(state, 'shadow', 'not_worth_it', known, { restUntil })
  return because(state, 'waits')
}

/** The bucket up to which nothing has fallen: the longest histories are the first to go. Null: none is left. */
function withoutFallen(drafts: readonly Tally[], bucket: number, cost: number): number | null {
  const every = GATE.alarmDays * HISTORY_BUCKETS * MEASURES
  for (let from = bucket; from >= 0; from--) {
    const days = byDay(drafts.filter((tally) => tally.bucket >= from))
    if (!hasFallen(days.map(preferencesOf), 0, every) && !hasFallen(days.map(liftsOf), cost, every)) continue
    return from === 0 ? null : withoutFallen(upTo(drafts, from - 1), from - 1, cost)
  }
  return bucket
}

/** Preference and lift are watched. */
const MEASURES = 2

/** Tallies of the days after the gate came into its mode, of the present basis. */
const since = (state: GateState, known: Known, mode: Tally['mode']): Tally[] =>
  known.tallies.filter((tally) => tally.mode === mode && tally.day > state.since && tally.basis === known.basis)

const because = (state: GateState, why: GateReason, over: Partial<GateEvidence> = {}): GateState => ({
  ...state,
  evidence: { ...state.evidence, ...over, why },
})

const moved = (
  state: GateState,
  mode: GateMode,
  why: GateReason,
  { today, basis }: Known,
  over: Partial<GateEvidence> = {},
): GateState => ({ ...because(state, why, { ...over, basis }), mode, since: today, crossing: null })

/** Puts figures for people beside the decision; it is not made of them. */
function withFigures(state: GateState, known: Known): GateState {
  if (state.mode === 'off') return state
  const shelves = since(state, known, state.mode === 'shadow' ? 'shadow' : 'draft')
  const thousand = 1_000 * known.cap
  const evidence: GateEvidence = {
    ...state.evidence,
    basis: state.evidence.basis ?? known.basis,
    preference: state.mode === 'shadow' ? null : figure(preferencesOf(shelves), 1),
    gain: figure(liftsOf(shelves), thousand),
    cost: known.cost * thousand,
    unit: known.unit,
  }
  return { ...state, evidence }
}

const figure = (sums: Sums, unit: number): GateFigure | null =>
  sums.n === 0
    ? null
    : {
        n: sums.n,
        mean: (sums.sum / sums.n) * unit,
        lower: lowerBound(sums, GATE.alpha) * unit,
        upper: upperBound(sums, GATE.alpha) * unit,
      }

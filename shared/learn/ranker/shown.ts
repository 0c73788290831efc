import { DAY_MS, HOUR_MS } from '../../base/clock.ts'
import { hash32 } from '../../base/hash.ts'
import { shopperHigh, shopperLow } from '../../domain/shopper_key.ts'
import type { LearnInput } from '../learner.ts'
import { rewoundTo } from '../rewound.ts'
import { OBJECTS, type RunContext, type Step, units } from '../step.ts'
import type { Visits } from '../visits.ts'
import { readInput } from '../visits_step.ts'
import { LEARNED_PURPOSES, type LearnedPurpose, pastBefore, type RankTask } from './tasks.ts'

/** Shelves of a shop's last weeks that are learned from. */
const SHELVES_MAX = 3_000
/** Impressions that are looked through for them, the newest first. */
const BYTES_MAX = 256 * 1024 * 1024
/** What a shopper does this long after a shelf is what the shelf was there for. */
const OUTCOME_MS = DAY_MS
/** Most visits are over after this. */
const VISIT_MAX_MS = HOUR_MS

/** A shelf that somebody was shown: what it was made of, and nobody's name. */
export interface ShownShelf {
  /** The halves of the shopper's key. */
  high: number
  low: number
  atMs: number
  purpose: LearnedPurpose
  market: string
  seeds: readonly string[]
  cart: readonly string[]
  /** What was ranked for it, but for what stood there because of a rule. */
  candidates: readonly string[]
}

/** The name of the state that `shownStep` leaves. */
export const SHOWN = 'shown'

/** Gathers shelves that were shown after the moment that learning is wound back to: a sample by their ids. */
export const shownStep: Step = {
  name: 'ranker.shown',
  async open(run: RunContext) {
    return units(1, async () => {
      const sinceMs = rewoundTo(await readInput(run, ['timeline']))
      const kept = new Map<number, ShownShelf>()
      let bytes = 0
      const objects = await run.artefacts.impressions(run.shop, new Date(sinceMs).toISOString().slice(0, 10))
      for (const object of objects.reverse()) {
        bytes += object.bytes
        if (bytes > BYTES_MAX) break
        for await (const lines of run.artefacts.lines(object)) {
          for (const line of lines) add(line, sinceMs, kept)
          await run.breathe()
        }
      }
      const sorted = [...kept].sort((a, b) => a[0] - b[0])
      const shelves = sorted.slice(0, SHELVES_MAX).map(([, shelf]) => shelf)
      await run.folder.put(OBJECTS.state(SHOWN), new TextEncoder().encode(JSON.stringify(shelves)))
    })
  },
}

function add(line: string, sinceMs: number, kept: Map<number, ShownShelf>): void {
  if (line === '') return
  const record = JSON.parse(line) as Record<string, unknown>
  const shelf = shelfOf(record)
  if (shelf === null || shelf.atMs < sinceMs) return
  // The smallest hashes are a fair sample, whatever the order and the number of the lines.
  kept.set(hash32(String(record.recommendation_id)), shelf)
  if (kept.size > SHELVES_MAX * 2)
    for (const one of [...kept.keys()].sort((a, b) => a - b).slice(SHELVES_MAX)) kept.delete(one)
}

/** Null for a shelf of nobody in particular, of words, without metadata, or of another form. */
function shelfOf(record: Record<string, unknown>): ShownShelf | null {
  const { shopper, at, strategy, market, rung, query, seeds, cart, candidates, by_rule: byRule } = record
  if (typeof shopper !== 'string' || typeof at !== 'number' || typeof market !== 'string') return null
  if (rung !== 'L2' || query !== null || !Array.isArray(candidates)) return null
  if (!(LEARNED_PURPOSES as readonly unknown[]).includes(strategy)) return null
  const ruled = new Set(Array.isArray(byRule) ? byRule : [])
  return {
    ...{ high: shopperHigh(shopper), low: shopperLow(shopper), atMs: at, purpose: strategy as LearnedPurpose, market },
    seeds: Array.isArray(seeds) ? (seeds as string[]) : [],
    cart: Array.isArray(cart) ? (cart as string[]) : [],
    candidates: (candidates as Array<[string]>).map(([id]) => id).filter((id) => !ruled.has(id)),
  }
}

/** The shelves by shopper. */
export function shownByShopper(input: LearnInput): Map<string, ShownShelf[]> {
  const byShopper = new Map<string, ShownShelf[]>()
  for (const shelf of JSON.parse(new TextDecoder().decode(input.state(SHOWN))) as ShownShelf[]) {
    const key = `${shelf.high} ${shelf.low}`
    byShopper.set(key, [...(byShopper.get(key) ?? []), shelf])
  }
  return byShopper
}

/**
 * What shown shelves teach: of what was ranked, what the shopper then turned to within a day, whether it stood on the
 * shelf or not. A shelf of which nothing was wanted teaches nothing.
 */
export function shownTasks(
  shelves: readonly ShownShelf[],
  visits: Visits,
  shopper: { key: string; from: number; to: number },
  input: LearnInput,
): RankTask[] {
  return shelves.flatMap((shelf): RankTask[] => {
    if (isMidVisit(shelf, visits, shopper)) return []
    const wanted = turnedTo(shelf, visits, shopper, input)
    if (wanted.size === 0) return []
    const past = pastBefore(visits, shopper, shelf.atMs, input)
    const { purpose, market, seeds, cart, candidates, atMs } = shelf
    return [{ purpose, market, seeds, cart, candidates, atMs, shopper: shopper.key, past, wanted }]
  })
}

/** Of a visit only its beginning is known: what of it came before a shelf and what after cannot be told apart. */
function isMidVisit({ atMs }: ShownShelf, { visitAt }: Visits, { from, to }: { from: number; to: number }): boolean {
  for (let visit = from; visit < to; visit++)
    if (visitAt[visit]! < atMs && visitAt[visit]! > atMs - VISIT_MAX_MS) return true
  return false
}

function turnedTo(
  { atMs, candidates }: ShownShelf,
  visits: Visits,
  { from, to }: { from: number; to: number },
  { items }: LearnInput,
): Set<string> {
  const ranked = new Set(candidates)
  const wanted = new Set<string>()
  for (let visit = from; visit < to; visit++) {
    const at = visits.visitAt[visit]!
    if (at < atMs || at > atMs + OUTCOME_MS) continue
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) {
      const id = items[visits.item[entry]!]!
      if (visits.intent[entry]! > 0 && ranked.has(id)) wanted.add(id)
    }
  }
  return wanted
}

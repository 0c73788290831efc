import { DAY_MS } from '../base/clock.ts'
import { hash32 } from '../base/hash.ts'
import { entryOf } from '../base/maps.ts'
import type { Interaction } from '../domain/event.ts'
import { llmShelfSchema, type Worth } from '../domain/gate.ts'
import { addOutcome, creditOf, type Outcomes, worthKey } from '../gate/credit.ts'
import { bucketOf } from '../gate/history_length.ts'
import type { Partition } from '../store/learning_artefacts.ts'
import { fromRow, type InteractionRow } from '../store/operations/event_inbox.ts'
import type { Tally } from '../store/operations/gate_tallies.ts'
import type { EnrichDeps } from './deps.ts'

/** What a shopper does this long after a shelf is what the shelf was there for. */
export const OUTCOME_MS = DAY_MS

/** The objects of a day that shelves and what came of them are in. */
export interface DayObjects {
  day: string
  impressions: readonly Partition[]
  /** Of the day and of the one after it. */
  events: readonly Partition[]
}

/** What a shop's shelves are counted in. */
export interface Counting {
  worth: Worth | null
  /** Of a market; null for one that the shop does not have. */
  currencyOf(market: string | null): string | null
}

/** A part of the shelves, by the hash of their ids, so that what is in memory stays small. */
export interface Slice {
  at: number
  of: number
}

const isIn = (id: string, { at, of }: Slice) => of === 1 || hash32(id) % of === at

/** A line of an event without a shelf: most of them, and told apart without reading them. */
const isWithoutShelf = (line: string) => line === '' || line.endsWith(',null]')

/** What was done with items of shelves, by recommendation id. */
export async function eventsOfShelves(
  { events }: DayObjects,
  slice: Slice,
  deps: Pick<EnrichDeps, 'artefacts' | 'breathe'>,
): Promise<Map<string, Interaction[]>> {
  const byShelf = new Map<string, Interaction[]>()
  for (const object of events) {
    for await (const lines of deps.artefacts.lines(object)) {
      for (const line of lines) {
        if (isWithoutShelf(line)) continue
        const event = fromRow(JSON.parse(line) as InteractionRow)
        if (event.recommendationId === null || !isIn(event.recommendationId, slice)) continue
        entryOf(byShelf, event.recommendationId, () => []).push(event)
      }
      await deps.breathe()
    }
  }
  return byShelf
}

/** What came of a shelf: by item, within a day. */
export function outcomesOf(events: readonly Interaction[], atMs: number, { worth, currencyOf }: Counting): Outcomes {
  const outcomes: Outcomes = new Map()
  for (const event of events)
    if (event.atMs >= atMs && event.atMs <= atMs + OUTCOME_MS)
      addOutcome(outcomes, event, worth, currencyOf(event.market))
  return outcomes
}

/** Joins a slice of a day's shelves with what came of them. A record that stands in two objects counts once. */
export async function countSlice(
  objects: DayObjects,
  slice: Slice,
  counting: Counting,
  deps: Pick<EnrichDeps, 'artefacts' | 'breathe'>,
): Promise<Tally[]> {
  const events = await eventsOfShelves(objects, slice, deps)
  const tallies = new Map<string, Tally>()
  const seen = new Set<string>()
  for (const object of objects.impressions) {
    for await (const lines of deps.artefacts.lines(object)) {
      for (const line of lines) {
        const shelf = line.includes('"llm":{') ? readShelf(line) : null
        if (shelf === null || !isIn(shelf.id, slice) || seen.has(shelf.id)) continue
        seen.add(shelf.id)
        add(tallies, shelf, outcomesOf(events.get(shelf.id) ?? [], shelf.atMs, counting), objects.day, counting.worth)
      }
      await deps.breathe()
    }
  }
  return [...tallies.values()]
}

type ReadShelf = NonNullable<ReturnType<typeof readShelf>>

/** Null for a record of another form. */
function readShelf(line: string) {
  const { recommendation_id: id, placement, at, shown, llm } = JSON.parse(line) as Record<string, unknown>
  const parsed = llmShelfSchema.safeParse(llm)
  if (!parsed.success || typeof id !== 'string' || typeof placement !== 'string') return null
  if (typeof at !== 'number' || !Array.isArray(shown)) return null
  return { id, placement, atMs: at, shown: shown as string[], llm: parsed.data }
}

function add(
  tallies: Map<string, Tally>,
  shelf: ReadShelf,
  outcomes: Outcomes,
  day: string,
  worth: Worth | null,
): void {
  const { shown, placement, llm } = shelf
  const basis = `${llm.maker} ${worthKey(worth)}`
  const bucket = bucketOf(llm.history)
  const tally = entryOf(tallies, [placement, basis, llm.mode, bucket].join('\n'), () => ({
    ...{ day, placement, basis, mode: llm.mode, bucket },
    ...{ shelves: 0, wins: 0, losses: 0, lift: 0, squares: 0 },
  }))
  tally.shelves += 1
  // What was served whole says nothing of what the other order would have brought.
  if (llm.mode === 'served') return
  const { base = shown, wanted = shown, teams = null } = llm
  const { preference, lift } = creditOf({ shown, base, wanted, teams }, outcomes, worth)
  if (preference > 0) tally.wins += 1
  if (preference < 0) tally.losses += 1
  tally.lift += lift
  tally.squares += lift * lift
}

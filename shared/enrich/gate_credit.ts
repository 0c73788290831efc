import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { hash64 } from '../base/hash.ts'
import { dayIn, dayOf } from '../store/keys.ts'
import type { Partition } from '../store/learning_artefacts.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { type Counting, countSlice, type DayObjects, OUTCOME_MS } from './gate_slice.ts'

/** Events and records may be folded this much later than they happened. */
const SLACK_MS = 2 * HOUR_MS
/** Days that are counted anew where their objects have changed. */
const DAYS_BACK = 7
/** Of events, and of records, of one slice: most events are of no shelf, and of records only their ids stay in memory. */
const EVENT_BYTES = 64 * 1024 * 1024
const IMPRESSION_BYTES = 512 * 1024 * 1024
/** The longest that a slice may take: the lease must not end within one. */
const SLICE_MS = 2 * MINUTE_MS

/**
 * Counts a shop's days whose shelves have had their time, a slice at a time: each is one transaction, so that a run that
 * dies is gone on with where it stood, and what is counted twice counts once.
 * @param over whether this turn has no time for another slice
 */
export async function creditDays(
  shop: string,
  counting: Counting,
  deps: EnrichDeps,
  keep: Keep,
  over: () => boolean,
): Promise<void> {
  const due = await daysOver(shop, deps)
  if (due.length === 0) return
  const counted = await deps.gateTallies.days(shop, due[0]!.day)
  for (const objects of due) {
    const { day } = objects
    const name = nameOf(objects)
    let known = counted.get(day)
    if (known?.objects !== name) {
      known = { day, objects: name, slices: slicesOf(objects), done: 0 }
      await deps.gateTallies.begin(shop, known)
    }
    for (let at = known.done; at < known.slices; at++) {
      if (over()) return
      await keep(SLICE_MS)
      const tallies = await countSlice(objects, { at, of: known.slices }, counting, deps)
      await deps.gateTallies.commit(shop, day, at, tallies)
    }
  }
}

/** A shop's last days whose shelves have had their time, the oldest first. */
export async function daysOver(shop: string, deps: EnrichDeps): Promise<DayObjects[]> {
  const nowMs = deps.clock.now()
  const fromDay = dayOf(nowMs - DAYS_BACK * DAY_MS)
  const impressions = await deps.artefacts.impressions(shop, fromDay)
  const days = [...new Set(impressions.map(dayIn))].filter((day) => isOver(day, nowMs)).sort()
  if (days.length === 0) return []
  const events = (await deps.artefacts.partitions(shop)).filter((object) => dayIn(object) >= fromDay)
  return days.map((day) => objectsOf(day, impressions, events))
}

/** Whether all that its shelves can bring has happened and been folded. */
const isOver = (day: string, nowMs: number): boolean => Date.parse(day) + DAY_MS + OUTCOME_MS + SLACK_MS <= nowMs

function objectsOf(day: string, impressions: readonly Partition[], events: readonly Partition[]): DayObjects {
  const next = dayOf(Date.parse(day) + DAY_MS)
  return {
    day,
    impressions: impressions.filter((object) => dayIn(object) === day),
    events: events.filter((object) => dayIn(object) === day || dayIn(object) === next),
  }
}

const nameOf = ({ impressions, events }: DayObjects) =>
  hash64([...impressions, ...events].map(({ name, bytes }) => `${name} ${bytes}`).join('\n'))

const bytesOf = (objects: readonly Partition[]) => objects.reduce((sum, { bytes }) => sum + bytes, 0)

const slicesOf = ({ impressions, events }: DayObjects) =>
  Math.max(1, Math.ceil(bytesOf(events) / EVENT_BYTES), Math.ceil(bytesOf(impressions) / IMPRESSION_BYTES))

import { DAY_MS } from '../../../shared/base/clock.ts'
import type { Memory } from '../memory.ts'
import { openSession, type Session } from '../session.ts'
import type { Shopper } from '../shopper.ts'
import type { ShelfContext, SimulatedEvent } from '../types.ts'
import type { Arm } from './arm.ts'
import type { ShelfMeter, ShopperLog } from './measures.ts'
import { chancesOf, type Past, type Stage } from './stage.ts'

/** A session that waits for its next shelf, or with no `context` for its last events to be told. */
interface Waiting {
  atMs: number
  shopper: Shopper
  session: Session
  context: ShelfContext | null
  /** Events that the shop was told of. */
  told: number
}

/** What a policy came to, shopper by shopper. */
export type Logs = Map<string, ShopperLog>

/**
 * Plays the judged days against a policy: shelves of all sessions in the order of time, events told before the next shelf
 * of the session that made them, learning every night.
 */
export async function playArm(stage: Stage, arm: Arm, past: Past, meter: ShelfMeter): Promise<Logs> {
  const logs: Logs = new Map(stage.world.shoppers.map(({ id }) => [id, meter.blank()]))
  const waiting: Waiting[] = []
  let nightMs = stage.startMs + DAY_MS
  let next = 0
  for (;;) {
    waiting.sort((a, b) => b.atMs - a.atMs || (a.shopper.id < b.shopper.id ? 1 : -1))
    const soonest = waiting.at(-1)
    const visit = stage.visits[next]
    const atMs = Math.min(soonest?.atMs ?? Infinity, visit?.atMs ?? Infinity)
    if (atMs === Infinity) return logs
    if (nightMs <= atMs) {
      await arm.night(nightMs)
      nightMs += DAY_MS
    } else if (visit !== undefined && visit.atMs <= atMs) {
      next += 1
      waiting.push(begin(stage, visit.shopper, visit.atMs, past.memories.get(visit.shopper.id)!))
    } else {
      waiting.pop()
      await tellNew(soonest!, arm)
      if (soonest!.context === null) meter.finish(logs.get(soonest!.shopper.id)!, soonest!.session.outcome)
      else waiting.push(await read(soonest!, arm, logs, meter, past))
    }
  }
}

function begin(stage: Stage, shopper: Shopper, startMs: number, memory: Memory): Waiting {
  const sessionId = `j-${shopper.id}-${startMs}`
  const visit = { model: stage.model, memory, sessionId, startMs, endsAt: stage.endMs }
  const session = openSession(shopper, chancesOf(stage, shopper.id, startMs), visit)
  const context = session.steps.next().value as ShelfContext
  return { atMs: context.atMs, shopper, session, context, told: 0 }
}

/** One shelf is shown and read; the session goes on to the next one or to its end. */
async function read(current: Waiting, arm: Arm, logs: Logs, meter: ShelfMeter, past: Past): Promise<Waiting> {
  const { shopper, session } = current
  const context = current.context!
  const ids = await arm.shelf(context)
  const log = logs.get(shopper.id)!
  meter.shelf(log, ids)
  if (session.outcome.examined === 0) meter.firstPage(log, shopper, past.memories.get(shopper.id)!, context, ids)
  const step = session.steps.next(ids)
  if (step.done !== true) return { ...current, atMs: step.value.atMs, context: step.value }
  const last = session.outcome.events.at(-1)
  return { ...current, atMs: last === undefined ? current.atMs : Math.max(current.atMs, timeOf(last)), context: null }
}

const timeOf = (event: SimulatedEvent) => Date.parse(event.occurred_at)

async function tellNew(current: Waiting, arm: Arm): Promise<void> {
  const { events } = current.session.outcome
  if (events.length === current.told) return
  await arm.tell(events.slice(current.told), current.atMs)
  current.told = events.length
}

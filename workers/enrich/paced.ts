import type { Fencing } from '../../shared/store/enrich_stores.ts'

/** Methods that answer later: others may have the thread before each of them. */
type Asynchronous<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> }

/** Whoever waited for the thread this long has met others who have it nearly to themselves ... */
const CROWDED_MS = 20
/** ... and takes so much of the time that was waited before waiting again: background work gets on, whatever comes in. */
const SHARE = 0.25
/** The longest that requests stand behind it for that. */
const TURN_MAX_MS = 50
/** The clock of a worker stands still while it computes: calls tell as well when a turn is over. */
const TURN_CALLS = 10

/**
 * A breath gives the thread away and comes back once nothing else is ready: timers are looked at only when all that has
 * arrived was handled. It costs microseconds where nobody else is there. Wherever background work shares a thread with
 * the public door (all workers of a machine of one's own do) the door's requests go first.
 */
export function createBreath(now: () => number, wait: (ms: number) => Promise<void>): () => Promise<void> {
  let turn = { endsAtMs: 0, calls: 0 }
  return async () => {
    if (turn.calls > 0 && now() < turn.endsAtMs) {
      turn.calls -= 1
      return
    }
    const askedAtMs = now()
    await wait(0)
    const nowMs = now()
    const waitedMs = nowMs - askedAtMs
    turn = {
      endsAtMs: nowMs + Math.min(TURN_MAX_MS, waitedMs * SHARE),
      calls: waitedMs >= CROWDED_MS ? TURN_CALLS : 0,
    }
  }
}

/**
 * The same store, which takes a breath before each call. One call is a slice: a run that makes hundreds of them in a row
 * would otherwise always have one that is ready, and take turns with the requests instead of standing behind them.
 */
export function paced<T extends Asynchronous<T>>(store: T, rest: () => Promise<void>): T {
  const calls = Object.entries(store) as Array<[string, (...args: unknown[]) => Promise<unknown>]>
  const own = calls.map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      await rest()
      return call.apply(store, args)
    },
  ])
  return Object.fromEntries(own) as T
}

/** Every store of a set. */
export function allPaced<T extends { [K in keyof T]: Asynchronous<T[K]> }>(stores: T, rest: () => Promise<void>): T {
  const own = Object.entries(stores) as Array<[string, T[keyof T]]>
  return Object.fromEntries(own.map(([name, store]) => [name, paced(store, rest)])) as unknown as T
}

/** Stores that a lease's holder is handed are paced as well. */
export const pacedFencing = (fencing: Fencing, rest: () => Promise<void>): Fencing => ({
  ...fencing,
  stores: (lease) => allPaced(fencing.stores(lease), rest),
})

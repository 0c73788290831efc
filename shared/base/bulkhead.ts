import type { Clock } from './clock.ts'

/** Gives a place back. Giving it back twice is once. */
export type Leave = () => void

/** At most so many at once in one dependency, and a short queue before it: what is slow does not take everything along. */
export interface Bulkhead {
  /**
   * A place now or within `waitMs`; null where the queue is full or the time is over.
   * @param holdMs after which the place counts as given back: the platform may end whoever holds it without a word
   */
  enter(waitMs: number, holdMs: number): Promise<Leave | null>
  readonly inside: number
  readonly waiting: number
}

interface Waiter {
  untilMs: number
  holdMs: number
  admit(leave: Leave | null): void
}

/** @param places at once. @param queue that may wait for one */
export function createBulkhead(clock: Clock, places: number, queue: number): Bulkhead {
  /** When each taken place is free at the latest. */
  const taken = new Map<symbol, number>()
  let waiters: Waiter[] = []

  function isFree(): boolean {
    if (taken.size < places) return true
    const now = clock.now()
    for (const [place, untilMs] of taken) if (untilMs <= now) taken.delete(place)
    return taken.size < places
  }

  function take(holdMs: number): Leave {
    const place = Symbol('place')
    taken.set(place, clock.now() + holdMs)
    return () => {
      if (taken.delete(place)) admitNext()
    }
  }

  function admitNext(): void {
    while (waiters.length > 0 && isFree()) {
      const next = waiters.shift()!
      // Nobody is there any more for a waiter whose time is over.
      if (next.untilMs > clock.now()) next.admit(take(next.holdMs))
    }
  }

  return {
    async enter(waitMs, holdMs) {
      admitNext()
      if (waiters.length === 0 && isFree()) return take(holdMs)
      waiters = waiters.filter((one) => one.untilMs > clock.now())
      if (waiters.length >= queue || waitMs <= 0) return null
      // The timer is set and cleared by the one who waits: on the platform timers belong to the request that set them.
      let timer: ReturnType<typeof setTimeout> | undefined
      const leave = await new Promise<Leave | null>((resolve) => {
        const own: Waiter = { untilMs: clock.now() + waitMs, holdMs, admit: resolve }
        waiters.push(own)
        timer = setTimeout(() => {
          waiters = waiters.filter((one) => one !== own)
          resolve(null)
        }, waitMs)
      })
      clearTimeout(timer)
      return leave
    },
    get inside() {
      return taken.size
    },
    get waiting() {
      return waiters.length
    },
  }
}

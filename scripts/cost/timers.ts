/** The platform's `scheduler` on a clock that moves only when told to. */
import { manualClock } from '../../shared/base/clock.ts'

type ManualClock = ReturnType<typeof manualClock>

export interface Timers {
  clock: ManualClock
  wait(ms: number): Promise<void>
  /** Moves the clock, and lets those go on who have waited for it. */
  advance(ms: number): Promise<void>
}

const breath = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createTimers(startMs: number): Timers {
  const clock = manualClock(startMs)
  let waiting: Array<{ atMs: number; wake: () => void }> = []
  return {
    clock,
    // Nobody waits for no time at all: it is how background work lets others have the thread.
    wait: (ms) =>
      ms <= 0
        ? breath()
        : new Promise((wake) => {
            waiting.push({ atMs: clock.now() + ms, wake })
          }),
    async advance(ms) {
      clock.advance(ms)
      const due = waiting.filter(({ atMs }) => atMs <= clock.now())
      if (due.length === 0) return
      waiting = waiting.filter(({ atMs }) => atMs > clock.now())
      for (const { wake } of due) wake()
      await breath()
    },
  }
}

/** Workers find `scheduler` among their globals; Node has none. */
export function installScheduler({ wait }: Timers): void {
  Object.defineProperty(globalThis, 'scheduler', { value: { wait }, configurable: true })
}

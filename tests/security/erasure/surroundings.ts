/** Time that moves only when told to, and everything that is logged: what the workers take from their platform by name. */
const own = { now: Date.now, log: console.log, scheduler: (globalThis as { scheduler?: unknown }).scheduler }

export interface Surroundings {
  now(): number
  advance(ms: number): void
  set(ms: number): void
  /** Lines of the workers' logs. */
  readonly lines: string[]
  /** Gives everything back. */
  leave(): void
}

/** Waiting takes no time but the clock's; what runs beside it gets its turn. */
const TURN_MS = 2

export function enter(startMs: number): Surroundings {
  let nowMs = startMs
  const lines: string[] = []
  Date.now = () => nowMs
  console.log = (...parts: unknown[]) => void lines.push(parts.map(String).join(' '))
  Object.assign(globalThis, {
    scheduler: {
      wait: async (ms: number) => {
        await new Promise<void>((resolve) => (ms < 1_000 ? setImmediate(resolve) : setTimeout(resolve, TURN_MS)))
        if (ms >= 1_000) nowMs += ms
      },
    },
  })
  return {
    lines,
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    set: (ms) => {
      nowMs = ms
    },
    leave() {
      Date.now = own.now
      console.log = own.log
      Object.assign(globalThis, { scheduler: own.scheduler })
    },
  }
}

/**
 * What an isolate does one step at a time: every call of a binding passes a gate, which can lose the call, fail it before
 * or after its work, or stop the isolate there for good. A stopped isolate's work simply never goes on, as after a crash.
 */
import type { D1Database } from '@cloudflare/workers-types'
import type { Rng } from '../../shared/base/rng.ts'

/** What the calls of a run may meet; probabilities are per call. */
export interface Weather {
  /** The call fails and nothing was done. */
  errorBefore: number
  /** The call's work was done and its answer was lost. */
  errorAfter: number
  /** A message that was sent is never delivered. */
  lostSignal: number
}

/** What calls met, counted over isolates. */
export interface Mishaps {
  failedCalls: number
  lostSignals: number
}

export const CALM: Weather = { errorBefore: 0, errorAfter: 0, lostSignal: 0 }

/** The step that an isolate dies at, counted from 0 over its calls: before the call's work, or after it. */
export interface CrashPoint {
  step: number
  after: boolean
}

/** Decides the order in which calls of isolates that run at once are done. */
export interface Scheduler {
  turn(gate: Gate): Promise<void>
}

/** Passes the calls of one isolate. */
export class Gate {
  readonly #rng: Rng
  readonly #weather: () => Weather
  readonly #mishaps: Mishaps
  #steps = 0
  #crash: CrashPoint | null = null
  #dead = false
  #died: () => void = () => {}
  scheduler: Scheduler | null = null
  /** Calls that wait for their turn. */
  parked = 0

  constructor(rng: Rng, weather: () => Weather, mishaps: Mishaps = { failedCalls: 0, lostSignals: 0 }) {
    this.#rng = rng
    this.#weather = weather
    this.#mishaps = mishaps
  }

  get steps(): number {
    return this.#steps
  }

  get dead(): boolean {
    return this.#dead
  }

  /** Counts steps from here on. @returns a promise that resolves when the isolate dies */
  begin(crash: CrashPoint | null): Promise<void> {
    this.#steps = 0
    this.#crash = crash
    return new Promise((resolve) => {
      this.#died = resolve
    })
  }

  async pass<T>(method: string, work: () => Promise<T>): Promise<T> {
    if (this.#dead) return never()
    if (this.scheduler !== null) await this.scheduler.turn(this)
    if (this.#dead) return never()
    const step = this.#steps++
    const crash = this.#crash
    if (crash?.step === step && !crash.after) return this.#die()
    if (isSignal(method)) {
      if (this.#rng.next() < this.#weather().lostSignal) {
        this.#mishaps.lostSignals += 1
        return undefined as T
      }
    } else {
      const { errorBefore, errorAfter } = this.#weather()
      const draw = errorBefore + errorAfter > 0 ? this.#rng.next() : 1
      if (draw < errorBefore + errorAfter) {
        this.#mishaps.failedCalls += 1
        if (draw >= errorBefore) await work()
        throw new Error(FAILURE)
      }
    }
    const value = await work()
    if (crash?.step === step && crash.after) return this.#die()
    return value
  }

  #die(): Promise<never> {
    this.#dead = true
    this.#died()
    return never()
  }
}

/** As D1 says it when a call was cut off: nobody knows whether it was done. */
const FAILURE = 'D1_ERROR: Network connection lost.'
const isSignal = (method: string) => method === 'send' || method === 'sendBatch'
const never = (): Promise<never> => new Promise(() => {})

/** A database whose calls pass a gate. Building a statement is no call. */
export function gatedD1(db: D1Database, gate: Gate): D1Database {
  const inner = new WeakMap<object, object>()
  type Statement = ReturnType<D1Database['prepare']>
  const statement = (own: Statement): Statement => {
    const made = {
      bind: (...values: unknown[]) => statement(own.bind(...values)),
      all: () => gate.pass('all', () => own.all()),
      run: () => gate.pass('run', () => own.run()),
      first: (...column: [string]) => gate.pass('first', () => own.first(...column)),
      raw: (...options: [never]) => gate.pass('raw', () => own.raw(...options)),
    }
    inner.set(made, own)
    return made as unknown as Statement
  }
  const surface = (target: Pick<D1Database, 'prepare' | 'batch'>) => ({
    prepare: (sql: string) => statement(target.prepare(sql)),
    batch: (list: Statement[]) =>
      gate.pass('batch', () => target.batch(list.map((one) => (inner.get(one) ?? one) as Statement))),
  })
  return {
    ...surface(db),
    withSession: (constraint?: string) => {
      const session = db.withSession(constraint)
      return { ...surface(session), getBookmark: () => session.getBookmark() }
    },
  } as unknown as D1Database
}

/** Any other binding: all its methods are calls. */
export function gated<T extends object>(target: T, gate: Gate): T {
  return new Proxy(target, {
    get(own, name) {
      const member: unknown = Reflect.get(own, name, own)
      if (typeof member !== 'function' || typeof name !== 'string') return member
      return (...args: unknown[]) => gate.pass(name, async () => member.apply(own, args))
    },
  })
}

/** One isolate's work among several that run at once. */
export interface Running {
  gate: Gate
  /** Settles when its work is done, its deferred work included, or when it died. */
  done: Promise<void>
}

/**
 * Lets isolates run at once, one call after another in a seeded order: nothing goes on before every one of them waits
 * for its turn or is done, so the threads that the platform's cryptography runs on cannot change the order.
 */
export function createInterleaving(rng: Rng) {
  let turns: Array<{ gate: Gate; go: () => void }> = []
  const scheduler: Scheduler = {
    turn: (gate) =>
      new Promise((go) => {
        gate.parked += 1
        turns.push({ gate, go })
      }),
  }
  return {
    scheduler,
    async run(list: readonly Running[]): Promise<void> {
      const open = new Set(list)
      const places = new Map(list.map(({ gate }, place) => [gate, place]))
      for (const one of list) void one.done.then(() => open.delete(one))
      while (open.size > 0) {
        await nextTask()
        turns = turns.filter(({ gate }) => !gate.dead)
        if ([...open].some(({ gate }) => gate.parked === 0 && !gate.dead) || turns.length === 0) continue
        // Calls of one isolate that were made together park one after another.
        await nextTask()
        // By isolate and not by who parked first: that is the threads' doing.
        turns.sort((a, b) => (places.get(a.gate) ?? 0) - (places.get(b.gate) ?? 0))
        const [turn] = turns.splice(rng.int(turns.length), 1)
        turn!.gate.parked -= 1
        turn!.go()
      }
    },
  }
}

const nextTask = () => new Promise<void>((resolve) => setImmediate(resolve))

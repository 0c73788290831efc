import type { Rng } from '../../../shared/base/rng.ts'

/** What one call meets. An error `after` the work is the hardest: the effect happened and the answer was lost. */
export type Fault =
  | { mode: 'ok' }
  | { mode: 'error'; message: string; after?: boolean }
  | { mode: 'hang' }
  | { mode: 'slow'; ms: number }

export interface FaultRule {
  fault: Fault
  /** In [0, 1]. */
  probability: number
  /** Names such as 'get', 'all' or 'batch'; all methods when left out. */
  methods?: readonly string[]
  /** Numbers of calls, counted over the whole target from 0: from (inclusive), until (exclusive). */
  from?: number
  until?: number
}

export interface FaultPlan {
  rng: Rng
  /** The first rule that applies decides; none means ok. */
  rules: readonly FaultRule[]
  /** How 'slow' waits; give one that moves an injected clock to keep a run off the wall clock. */
  sleep?: (ms: number) => Promise<void>
  /** Told of every fault but ok, for counting. */
  onFault?: (method: string, fault: Fault) => void
}

/** Methods that build instead of calling: their results are wrapped, and they meet no fault themselves. */
const BUILDERS = new Set(['prepare', 'bind', 'withSession'])
/** Answers from memory, no storage call. */
const LOCAL = new Set(['getBookmark'])

/**
 * Wraps an object so that its async methods meet the plan's faults. Statements from prepare() and bind() and sessions
 * from withSession() are wrapped too, and are unwrapped again when given to batch(). Equal seeds give equal faults as
 * long as the calls come in the same order.
 */
export function faulty<T extends object>(target: T, plan: FaultPlan): T {
  const originals = new WeakMap<object, object>()
  let calls = 0
  const unwrap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(unwrap)
    return typeof value === 'object' && value !== null ? (originals.get(value) ?? value) : value
  }
  const wrap = <O extends object>(object: O): O => {
    const proxy = new Proxy(object, {
      get(inner, name) {
        const member: unknown = Reflect.get(inner, name, inner)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        if (LOCAL.has(name)) return member.bind(inner)
        if (BUILDERS.has(name)) return (...args: unknown[]) => wrap(member.apply(inner, args.map(unwrap)) as object)
        return (...args: unknown[]) => meet(plan, calls++, name, async () => member.apply(inner, args.map(unwrap)))
      },
    })
    originals.set(proxy, object)
    return proxy
  }
  return wrap(target)
}

async function meet(plan: FaultPlan, call: number, method: string, work: () => Promise<unknown>): Promise<unknown> {
  const fault = choose(plan, call, method)
  if (fault.mode !== 'ok') plan.onFault?.(method, fault)
  switch (fault.mode) {
    case 'ok':
      return work()
    case 'hang':
      return new Promise(() => {})
    case 'slow':
      await (plan.sleep ?? wallSleep)(fault.ms)
      return work()
    case 'error':
      if (fault.after === true) await work()
      throw new Error(fault.message)
  }
}

/** Draws once for every rule that could apply, whether or not an earlier one hit: later draws then stay in place. */
function choose({ rng, rules }: FaultPlan, call: number, method: string): Fault {
  let chosen: Fault | null = null
  for (const { fault, probability, methods, from = 0, until = Number.POSITIVE_INFINITY } of rules) {
    if ((methods !== undefined && !methods.includes(method)) || call < from || call >= until) continue
    const hit = rng.next() < probability
    if (hit) chosen ??= fault
  }
  return chosen ?? { mode: 'ok' }
}

const wallSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

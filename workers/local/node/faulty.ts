import type { Rng } from '../../../shared/base/rng.ts'
import { garble } from './garble.ts'

/** What one call meets. An error `after` the work is the hardest: the effect happened and the answer was lost. */
export type Fault =
  | { mode: 'ok' }
  | { mode: 'error'; message: string; after?: boolean }
  | { mode: 'hang' }
  | { mode: 'slow'; ms: number }
  /** The work is done and its answer comes spoilt: by `spoil`, or part by part as `garble` does. */
  | { mode: 'garbage'; spoil?: (value: unknown, rng: Rng) => unknown }

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
  /** The first rule that applies decides; none means ok. A function is asked at every call. */
  rules: readonly FaultRule[] | (() => readonly FaultRule[])
  /** How 'slow' waits; give one that moves an injected clock to keep a run off the wall clock. */
  sleep?: (ms: number) => Promise<void>
  /** Told of every call, for counting: also of those that meet no fault. */
  onCall?: (method: string) => void
  /** Told of every fault but ok, for counting. */
  onFault?: (method: string, fault: Fault) => void
}

/** Methods that build instead of calling: their results are wrapped, and they meet no fault themselves. */
const BUILDERS = new Set(['prepare', 'bind', 'withSession'])
/** Answers from memory, no storage call. */
const LOCAL = new Set(['getBookmark'])
/** How a promise looks at what it is given; a stub over RPC has a member of every name. */
const NEVER_CALLS = new Set(['then', 'catch', 'finally', 'toJSON', 'constructor'])

/**
 * Wraps an object so that its async methods meet the plan's faults, whatever methods it has: nothing is written by hand
 * for one of them. Statements from prepare() and bind() and sessions from withSession() are wrapped too, and are
 * unwrapped again when given to batch(). Equal seeds give equal faults as long as the calls come in the same order.
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
        if (typeof name === 'string' && NEVER_CALLS.has(name) && !Object.hasOwn(inner, name)) return undefined
        const member: unknown = Reflect.get(inner, name, inner)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        // Not member.apply: of a stub over RPC that would be one more remote name.
        const call = (args: unknown[]) => Reflect.apply(member, inner, args.map(unwrap)) as unknown
        if (LOCAL.has(name)) return (...args: unknown[]) => call(args)
        if (BUILDERS.has(name)) return (...args: unknown[]) => wrap(call(args) as object)
        return (...args: unknown[]) => meet(plan, calls++, name, async () => call(args))
      },
    })
    originals.set(proxy, object)
    return proxy
  }
  return wrap(target)
}

/** The same for a function alone, under the name that rules know it by. */
export function faultyCall<F extends (...args: never[]) => unknown>(name: string, call: F, plan: FaultPlan): F {
  const target = faulty({ [name]: call }, plan) as Record<string, F>
  return ((...args: never[]) => target[name]!(...args)) as F
}

async function meet(plan: FaultPlan, call: number, method: string, work: () => Promise<unknown>): Promise<unknown> {
  plan.onCall?.(method)
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
    case 'garbage': {
      const value = await work()
      return fault.spoil === undefined ? garble(value, plan.rng) : fault.spoil(value, plan.rng)
    }
    case 'error':
      if (fault.after === true) await work()
      throw new Error(fault.message)
  }
}

/** Draws once for every rule that could apply, whether or not an earlier one hit: later draws then stay in place. */
function choose({ rng, rules }: FaultPlan, call: number, method: string): Fault {
  let chosen: Fault | null = null
  const list = typeof rules === 'function' ? rules() : rules
  for (const { fault, probability, methods, from = 0, until = Number.POSITIVE_INFINITY } of list) {
    if ((methods !== undefined && !methods.includes(method)) || call < from || call >= until) continue
    const hit = rng.next() < probability
    if (hit) chosen ??= fault
  }
  return chosen ?? { mode: 'ok' }
}

const wallSleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

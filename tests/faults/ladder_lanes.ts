/**
 * Isolates within one worker: a request whose id names a lane is answered by dependencies of that lane alone, over bindings
 * that fail as the lane was told. Runs inside the worker; nothing of the product is changed, its composition root included.
 */
import type { D1Database } from '@cloudflare/workers-types'
import { seededRng } from '../../shared/base/rng.ts'
import { type Fault, type FaultRule, faulty } from '../../workers/local/node/faulty.ts'

export const PARTS = ['vectorize', 'd1', 'kv', 'upstash', 'model'] as const
export type Part = (typeof PARTS)[number]
export const MODES = ['error', 'hang', 'slow', 'garbage'] as const
export type Mode = (typeof MODES)[number]

/** Broken on purpose. */
export type Broken = 'no_deadlines' | 'retries' | 'early_ack'

/** Milliseconds that every call to a dependency takes. */
export interface Latencies {
  replica: number
  primary: number
  kv: number
  vectorize: number
}

/** What a lane is told. Whatever it is not told is well. */
export interface LaneOrder {
  lane: string
  failing?: readonly Part[]
  mode?: Mode
  /** Until this moment D1 takes calls and keeps them; then it does what they say. */
  stalledUntilMs?: number
  latencies?: Latencies
  broken?: Broken
  seed?: number
}

export interface Lane<Deps> {
  order: LaneOrder
  env: Record<string, unknown>
  /** Calls that reached a dependency, whatever came of them. */
  calls: Record<Part, number>
  deps: Deps | null
}

/** Where lanes are told; not an address of the product. */
export const LANES_PATH = '/lanes'
/** Longer than any stage waits, shorter than a test. */
export const SLOW_MS = 450
/** Of a request id: `lane_<name>_<number>`. */
export const laneOf = (requestId: string | null): string => /^lane_([a-z0-9]+)_/.exec(requestId ?? '')?.[1] ?? 'main'

/** The lanes of one worker. @param build the worker's dependencies over an environment */
export function createLanes<Deps>(build: (env: never, order: () => LaneOrder) => Deps) {
  const lanes = new Map<string, Lane<Deps>>()
  const byEnv = new WeakMap<object, Lane<Deps>>()
  const open = (order: LaneOrder, env: object): Lane<Deps> => {
    const calls = { vectorize: 0, d1: 0, kv: 0, upstash: 0, model: 0 }
    const lane: Lane<Deps> = { order, env: {}, calls, deps: null }
    lane.env = faultyEnv(env as Record<string, unknown>, lane)
    lanes.set(order.lane, lane)
    byEnv.set(lane.env, lane)
    return lane
  }
  return {
    /** Dependencies of a lane's environment; made once, as in an isolate. */
    depsOf(env: unknown): Deps {
      const lane = byEnv.get(env as object)!
      lane.deps ??= build(lane.env as never, () => lane.order)
      return lane.deps
    },
    /** Counts a call over the network; Upstash is the only one there, and its token names the lane. */
    countFetch(headers: Headers): void {
      const lane = lanes.get((headers.get('authorization') ?? '').replace('Bearer ', ''))
      if (lane !== undefined) lane.calls.upstash += 1
    },
    envOf: (request: Request, env: object): object => {
      const name = laneOf(request.headers.get('x-request-id'))
      return (lanes.get(name) ?? open({ lane: name }, env)).env
    },
    /** PUT tells a lane what to be, DELETE forgets it, GET counts its calls. */
    async control(request: Request, env: object): Promise<Response> {
      const name = new URL(request.url).searchParams.get('lane') ?? 'main'
      if (request.method === 'DELETE') lanes.delete(name)
      if (request.method === 'PUT') {
        const order = (await request.json()) as LaneOrder
        const lane = lanes.get(order.lane) ?? open(order, env)
        lane.order = order
      }
      return Response.json(lanes.get(name)?.calls ?? null)
    },
  }
}

function faultyEnv<Deps>(env: Record<string, unknown>, lane: Lane<Deps>): Record<string, unknown> {
  const rng = seededRng(lane.order.seed ?? 1)
  const plan = (part: Part, latency: keyof Latencies | null) => ({
    rng,
    rules: () => rulesOf(part, latency, lane.order),
    onCall: () => void lane.calls[part]++,
  })
  const d1 = (db: D1Database): D1Database => {
    const primary = faulty(db, plan('d1', 'primary'))
    return {
      prepare: primary.prepare.bind(primary),
      batch: primary.batch.bind(primary),
      withSession: (constraint?: string) =>
        faulty(db.withSession(constraint), plan('d1', constraint === 'first-primary' ? 'primary' : 'replica')),
    } as unknown as D1Database
  }
  const made: Record<string, unknown> = { ...env, UPSTASH_REDIS_REST_TOKEN: lane.order.lane }
  for (const name of ['CATALOGUE', 'OPERATIONS', 'LIVE']) if (env[name]) made[name] = d1(env[name] as D1Database)
  if (env.CACHE) made.CACHE = faulty(env.CACHE as object, plan('kv', 'kv'))
  for (const name of ['ITEM_VECTORS', 'ITEM_VECTORS_B'])
    if (env[name]) made[name] = faulty(env[name] as object, plan('vectorize', 'vectorize'))
  if (env.MODEL) made.MODEL = faulty(env.MODEL as object, plan('model', null))
  return made
}

function rulesOf(part: Part, latency: keyof Latencies | null, order: LaneOrder): FaultRule[] {
  const always = (fault: Fault): FaultRule[] => [{ fault, probability: 1 }]
  const leftMs = (order.stalledUntilMs ?? 0) - Date.now()
  if (part === 'd1' && leftMs > 0) return always({ mode: 'slow', ms: leftMs })
  if (order.failing?.includes(part)) return always(faultOf(part, order.mode ?? 'error'))
  const ms = latency === null ? 0 : (order.latencies?.[latency] ?? 0)
  return ms > 0 ? always({ mode: 'slow', ms }) : []
}

function faultOf(part: Part, mode: Mode): Fault {
  if (mode === 'slow') return { mode, ms: SLOW_MS }
  if (mode !== 'error') return { mode }
  return { mode, message: part === 'd1' ? 'D1_ERROR: Network connection lost.' : `${part} is down` }
}

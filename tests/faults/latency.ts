/**
 * How long shelves take where dependencies are as far away as in the world: `npm run check:latency [-- --quick]`. One
 * request at a time: what is measured is how often a shelf waits, not how busy the machine is.
 */
import { parseArgs } from 'node:util'
import { quantile } from '../../bench/load.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { Latencies } from './ladder_lanes.ts'
import { type Ask, type LadderStack, openLadder } from './ladder_stack.ts'

const SEED = 20_261_122
/** Milliseconds; KV as a location answers that has the key (the others are far: a replica, the primary, an index). */
export const WORLD: Latencies = { replica: 20, primary: 250, kv: 5, vectorize: 60 }
export const UPSTASH_MS = 20
export const P95_MAX_MS = { shared: 60, uncached: 180 }

export interface LatencyOptions {
  seed: number
  shelves: number
  /** Where something is farther than it should be, for the negative control. */
  latencies?: Latencies
}

export const FULL: LatencyOptions = { seed: SEED, shelves: 400 }
export const QUICK: LatencyOptions = { seed: SEED, shelves: 60 }

export interface LatencyReport {
  kind: keyof typeof P95_MAX_MS
  shelves: number
  p50Ms: number
  p95Ms: number
  /** Of the same requests with no distance to anything: the machine's own part. */
  nearP95Ms: number
  /** Answers that were not 2xx, not from where they should be, or lost a part to a deadline. */
  failed: number
  lost: Record<string, number>
}

export async function measureLatency(stack: LadderStack, options: LatencyOptions): Promise<LatencyReport[]> {
  const reports: LatencyReport[] = []
  const near = await stack.open()
  const far = await stack.open({ latencies: options.latencies ?? WORLD })
  for (const kind of ['shared', 'uncached'] as const) {
    const requests = kind === 'shared' ? sharedRequests(stack, options) : personalRequests(stack, options)
    stack.upstash.latencyMs = 0
    const own = await measure(stack, near, kind, requests)
    stack.upstash.latencyMs = UPSTASH_MS
    reports.push({ ...(await measure(stack, far, kind, requests)), kind, nearP95Ms: own.p95Ms })
    stack.upstash.latencyMs = 0
  }
  await stack.close(near)
  await stack.close(far)
  return reports
}

type Measured = Omit<LatencyReport, 'kind' | 'nearP95Ms'>

async function measure(stack: LadderStack, lane: string, kind: string, requests: readonly Ask[]): Promise<Measured> {
  // An isolate that has served its shop, and shelves that somebody asked for before.
  const warm = kind === 'shared' ? new Set(requests.map(({ path }) => path)).size : 5
  for (let n = 0; n < warm; n++) await stack.ask(lane, requests[n]!)
  const latencies: number[] = []
  const lost: Record<string, number> = {}
  let failed = 0
  for (const request of requests) {
    const { status, ms, body } = await stack.ask(lane, request)
    const served = (body as { served?: { cache: string; degraded: string[] } } | null)?.served
    latencies.push(ms)
    if (status !== 200 || served === undefined) failed += 1
    for (const name of served?.degraded ?? []) lost[name] = (lost[name] ?? 0) + 1
    if (kind === 'shared' && served?.cache !== 'hit') lost['not from KV'] = (lost['not from KV'] ?? 0) + 1
  }
  latencies.sort((a, b) => a - b)
  return { shelves: requests.length, p50Ms: quantile(latencies, 0.5), p95Ms: quantile(latencies, 0.95), failed, lost }
}

/** Product pages that everybody looks at, more of them than an isolate holds: each is read from KV. */
function sharedRequests({ data }: LadderStack, { shelves }: LatencyOptions): Ask[] {
  return Array.from({ length: shelves }, (_, n) => {
    const query = new URLSearchParams({ placement: 'product', item_ids: data.items[n % data.items.length]!.id })
    return { method: 'GET', path: `/v1/recommendations?${query}` }
  })
}

/** Known shoppers on home, product and search pages: nothing of a shelf is kept. */
function personalRequests({ data }: LadderStack, { shelves, seed }: LatencyOptions): Ask[] {
  const rng = seededRng(seed)
  const shoppers = [...new Set((data.events as Array<{ user_id: string }>).map((event) => event.user_id))]
  return Array.from({ length: shelves }, (_, n) => {
    const page = n % 2 === 0 ? { placement: 'home' } : { placement: 'product', item_ids: [rng.pick(data.items).id] }
    return { method: 'POST', path: '/v1/recommendations', json: { ...page, user_id: rng.pick(shoppers) } }
  })
}

/** What of the promises a report does not keep. @param slackMs where another machine's noise is to be borne */
export function tooLate(reports: readonly LatencyReport[], slackMs = 0): string[] {
  return reports.flatMap(({ kind, p95Ms, failed, lost, shelves }) => {
    const faults: string[] = []
    const most = P95_MAX_MS[kind] + slackMs
    if (!(p95Ms <= most)) faults.push(`${kind}: p95 ${p95Ms.toFixed(0)} ms, at most ${most}`)
    if (failed > 0) faults.push(`${kind}: ${failed} of ${shelves} failed`)
    for (const [name, count] of Object.entries(lost))
      if (count > shelves / (slackMs > 0 ? 2 : 10)) faults.push(`${kind}: ${count} of ${shelves} ${name}`)
    return faults
  })
}

/** A replica as far away as the primary: every wave has to be noticed. */
export const FAR: Latencies = { ...WORLD, replica: WORLD.primary, kv: 80 }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: String(SEED) } },
  })
  const options = { ...(values.quick ? QUICK : FULL), seed: Number(values.seed) }
  console.log(`seed ${options.seed}: ${JSON.stringify({ ...WORLD, upstash: UPSTASH_MS })} ms`)
  const faults: string[] = []
  const stack = await openLadder()
  try {
    const reports = await measureLatency(stack, options)
    faults.push(...tooLate(reports))
    for (const { kind, shelves, p50Ms, p95Ms, nearP95Ms, lost } of reports)
      console.log(
        `  ${kind}: ${shelves} shelves, p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} (at most ${P95_MAX_MS[kind]}); without distance p95 ${nearP95Ms.toFixed(1)}; ${JSON.stringify(lost)}`,
      )
    const control = await measureLatency(stack, { ...options, shelves: 24, latencies: FAR })
    if (tooLate(control).length < 2) faults.push('NOT NOTICED: a replica as far away as the primary, and a slow KV')
  } finally {
    await stack.stop()
  }
  for (const fault of faults) console.log(`  NOT KEPT: ${fault}`)
  console.log(faults.length === 0 ? 'ok' : `FAILED: ${faults.length}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

if (import.meta.main) await main()

/**
 * A model that fails at every call, in one way at a time, under the running stack at a steady load: what shoppers notice of
 * it, beside the same stack without a model. `npm run check:model-outage [-- --quick]`
 */
import type { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median, quantile } from '../../bench/load.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { Mix } from '../../workers/local/openai/behaviour.ts'
import { type ScriptedProvider, startScriptedProvider } from '../../workers/local/openai/server.ts'
import { demoShop } from '../support/shops.ts'
import { ASKED } from './counted_model_line.ts'
import { FAILURES } from './model_failures.ts'
import { type Heard, keptAlive, nothingHeard, steadyLoad } from './steady_load.ts'
import { type ReadyShop, readyShop, shelfRequests, startTwins, type Twins } from './twin_stack.ts'

const SEED = 20_261_121
const RATIO_MAX = 1.2
const ATTEMPTS_MAX = 1.2
const OPENS_WITHIN_MS = 2_000
/** Of each kind of load; the free twin has the same requests as the other. */
const REQUESTS = 400
/**
 * As good as none, and counted as waiting all the same: what asks to wait is asked about whatever is saved up for orders, so
 * that the door has enough to fail with.
 */
const ONSET = { body: { wait_ms: 1 } }
/** Nobody is reached for so long, however many shelves are asked for: shorter than any breaker waits before it tries again. */
const SILENT_MS = 5_000

export interface OutageOptions {
  seed: number
  perSecond: number
  rounds: number
  /** Pairs of slices a round, a second each: with the failing model and without one, the order drawn. */
  pairs: number
  /** From the first failure on, unbroken. */
  onsetSeconds: number
  dripMs?: number
  /** In every POST to the twin with the model. */
  body?: Record<string, number>
}

export const FULL: OutageOptions = { seed: SEED, perSecond: 25, rounds: 5, pairs: 12, onsetSeconds: 4 }
export const QUICK: OutageOptions = { seed: SEED, perSecond: 15, rounds: 5, pairs: 1, onsetSeconds: 4 }

export interface OutageReport {
  requests: number
  /** Requests to the twin with the model that were not answered 2xx. */
  failed: number
  /** Of the rounds: p99 with the failing model, without one, and their quotients; the same of p50. */
  p99Ms: number[]
  freeP99Ms: number[]
  p50Ms: number
  medianRatio: number
  ratios: number[]
  ratio: number
  /** From the first attempt to the last one before the provider was left alone; null where it never was. */
  openedAfterMs: number | null
  openedAfterAttempts: number
  /** Orders and reasons begun; single questions put to the door (an order of three passes is three); calls on the wire. */
  jobs: number
  questions: number
  attempts: number
  onsetP99Ms: number
}

/** One behaviour at 100 %. */
export async function measureOutage(shop: ReadyShop, behaviour: Mix, options: OutageOptions): Promise<OutageReport> {
  const provider = await startScriptedProvider({ behaviour, dripMs: options.dripMs ?? 400 })
  const twins = await startTwins(shop, provider.url)
  const agent = keptAlive()
  const watch = watchAttempts(provider, twins)
  try {
    await warmUp(shop, twins, agent, options.seed)
    const asking = shelfRequests(shop, REQUESTS, options.seed, options.body === undefined ? {} : { body: options.body })
    const free = shelfRequests(shop, REQUESTS, options.seed)
    const onset = nothingHeard()
    const first = shelfRequests(shop, REQUESTS, options.seed + 2, ONSET)
    const { perSecond, onsetSeconds } = options
    // Orders that many share first, three passes each: four that hang keep all others of an isolate from being asked for.
    await steadyLoad(twins.asking, asking, { perSecond, seconds: 1 }, agent, onset)
    await steadyLoad(twins.asking, first, { perSecond, seconds: onsetSeconds - 1 }, agent, onset)
    const rounds = await measureRounds(twins, { asking, free }, options, agent)
    const all = [onset, ...rounds.map((round) => round.asking)]
    const count = (keep: (status: number) => boolean) =>
      all.flatMap(({ statuses }) => [...statuses]).reduce((sum, [status, n]) => sum + (keep(status) ? n : 0), 0)
    const p99Ms = rounds.map((round) => p99(round.asking))
    const freeP99Ms = rounds.map((round) => p99(round.free))
    const p50Ms = median(rounds.map((round) => at(round.asking, 0.5)))
    const medianRatio = median(rounds.map((round) => at(round.asking, 0.5) / at(round.free, 0.5)))
    const ratios = p99Ms.map((own, round) => own / freeP99Ms[round]!)
    return {
      requests: count(() => true),
      failed: count((status) => status < 200 || status > 299),
      ...{ p99Ms, freeP99Ms, ratios, ratio: median(ratios), p50Ms, medianRatio, onsetP99Ms: p99(onset) },
      ...watch.stop(),
    }
  } finally {
    watch.stop()
    agent.destroy()
    await twins.stop()
    await provider.stop()
  }
}

const at = ({ latenciesMs }: Heard, share: number) =>
  quantile(
    [...latenciesMs].sort((a, b) => a - b),
    share,
  )
const p99 = (heard: Heard) => at(heard, 0.99)

/** Both twins' code and memory, at a placement whose gate is shut and without reasons: the model is not asked yet. */
async function warmUp(shop: ReadyShop, { asking, free }: Twins, agent: Agent, seed: number): Promise<void> {
  const requests = shelfRequests(shop, REQUESTS, seed + 1, { page: { placement: 'generic', explain: 'none' } })
  for (const url of [asking, free, asking, free])
    await steadyLoad(url, requests, { perSecond: 20, seconds: 2 }, agent, nothingHeard())
}

async function measureRounds(
  twins: Twins,
  requests: Record<'asking' | 'free', ReturnType<typeof shelfRequests>>,
  { rounds, pairs, perSecond, seed }: OutageOptions,
  agent: Agent,
): Promise<Array<Record<'asking' | 'free', Heard>>> {
  const rng = seededRng(seed)
  const heard = Array.from({ length: rounds }, () => ({ asking: nothingHeard(), free: nothingHeard() }))
  for (const [round, own] of heard.entries())
    for (let pair = 0; pair < pairs; pair++) {
      const from = ((round * pairs + pair) * perSecond) % REQUESTS
      for (const name of rng.shuffle(['asking', 'free'] as const)) {
        const part = [...requests[name].slice(from), ...requests[name].slice(0, from)]
        await steadyLoad(twins[name], part, { perSecond, seconds: 1 }, agent, own[name])
      }
    }
  return heard
}

type Watched = Pick<OutageReport, 'openedAfterMs' | 'openedAfterAttempts' | 'jobs' | 'questions' | 'attempts'>

/** Notes when questions are put to the door and when calls reach the provider. */
function watchAttempts(provider: ScriptedProvider, twins: Twins): { stop(): Watched } {
  let questions = 0
  const attempts: number[] = []
  let read = 0
  let jobs = 0
  const look = () => {
    const atMs = performance.now()
    while (attempts.length < provider.calls.length) attempts.push(atMs)
    for (; read < twins.log.length; read++) {
      const line = twins.log[read]!
      if (line.includes(ASKED)) questions += 1
      if (/"llm_order_(made|failed|broke)"/.test(line) || line.includes(`${ASKED} reasons`)) jobs += 1
    }
  }
  const timer = setInterval(look, 5)
  return {
    stop() {
      clearInterval(timer)
      look()
      const endMs = performance.now()
      const last = attempts.findIndex((atMs, at) => (attempts[at + 1] ?? endMs) - atMs >= SILENT_MS)
      const openedAfterMs = last === -1 ? null : attempts[last]! - attempts[0]!
      const openedAfterAttempts = last === -1 ? attempts.length : last + 1
      return { openedAfterMs, openedAfterAttempts, jobs, questions, attempts: attempts.length }
    },
  }
}

/** What of the promises a report does not keep. @param ratioMax of the p99, where another machine's noise is to be borne */
export function broken(report: OutageReport, ratioMax = RATIO_MAX): string[] {
  const faults: string[] = []
  if (report.failed > 0) faults.push(`${report.failed} of ${report.requests} not answered 2xx`)
  if (!(report.ratio <= ratioMax)) faults.push(`p99 ${report.ratio.toFixed(2)} of that without a model`)
  if (report.attempts > ATTEMPTS_MAX * report.questions)
    faults.push(`${report.attempts} attempts for ${report.questions} questions`)
  if (report.openedAfterMs === null) faults.push('the provider was never left alone')
  else if (report.openedAfterMs > OPENS_WITHIN_MS)
    faults.push(
      `the provider was left alone after ${Math.round(report.openedAfterMs)} ms and ${report.openedAfterAttempts} attempts`,
    )
  return faults
}

/** On purpose broken: every second request waits for a model that answers, slowly. */
export const WAITING: Partial<OutageOptions> & { behaviour: Mix } = {
  ...{ behaviour: { slow_drip: 1 }, dripMs: 40, body: { wait_ms: 2_000 } },
}

const line = (name: string, { p99Ms, freeP99Ms, ratio, ratios, ...own }: OutageReport) =>
  [
    name.padEnd(17),
    `${own.requests - own.failed}/${own.requests} 2xx`,
    `p99 ${median(p99Ms).toFixed(1)} ms, without ${median(freeP99Ms).toFixed(1)}, ratio ${ratio.toFixed(3)}`,
    `(${ratios.map((one) => one.toFixed(2)).join(' ')}; p50 ${own.p50Ms.toFixed(1)} ms, ratio ${own.medianRatio.toFixed(2)})`,
    `first ${own.onsetP99Ms.toFixed(0)} ms`,
    `attempts ${own.attempts} of ${own.questions} questions, ${own.jobs} jobs`,
    `left alone after ${own.openedAfterMs?.toFixed(0) ?? 'never'} ms, ${own.openedAfterAttempts} attempts`,
  ].join('  ')

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(SEED) },
      only: { type: 'string', multiple: true },
    },
  })
  const options = { ...(values.quick ? QUICK : FULL), seed: Number(values.seed) }
  console.log(`seed ${options.seed}`)
  const shop = await readyShop(demoShop('hearth-and-field'))
  let failures = 0
  try {
    for (const behaviour of values.only ?? FAILURES) {
      const report = await measureOutage(shop, { [behaviour]: 1 }, options)
      const faults = broken(report)
      console.log(line(behaviour, report))
      for (const fault of faults) console.log(`  NOT KEPT: ${fault}`)
      failures += faults.length
      await pause(500)
    }
    const { behaviour, ...waiting } = WAITING
    const control = await measureOutage(shop, behaviour, { ...options, ...waiting })
    console.log(line('control: waits', control))
    if (control.ratio <= RATIO_MAX) {
      console.log('  NOT NOTICED: requests that wait for the model')
      failures += 1
    }
  } finally {
    await shop.remove()
  }
  console.log(failures === 0 ? 'ok' : `FAILED: ${failures}`)
  process.exitCode = failures === 0 ? 0 : 1
}

if (import.meta.main) await main()

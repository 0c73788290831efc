/**
 * The simulated webhook world: platforms tell of thousands of items in the worst order there is, while isolates die
 * between any two steps, D1 fails before and after its commits and signals are lost. One clock, one seed: a run repeats.
 */
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { createModel } from './expectation.ts'
import { type Finding, judge } from './judge.ts'
import { writeMessages } from './messages.ts'
import { type Attempt, createSchedule, windowOf } from './schedule.ts'
import { CALM, type CrashPoint, createInterleaving, Gate, type Mishaps, type Running, type Weather } from './steps.ts'
import { SHOPS, tellLives, tellOrders } from './story.ts'
import { createWebhookWorld, type EnrichIsolate, type IngestIsolate, type WebhookWorld } from './webhook_world.ts'

/** The stores are compared every six hours. */
const SWEEP_EVERY_MS = 7 * HOUR_MS

export interface SimulationOptions {
  seed: number
  /** About so many deliveries are made. */
  deliveries: number
  /** Breaks one rule on purpose. */
  control?: Control
}

/** What a negative control breaks. */
export interface Control {
  name: string
  /** Rewrites the product's SQL. */
  rewrite?: (sql: string) => string
  /** Whether the simulation noticed. */
  caught: (report: SimulationReport) => boolean
  /** Answers as soon as the signature is known to be good. */
  acknowledgeFirst?: boolean
  /** Nobody looks for work that no signal told of. */
  noSweep?: boolean
}

export interface SimulationReport {
  seed: number
  items: number
  messages: number
  deliveries: number
  acknowledged: number
  /** Answers by status; `crash` and `lost` are none. */
  answers: Record<string, number>
  crashes: number
  failedCalls: number
  lostSignals: number
  concurrent: number
  sweeps: number
  windowMs: number
  /** Rounds of the final sweep until nothing waited; null when something still did. */
  roundsToQuiet: number | null
  findings: Finding[]
  /** Statements that a control rewrote. */
  rewritten: number
  seconds: { deliveries: number; sweeps: number; judging: number }
}

const START_MS = Date.parse('2026-03-02T08:00:00Z')
const LASTS_MS = 2 * DAY_MS
/** Changes an item has on average, and the attempts that come of one: with both, the number of items. */
const CHANGES_PER_ITEM = 10
const ATTEMPTS_PER_ITEM = 27
const BAD_SHARE = 0.004

const WEATHER: Weather = { errorBefore: 0.004, errorAfter: 0.004, lostSignal: 0.4 }
/** From here on no signal arrives any more, as when a queue is down: what was committed is found by looking alone. */
const SIGNALS_END = 0.7
/** Sweeps read and write much more often than requests. */
const SWEEP_WEATHER: Weather = { errorBefore: 0.000_5, errorAfter: 0.000_5, lostSignal: 0.3 }
const CRASH_SHARE = 0.05
/** Copies make up for most of what a hasty door loses; so many crashes show it in a small world. */
const HASTY_CRASH_SHARE = 0.3
const SWEEP_CRASH_SHARE = 0.3
/** The latest step that a crash is planned for; a request takes fewer. */
const REQUEST_STEPS = 9
const SWEEP_STEPS = 400
/** Sweeps by the clock; the others are what signals ask for. */
const CRON_SHARE = 0.3
const LOST_ANSWER_SHARE = 0.02
/** Deliveries that go through the whole app; the others begin behind the signature, which is a third of all the work. */
const WHOLE_SHARE = 0.2
const CONCURRENT_SHARE = 0.05
const DELIVERIES_PER_SWEEP = 800
const ROUNDS_MAX = 40

export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const rng = seededRng(options.seed)
  const itemsPerShop = Math.max(3, Math.round(options.deliveries / ATTEMPTS_PER_ITEM / SHOPS.length))
  const story = {
    itemsPerShop,
    changesPerItem: CHANGES_PER_ITEM,
    ordersPerShop: itemsPerShop,
    startMs: START_MS,
    lastsMs: LASTS_MS,
  }
  const lives = tellLives(rng, story)
  const messages = writeMessages(rng, lives, tellOrders(rng, lives, story), BAD_SHARE)
  const windowMs = windowOf(rng, LASTS_MS)
  const world = await createWebhookWorld(START_MS, options.control?.rewrite)
  const run = createRun(world, rng, options, createSchedule(rng, messages, windowMs))
  const startedAt = performance.now()
  await run.deliverAll()
  const deliveredAt = performance.now()
  const roundsToQuiet = await run.settle()
  const settledAt = performance.now()
  const findings = await judge(world, run.model.finish(), run.historyOf)
  if (roundsToQuiet === null) findings.push({ rule: 'e', text: `work was waiting after ${ROUNDS_MAX} rounds` })
  findings.push(...run.refusals)
  const sweepSeconds = run.counts.sweepMs / 1_000
  return {
    seed: options.seed,
    items: lives.length,
    messages: messages.length,
    ...run.report(),
    windowMs,
    roundsToQuiet,
    findings,
    rewritten: world.rewritten(),
    seconds: {
      deliveries: (deliveredAt - startedAt) / 1_000 - sweepSeconds,
      sweeps: sweepSeconds + (settledAt - deliveredAt) / 1_000,
      judging: (performance.now() - settledAt) / 1_000,
    },
  }
}

function createRun(
  world: WebhookWorld,
  rng: Rng,
  { control }: SimulationOptions,
  schedule: ReturnType<typeof createSchedule>,
) {
  const model = createModel()
  const { clock } = world
  const counts = { deliveries: 0, acknowledged: 0, crashes: 0, concurrent: 0, sweeps: 0, sweepMs: 0 }
  const mishaps: Mishaps = { failedCalls: 0, lostSignals: 0 }
  const silentFromMs = START_MS + SIGNALS_END * LASTS_MS
  const weather = () => (clock.now() < silentFromMs ? WEATHER : { ...WEATHER, lostSignal: 1 })
  const answers: Record<string, number> = {}
  const refusals: Finding[] = []
  const history = new Map<string, string[]>()
  let isolate = world.ingest(new Gate(rng, weather, mishaps))

  const note = ({ message, number }: Attempt, answer: string) => {
    answers[answer] = (answers[answer] ?? 0) + 1
    const key = `${message.shop.shop} ${message.about}`
    const lines = history.get(key) ?? []
    history.set(key, lines)
    const at = new Date(clock.now()).toISOString()
    lines.push(
      `${at} ${message.topic} of ${new Date(message.atMs).toISOString()} (${message.id}, ${number}): ${answer}`,
    )
  }

  /** One attempt at one isolate; whether the sender has its acknowledgement. */
  const attempt = async (one: Attempt, at: IngestIsolate): Promise<boolean> => {
    const { message } = one
    const crash = planCrash(rng, control?.acknowledgeFirst === true ? HASTY_CRASH_SHARE : CRASH_SHARE, REQUEST_STEPS)
    const isLost = rng.next() < LOST_ANSWER_SHARE
    const died = at.gate.begin(crash)
    const delivery = message.send(clock.now(), one.number)
    let status: number | null = null
    const isWhole = message.fact.kind === 'forged' || rng.next() < WHOLE_SHARE
    const work = (isWhole ? at.deliver : at.receive)(message.shop, delivery).then(async (answer) => {
      status = answer.status
      await answer.deferred()
    })
    await Promise.race([work, died])
    counts.deliveries += 1
    if (at.gate.dead) counts.crashes += 1
    // Only a sender whose signature is good is let through early.
    if (control?.acknowledgeFirst === true && message.fact.kind !== 'forged') status = 200
    note(one, status === null ? 'crash' : isLost ? `lost ${status}` : String(status))
    if (status === null || isLost) return false
    if (status >= 200 && status < 300) return true
    const isRightlyRefused = status === 503 || (message.fact.kind === 'forged' && status === 401)
    if (!isRightlyRefused && refusals.length < 20)
      refusals.push({
        rule: 'answer',
        text: `${message.shop.shop} ${message.topic} ${message.id} was answered ${status}`,
      })
    return false
  }

  const settleAttempt = (one: Attempt, isAcknowledged: boolean) => {
    const { message } = one
    if (isAcknowledged) {
      counts.acknowledged += 1
      if (message.fact.kind === 'forged')
        refusals.push({ rule: 'answer', text: `the forged ${message.id} was accepted` })
      else model.learn(message)
    } else if (message.fact.kind !== 'forged') schedule.again(one, clock.now())
  }

  /** Several isolates at once, their calls one after another in a seeded order. */
  const together = async (first: Attempt) => {
    const group = [first]
    const more = 1 + rng.int(3)
    for (let n = 0; n < more; n++) {
      const next = rng.next() < 0.5 ? schedule.copy(first) : schedule.next()
      if (next !== null) group.push(next)
    }
    clock.set(Math.max(clock.now(), ...group.map((one) => one.atMs)))
    const interleaving = createInterleaving(rng)
    const outcomes: boolean[] = []
    const running = group.map((one, index): Running => {
      const gate = new Gate(rng, weather, mishaps)
      gate.scheduler = interleaving.scheduler
      const done = attempt(one, world.ingest(gate)).then((isAcknowledged) => {
        outcomes[index] = isAcknowledged
      })
      return { gate, done }
    })
    await interleaving.run(running)
    counts.concurrent += group.length
    for (const [index, one] of group.entries()) settleAttempt(one, outcomes[index]!)
  }

  const cronOf = (enrich: EnrichIsolate) => (control?.noSweep === true ? enrich.blindCron() : enrich.cron())

  const sweep = async () => {
    const startedAt = performance.now()
    counts.sweeps += 1
    const gate = new Gate(rng, () => SWEEP_WEATHER, mishaps)
    const died = gate.begin(planCrash(rng, SWEEP_CRASH_SHARE, SWEEP_STEPS))
    const enrich = world.enrich(gate)
    const byCron = rng.next() < CRON_SHARE ? cronOf(enrich) : null
    // What a run throws is logged by the platform, and the next one comes.
    const work = (byCron ?? enrich.pump()).catch(() => {})
    await Promise.race([work, died])
    if (gate.dead) counts.crashes += 1
    counts.sweepMs += performance.now() - startedAt
  }

  const deliverAll = async () => {
    let nextSweep = DELIVERIES_PER_SWEEP
    for (let one = schedule.next(); one !== null; one = schedule.next()) {
      clock.set(Math.max(clock.now(), one.atMs))
      if (rng.next() < CONCURRENT_SHARE) await together(one)
      else {
        if (isolate.gate.dead) isolate = world.ingest(new Gate(rng, weather, mishaps))
        settleAttempt(one, await attempt(one, isolate))
      }
      if (counts.deliveries >= nextSweep) {
        nextSweep += DELIVERIES_PER_SWEEP
        await sweep()
      }
    }
  }

  /**
   * The faults are over: the runs go on until nothing waits, then the sweep that compares the stores comes round, and a
   * few runs more, since vectors show late.
   */
  const settle = async (): Promise<number | null> => {
    let quiet = 0
    const runs = async (waitMs: number) => {
      clock.set(clock.now() + waitMs)
      const enrich = world.enrich(new Gate(rng, () => CALM))
      await enrich.pump()
      await cronOf(enrich)
    }
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      await runs(150 * SECOND_MS)
      quiet = Object.values(world.waiting()).every((rows) => rows === 0) ? quiet + 1 : 0
      if (quiet < 2) continue
      // A late write of a run that had lost its lease may stand in the index: D1 refuses it, an index cannot.
      await runs(SWEEP_EVERY_MS)
      for (let more = 0; more < 2; more++) await runs(150 * SECOND_MS)
      return round - 1
    }
    return null
  }

  return {
    model,
    counts,
    refusals,
    deliverAll,
    settle,
    historyOf: (shop: string, about: string) => history.get(`${shop} ${about}`) ?? [],
    report: () => {
      const { deliveries, acknowledged, crashes, concurrent, sweeps } = counts
      return { deliveries, acknowledged, crashes, concurrent, sweeps, answers, ...mishaps }
    },
  }
}

function planCrash(rng: Rng, share: number, steps: number): CrashPoint | null {
  const [chance, step, side] = [rng.next(), rng.int(steps), rng.next()]
  return chance < share ? { step, after: side < 0.5 } : null
}

/**
 * A million webhooks, and nothing lost: worlds of seeded deliveries, one process a core, with the negative controls.
 * `npm run check:webhooks -- [--deliveries 1000000] [--seed N] [--quick] [--processes N] [--no-controls]`
 * `--world N` runs that one world again, as a failure names it.
 */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { CONTROLS } from './controls.ts'
import { type SimulationReport, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    deliveries: { type: 'string' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    processes: { type: 'string' },
    world: { type: 'string' },
    'no-controls': { type: 'boolean', default: false },
  },
})
/** Deliveries of one world: as many items as a middling shop has, and small enough to be looked at when it fails. */
const WORLD_DELIVERIES = 25_000
const CONTROL_DELIVERIES = 6_000
const CONTROL_SEED = 7
const KEPT_IN_PRINT = 10

const deliveries = Number(values.deliveries ?? (values.quick ? 50_000 : 1_000_000))
const firstSeed = Number(values.seed)
const worlds = Math.max(1, Math.ceil(deliveries / WORLD_DELIVERIES))
const processes = Math.min(worlds, Number(values.processes ?? availableParallelism()))
const worldSize = Math.min(deliveries, WORLD_DELIVERIES)

interface Job {
  seed: number
  control: number | null
}

if (process.send !== undefined) await work()
else if (values.world !== undefined) await one(Number(values.world))
else await all()

/** A child: simulates what it is told to, and tells what came of it. */
async function work(): Promise<void> {
  for await (const job of jobs()) {
    const size = job.control === null ? worldSize : CONTROL_DELIVERIES
    const control = job.control === null ? {} : { control: CONTROLS[job.control]! }
    process.send!(await simulate({ seed: job.seed, deliveries: size, ...control }))
  }
}

async function* jobs(): AsyncGenerator<Job> {
  const waiting: Job[] = []
  let wake = () => {}
  let isOver = false
  process.on('message', (job: Job | 'over') => {
    if (job === 'over') isOver = true
    else waiting.push(job)
    wake()
  })
  while (true) {
    const job = waiting.shift()
    if (job !== undefined) yield job
    else if (isOver) return process.disconnect()
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}

async function one(seed: number): Promise<void> {
  const report = await simulate({ seed, deliveries: worldSize })
  printWorld(report)
  process.exit(report.findings.length === 0 ? 0 : 1)
}

async function all(): Promise<void> {
  const startedAt = performance.now()
  const since = () => (performance.now() - startedAt) / 1_000
  console.log(`${worlds} worlds of ${worldSize} deliveries, seeds from ${firstSeed}, ${processes} processes`)
  const list: Job[] = Array.from({ length: worlds }, (_, n) => ({ seed: firstSeed + n, control: null }))
  const reports = await spread(list, (report, done) => {
    if (report.findings.length > 0) printWorld(report)
    else if (done % 5 === 0 || done === worlds) console.log(`  ${done} of ${worlds} worlds, ${since().toFixed(0)} s`)
  })
  const seconds = since()
  const total = (of: (report: SimulationReport) => number) => reports.reduce((sum, report) => sum + of(report), 0)
  const sent = total((report) => report.deliveries)
  console.log(
    `${sent} deliveries of ${total((report) => report.messages)} messages about ${total((report) => report.items)} items ` +
      `in ${seconds.toFixed(0)} s: ${(sent / seconds).toFixed(0)} a second`,
  )
  console.log(
    `  ${total((report) => report.acknowledged)} acknowledged, ${total((report) => report.concurrent)} of them at once with others, ` +
      `${total((report) => report.crashes)} crashes, ${total((report) => report.failedCalls)} failed calls, ` +
      `${total((report) => report.lostSignals)} lost signals, ${total((report) => report.sweeps)} sweeps under way`,
  )
  const found = total((report) => report.findings.length)
  console.log(`  findings: ${found}`)
  let failed = found > 0 || sent < deliveries * 0.9
  if (!values['no-controls']) {
    const controls = CONTROLS.map((_, control): Job => ({ seed: CONTROL_SEED, control }))
    const results = await spread(controls, () => {})
    for (const [at, { name, caught }] of CONTROLS.entries()) {
      const report = results[at]!
      const isCaught = caught(report)
      console.log(
        `negative control: ${name}: ${isCaught ? 'noticed' : 'NOT NOTICED'}, ${report.findings.length} findings`,
      )
      if (!isCaught) failed = true
    }
  }
  console.log(failed ? 'FAILED' : `ok, ${since().toFixed(0)} s`)
  process.exit(failed ? 1 : 0)
}

/** Runs jobs on as many processes as there are cores; reports come back in the order of the jobs. */
async function spread(list: readonly Job[], onReport: (report: SimulationReport, done: number) => void) {
  const reports: SimulationReport[] = []
  let next = 0
  let done = 0
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(import.meta.filename, process.argv.slice(2))
      let current = -1
      const give = () => {
        current = next++
        child.send(current < list.length ? list[current]! : 'over')
      }
      child.on('message', (report: SimulationReport) => {
        reports[current] = report
        done += 1
        onReport(report, done)
        give()
      })
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a process ended with ${code}`))))
      give()
    })
  await Promise.all(Array.from({ length: Math.min(processes, list.length) }, run))
  return reports
}

function printWorld(report: SimulationReport): void {
  const { findings, ...figures } = report
  console.log(
    `seed ${report.seed} (again: --world ${report.seed} --deliveries ${worldSize}): ${findings.length} findings`,
  )
  console.log(`  ${JSON.stringify(figures)}`)
  for (const { rule, text, history } of findings.slice(0, KEPT_IN_PRINT)) {
    console.log(`  ${rule}: ${text}`)
    for (const line of history ?? []) console.log(`      ${line}`)
  }
}

/** Runs sequences of steps from one beginning, and cuts a failing one down to what fails. */
import { ROUTES } from '../../workers/api/routes.ts'
import { buildBase } from './isolation_base.ts'
import { type City, type CityState, openCity } from './isolation_city.ts'
import { createJudge, type Finding, type Judge } from './isolation_judge.ts'
import { lookAtStores } from './isolation_look.ts'
import { createPlatform, onPlatform, type Platform } from './isolation_platform.ts'
import { doStep, KIND_NAMES, nothingTold, type Step, stepsOf } from './isolation_steps.ts'
import { difference, type Observed, twinsOf } from './isolation_twin.ts'

export interface IsolationOptions {
  seed: number
  sequences: number
  /** The first one. */
  from?: number
  /** Ends with the first sequence that fails. */
  first?: boolean
  /** Of the failing ones so many are cut down. */
  shrinks?: number
  onSequence?: (done: number) => void
}

export interface Failure {
  sequence: number
  /** The step that it was seen in; null: in the stores, after the last one. */
  step: number | null
  findings: Finding[]
  /** As few steps as still fail. */
  steps: Step[]
}

export interface IsolationReport {
  sequences: number
  /** Sequences that were told twice, with and without the other shops. */
  twins: number
  steps: number
  kinds: Record<string, number>
  /** By route and status. */
  answers: Record<string, number>
  looked: Record<string, number>
  /** Of the beginning itself. */
  base: Finding[]
  failures: Failure[]
}

export async function runIsolation(options: IsolationOptions): Promise<IsolationReport> {
  const platform = createPlatform()
  return onPlatform(platform, () => run(options, platform))
}

async function run(options: IsolationOptions, platform: Platform): Promise<IsolationReport> {
  const { seed, sequences, from = 0, first = false, shrinks = 3, onSequence = () => {} } = options
  const judge = createJudge()
  const base = await buildBase(platform, judge)
  const report: IsolationReport = {
    ...{ sequences: 0, twins: 0, steps: 0, kinds: {}, answers: {}, looked: judge.looked },
    ...{ base: judge.findings, failures: [] },
  }
  if (first && report.base.length > 0) return report
  for (let sequence = from; sequence < from + sequences; sequence++) {
    const steps = stepsOf(seed, sequence)
    const failure =
      (await tryOut(base, steps, sequence, platform, report)) ??
      (sequence % TWINS_EVERY === 0 ? await tryTwins(base, steps, sequence, platform, report) : null)
    report.sequences += 1
    onSequence(report.sequences)
    if (failure === null) continue
    const isCut = report.failures.length < shrinks
    report.failures.push({ ...failure, steps: isCut ? await cutDown(base, steps, failure, platform) : steps })
    if (first) break
  }
  return report
}

type Seen = Pick<Failure, 'sequence' | 'step' | 'findings'>

/** Of so many sequences one is told twice. */
const TWINS_EVERY = 5

async function tryOut(
  base: CityState,
  steps: readonly Step[],
  sequence: number,
  platform: Platform,
  report?: IsolationReport,
  observed: Observed[] = [],
): Promise<Seen | null> {
  const judge: Judge = createJudge()
  if (report !== undefined) judge.looked = report.looked
  platform.seed(sequence)
  const city = await openCity(base, platform, judge, { batch: sequence % 4 === 3 })
  try {
    return await play(city, judge, steps, sequence, report, observed)
  } finally {
    // Ten thousand cities of three databases each: memory outside of the heap calls no collector.
    for (const database of Object.values(city.stores.databases)) database.close()
  }
}

async function play(
  city: City,
  judge: Judge,
  steps: readonly Step[],
  sequence: number,
  report: IsolationReport | undefined,
  observed: Observed[],
): Promise<Seen | null> {
  const told = nothingTold()
  for (const [at, step] of steps.entries()) {
    await doStep(step, city, told, (route, answer) => {
      const { status } = answer
      observed.push({ step, route, answer })
      if (report !== undefined) count(report.answers, `${route} ${status}`)
      if (status >= 500 && status !== 503) judge.found('answers', `a ${status}`, route)
    })
    if (report !== undefined) {
      report.steps += 1
      count(report.kinds, step.kind)
    }
    if (judge.findings.length > 0) return { sequence, step: at, findings: judge.findings }
  }
  lookAtStores(city)
  return judge.findings.length === 0 ? null : { sequence, step: null, findings: judge.findings }
}

/** Both tellings of a sequence: what is found in either, and what differs. */
async function tryTwins(
  base: CityState,
  steps: readonly Step[],
  sequence: number,
  platform: Platform,
  report?: IsolationReport,
): Promise<Seen | null> {
  const twins = twinsOf(steps)
  const [crowded, alone]: [Observed[], Observed[]] = [[], []]
  const seen =
    (await tryOut(base, twins.crowded, sequence, platform, undefined, crowded)) ??
    (await tryOut(base, twins.alone, sequence, platform, undefined, alone))
  if (seen !== null) return seen
  if (report !== undefined) report.twins += 1
  const found = difference(twins, crowded, alone)
  return found === null ? null : { sequence, step: null, findings: [found] }
}

const count = (table: Record<string, number>, name: string) => {
  table[name] = (table[name] ?? 0) + 1
}

/** Leaves out every step without which it still fails, the last ones first. */
async function cutDown(base: CityState, steps: Step[], seen: Seen, platform: Platform): Promise<Step[]> {
  const again = seen.findings[0]!.where === 'twins' ? tryTwins : tryOut
  let left = steps
  for (let at = steps.length - 1; at >= 0; at--) {
    const without = left.filter((step) => step !== steps[at])
    if ((await again(base, without, seen.sequence, platform)) !== null) left = without
  }
  return left
}

/** In so many sequences every kind of step and every route has had its turn. */
const ENOUGH = 1_000
/** Every route of the product but one that tells nothing, as steps name them. */
const ASKED: readonly string[] = [...ROUTES].flatMap(([path, methods]) =>
  path === '/health'
    ? []
    : methods.map((method) =>
        path.startsWith('/webhooks/') ? `${method} /webhooks` : `${method} ${path.replace(/\/:\w+/g, '/*')}`,
      ),
)

/** What a run fails by. One in which little was done proves nothing. */
export function holds({ base, failures, answers, kinds, sequences }: IsolationReport): string[] {
  const good = new Map<string, number>()
  for (const [answer, times] of Object.entries(answers)) {
    const [route, status] = [answer.slice(0, -4), Number(answer.slice(-3))]
    good.set(route, (good.get(route) ?? 0) + (status < 300 ? times : 0))
  }
  const undone = sequences < ENOUGH ? [] : KIND_NAMES.filter((kind) => kinds[kind] === undefined)
  const refused = sequences < ENOUGH ? [] : ASKED.filter((route) => (good.get(route) ?? 0) === 0)
  return [
    ...base.slice(0, 10).map(({ where, what }) => `where the shops were made: ${where}: ${what}`),
    ...failures.map(
      ({ sequence, step, findings: [first] }) =>
        `sequence ${sequence}, ${step === null ? 'the stores' : `step ${step}`}: ${first!.where}: ${first!.what}`,
    ),
    ...undone.map((kind) => `no step ${kind}`),
    ...refused.map((route) => `no good answer to ${route}`),
  ]
}

/** Asks every operation of the document so many questions, and gathers what was wrong with the answers. */
import fc from 'fast-check'
import type { Case, Due, Sent } from './case.ts'
import { type Answer, CHECKS, type Check, createJudge, type Fault } from './checks.ts'
import type { Document } from './document.ts'
import type { InputDoor } from './doors.ts'
import { judged } from './judged.ts'
import { createStories, live, livesOf } from './lifecycle.ts'
import { createRequests } from './requests.ts'
import { sharesOf } from './share.ts'

/** A fault, and the smallest case of it that fast-check found. */
export interface Found {
  route: string
  fault: Fault
  about: string
  sent: readonly Sent[]
  answer: { status: number; text: string }
  /** With the seed it leads fast-check to the same case. */
  path: string
}

export interface InputReport {
  seed: number
  cases: number
  routes: number
  /** Things put, read, deleted and read again. */
  lives: number
  /** Of requests that the document allows: those that were taken, and those that broke a rule which it cannot tell. */
  taken: number
  ruled: number
  applied: Record<Check, number>
  due: Partial<Record<Due, number>>
  statuses: Record<string, number>
  slowestMs: number
  /** Places for text, and those that a hostile text was put into. */
  fields: { all: number; met: number }
  found: Found[]
}

export interface InputOptions {
  seed: number
  cases: number
  /** Of one route or path alone, as the document writes it. */
  only?: string
  /** fast-check's path to one case. */
  path?: string
  /** How long an answer may take; `DEADLINE_MS` when absent. */
  deadlineMs?: number
  /** The search ends with a fault of this check, and makes none smaller. */
  until?: Check
}

/** Different faults of one route that are looked for. */
const FAULTS_PER_ROUTE = 5
/** Of all cases, those that are lives of things; each is up to four requests. */
const LIVES_SHARE = 0.02

/** What one case came to: the first fault that is not known yet decides. */
interface Outcome {
  faults: readonly Fault[]
  answer: Answer
}

export async function runInput(
  document: Document,
  { send, begins = () => {} }: Pick<InputDoor, 'send' | 'begins'>,
  options: InputOptions,
): Promise<InputReport> {
  const chosen = document.operations.filter(({ route }) => options.only === undefined || route === options.only)
  const lives = livesOf(document).filter(({ path }) => options.only === undefined || path === options.only)
  if (chosen.length + lives.length === 0) throw new Error(`no route and no path is "${options.only}"`)
  const report: InputReport = {
    ...{ seed: options.seed, cases: 0, routes: chosen.length, lives: 0, taken: 0, ruled: 0 },
    ...{ due: {}, statuses: {}, slowestMs: 0, fields: { all: 0, met: 0 }, found: [] },
    applied: Object.fromEntries(CHECKS.map((check) => [check, 0])) as Record<Check, number>,
  }
  const judge = createJudge(document, options.deadlineMs)
  const { cases, fieldsOf } = createRequests(document)
  const fields = new Set<string>()
  const shares = sharesOf(chosen, options.cases)
  for (const [at, operation] of chosen.entries()) {
    const ask = async (one: Case, isFirst: boolean) => {
      begins()
      const outcome = await judged(one, judge, send)
      if (isFirst) {
        note(one, outcome.answer, outcome.applied, report)
        if (one.field !== undefined) fields.add(one.field)
      }
      return outcome
    }
    const shown = (one: Case) => ({ route: operation.route, about: one.about, sent: [one.sent] })
    report.found.push(...(await faultsOf(cases(operation), ask, shown, { ...options, cases: shares[at]! })))
  }
  const due = chosen.flatMap(fieldsOf)
  report.fields = { all: due.length, met: due.filter((one) => fields.has(one)).length }
  const stories = createStories(document)
  // Where nothing else is asked, all cases are lives.
  const share = chosen.length === 0 ? 1 : LIVES_SHARE
  const perLife = Math.max(1, Math.ceil((options.cases * share) / Math.max(1, lives.length)))
  for (const life of lives) {
    const ask = async (story: Parameters<typeof live>[0], isFirst: boolean) => {
      begins()
      const outcome = await live(story, judge, send)
      if (isFirst) {
        report.lives += 1
        for (const check of outcome.applied) report.applied[check] += 1
      }
      return outcome
    }
    const shown = ({ put, get, remove }: Parameters<typeof live>[0]) => ({
      ...{ route: life.path, about: 'one thing from its making to its end' },
      sent: [put, get, remove, get].flatMap((one) => (one === undefined ? [] : [one.sent])),
    })
    report.found.push(...(await faultsOf(stories(life), ask, shown, { ...options, cases: perLife })))
  }
  return report
}

const signOf = ({ check, detail }: Fault) => `${check} ${detail.replace(/\d+/g, '0').slice(0, 80)}`

/** The different faults of a property, each at its smallest case. */
async function faultsOf<T>(
  values: fc.Arbitrary<T>,
  ask: (value: T, isFirst: boolean) => Promise<Outcome>,
  shown: (value: T) => Pick<Found, 'route' | 'about' | 'sent'>,
  { seed, cases, path, until }: InputOptions,
): Promise<Found[]> {
  const known = new Map<string, Found>()
  for (let round = 0; round < FAULTS_PER_ROUTE; round++) {
    let last: { fault: Fault; answer: Answer } | null = null
    // Values that were asked once are asked again to make them smaller, or for the faults behind the first.
    let asked = 0
    const property = fc.asyncProperty(values, async (value) => {
      const { faults, answer } = await ask(value, round === 0 && last === null && ++asked <= cases)
      const fresh = faults.find((fault) => !known.has(signOf(fault)))
      if (fresh === undefined) return
      last = { fault: fresh, answer }
      throw new Error(fresh.detail)
    })
    const details = await fc.check(property, {
      ...{ seed, numRuns: cases, endOnFailure: until !== undefined },
      ...(path === undefined ? {} : { path }),
    })
    if (!details.failed) break
    if (last === null) throw details.errorInstance
    const { fault, answer } = last as { fault: Fault; answer: Answer }
    known.set(signOf(fault), {
      ...{ ...shown(details.counterexample![0]!), fault, path: details.counterexamplePath! },
      answer: { status: answer.status, text: answer.text.slice(0, 600) },
    })
    if (fault.check === until) break
  }
  return [...known.values()]
}

function note({ due }: Case, answer: Answer, applied: readonly Check[], report: InputReport): void {
  report.cases += 1
  report.slowestMs = Math.max(report.slowestMs, Math.round(answer.ms))
  report.due[due] = (report.due[due] ?? 0) + 1
  report.statuses[answer.status] = (report.statuses[answer.status] ?? 0) + 1
  for (const check of applied) report.applied[check] += 1
  if (due === 'taken') report[answer.status < 300 ? 'taken' : 'ruled'] += 1
}

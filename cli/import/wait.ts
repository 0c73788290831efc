import { setTimeout as pause } from 'node:timers/promises'
import { type Jobs, jobsSchema } from '../answers.ts'
import type { Client } from '../client.ts'
import { Interrupted } from '../failure.ts'
import type { ImportReport } from './report.ts'

const POLL_MS = 1_000
/** Nothing may be seen waiting for this long before it counts as done: a job starts a moment after its cause. */
const QUIET_MS = 3_000
/** Without any movement for this long, waiting is given up. */
const STALL_MS = 15 * 60_000
/** What is planned for later than this is not waited for: it is a better version of what is already served. */
const PLANNED_MS = 2 * 60_000

export interface WaitResult {
  /** False when nothing moved any more before everything was done. */
  settled: boolean
  failed: Array<{ job: string; error: string | null }>
  jobs: Jobs
}

export interface WaitOptions {
  client: Client
  report: ImportReport
  signal?: AbortSignal | undefined
  sleep?: ((ms: number) => Promise<unknown>) | undefined
  now?: (() => number) | undefined
  /** Waits also for what is planned for later. */
  untilLearned?: boolean | undefined
}

/**
 * Waits until nothing waits, no job runs and none has something new to see within two minutes. A job that failed is not
 * waited for.
 */
export async function waitForJobs(options: WaitOptions): Promise<WaitResult> {
  const { client, report, signal } = options
  const sleep = options.sleep ?? ((ms: number) => pause(ms, undefined, signal ? { signal } : {}).catch(() => {}))
  const now = options.now ?? (() => performance.now())
  let quietSince: number | null = null
  let movedAt = now()
  let picture = ''
  for (;;) {
    if (signal?.aborted) throw new Interrupted()
    const jobs = await client.call({ path: '/v1/jobs', answer: jobsSchema })
    const at = now()
    const seen = JSON.stringify(jobs)
    if (seen !== picture) movedAt = at
    picture = seen
    showWaiting(jobs, report)
    quietSince = isBusy(jobs, options.untilLearned === true) ? null : (quietSince ?? at)
    if (quietSince !== null && at - quietSince >= QUIET_MS) return resultOf(jobs, true)
    if (at - movedAt >= STALL_MS) return resultOf(jobs, false)
    await sleep(POLL_MS)
  }
}

/** Work that was taken in and not yet done. Dead letters wait for people, not for jobs. */
export const backlog = (jobs: Jobs): number => jobs.items.waiting + jobs.waiting.outbox + jobs.waiting.events

/** They take as long as a language model and its budget take, which may be days; shelves need nothing of them. */
const BACKGROUND: ReadonlySet<string> = new Set(['enrich', 'expand'])

/** @param untilLearned counts also what is planned for later */
export const isBusy = (jobs: Jobs, untilLearned = false): boolean =>
  backlog(jobs) > 0 ||
  jobs.jobs.some((job) => {
    if (BACKGROUND.has(job.job)) return false
    const soon =
      untilLearned || job.next_run_at === null || new Date(job.next_run_at).getTime() - Date.now() < PLANNED_MS
    return job.state === 'running' || (job.due && job.state !== 'failed' && soon)
  })

function showWaiting(jobs: Jobs, report: ImportReport): void {
  const running = jobs.jobs.find((job) => job.state === 'running')
  const due = jobs.jobs.filter((job) => job.due).map((job) => job.job)
  const { live, waiting } = jobs.items
  const { events, outbox } = jobs.waiting
  if (waiting > 0) report.progress({ label: 'items ready', done: live - waiting, total: live })
  else if (running) report.progress({ label: `job ${running.job}`, done: running.done, total: running.total })
  else if (events + outbox > 0) report.progress({ label: 'batches to be taken in', done: events + outbox, total: 0 })
  else if (due.length > 0)
    report.progress({ label: `jobs due at the next minute's cron (${due.join(', ')})`, done: due.length, total: 0 })
}

const resultOf = (jobs: Jobs, settled: boolean): WaitResult => ({
  settled,
  failed: jobs.jobs.filter((job) => job.state === 'failed').map(({ job, error }) => ({ job, error })),
  jobs,
})

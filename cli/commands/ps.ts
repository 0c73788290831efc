import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { type Jobs, jobsSchema } from '../answers.ts'
import { connect, findService, type ServiceFlags, serviceOptions } from '../connect.ts'
import { Interrupted } from '../failure.ts'
import { backlog } from '../import/wait.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { count, duration, errorsText, plural, table } from '../text.ts'

const WATCH_MS = 2_000
const HOME_AND_CLEAR = '\u001b[H\u001b[2J'

interface PsFlags extends ServiceFlags {
  watch?: boolean
}

/** `shelfwise ps`: jobs and backlog of one shop, or of all whose keys are here. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(program.command('ps').description('jobs and backlog'))
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .action(async (flags: PsFlags) => {
      try {
        await show(flags, terminal)
      } catch (error) {
        // Ctrl-C is how a watch ends well.
        if (!flags.watch || !(error instanceof Interrupted)) throw error
      }
    })
}

async function show(flags: PsFlags, terminal: Terminal): Promise<void> {
  const shops = await shopsMeant(flags, terminal)
  for (;;) {
    const all: Jobs[] = []
    for (const shop of shops) {
      const { client } = await connect({ ...flags, shop }, terminal, ['sk'])
      all.push(await client.call({ path: '/v1/jobs', answer: jobsSchema }))
    }
    if (flags.watch && terminal.stdoutTty && !flags.json) terminal.out(HOME_AND_CLEAR)
    if (flags.json) printJson(terminal, shops.length === 1 ? all[0] : all)
    else terminal.out(all.map((jobs) => jobsText(jobs, Date.now(), terminal.columns)).join('\n\n'))
    if (!flags.watch) return
    await pause(WATCH_MS, undefined, { signal: terminal.signal }).catch(() => {})
    if (terminal.signal.aborted) throw new Interrupted()
  }
}

async function shopsMeant(flags: PsFlags, terminal: Terminal): Promise<Array<string | undefined>> {
  const service = await findService(flags, terminal)
  const known = Object.keys(service.kept?.shops ?? {})
  if (flags.shop !== undefined || service.givenKey !== null || known.length === 0) return [flags.shop]
  return known
}

/** A shop's jobs for people. */
export function jobsText(jobs: Jobs, nowMs: number, columns: number): string {
  const { items, waiting } = jobs
  const todo = backlog(jobs)
  const heading = [
    `shop ${jobs.shop}: ${plural(items.live, 'item')} live`,
    todo === 0
      ? 'nothing waits'
      : `waiting: ${count(items.waiting)} items, ${count(waiting.outbox)} outbox, ${count(waiting.events)} events`,
    ...(waiting.dead_letters > 0 ? [`${plural(waiting.dead_letters, 'dead letter')}`] : []),
  ].join(' · ')
  if (jobs.jobs.length === 0) return `${heading}\nno job has run yet`
  const rows = jobs.jobs.map((job) => [
    job.job,
    job.state,
    job.total > 0 ? `${count(job.done)}/${count(job.total)}` : '',
    ago(job.started_at, nowMs),
    ago(job.finished_at, nowMs),
    until(job.next_run_at, nowMs),
    costText(job.cost),
    [job.error ?? '', errorsText(job.errors)].filter(Boolean).join(' · '),
  ])
  const titles = [
    { title: 'job' },
    { title: 'state' },
    { title: 'done', align: 'right' },
    { title: 'started' },
    { title: 'finished' },
    { title: 'next' },
    { title: 'cost today / total', align: 'right' },
    { title: 'errors', shrinkTo: 16 },
  ] as const
  return `${heading}\n${table(titles, rows, columns)}`
}

function ago(moment: number | string | null, nowMs: number): string {
  if (moment === null) return ''
  const ms = typeof moment === 'number' ? moment : Date.parse(moment)
  return Number.isNaN(ms) ? String(moment) : `${duration((nowMs - ms) / 1_000)} ago`
}

function until(moment: number | string | null, nowMs: number): string {
  if (moment === null) return ''
  const ms = typeof moment === 'number' ? moment : Date.parse(moment)
  return ms <= nowMs ? 'now' : `in ${duration((ms - nowMs) / 1_000)}`
}

/** Money of today and of all time; empty for jobs that never asked a model. */
function costText(cost: Jobs['jobs'][number]['cost']): string {
  if (cost === undefined || cost.total.calls === 0) return ''
  const { today, total } = cost
  return `${today.money.toFixed(2)} / ${total.money.toFixed(2)} (${plural(total.calls, 'call')})`
}

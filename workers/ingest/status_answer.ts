import { MINUTE_MS } from '../../shared/base/clock.ts'
import type { Spend } from '../../shared/store/operations/budgets.ts'
import type { JobRow } from '../../shared/store/operations/jobs.ts'
import type { ShopStatus } from '../../shared/store/status.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

/** Which calls a job pays for. */
const PURPOSES: Readonly<Record<string, string>> = { enrich: 'understand', expand: 'expand', profiles: 'profile' }

/** Where a shop's background work stands, as it is answered. */
export function statusAnswer(shop: string, status: ShopStatus, nowMs: number) {
  const { items, waiting, jobs, enrichment, spend, quarantine } = status
  const { live: _live, ...counts } = enrichment
  return {
    shop,
    items,
    waiting,
    jobs: jobs.map((job) => ({
      job: job.job,
      state: job.state,
      due: job.due,
      done: job.done,
      total: job.total,
      started_at: iso(job.startedAtMs),
      finished_at: iso(job.finishedAtMs),
      next_run_at: iso(nextRunMs(job, nowMs)),
      error: job.error,
      cost: { today: costOf(spend.today, job.job), total: costOf(spend.total, job.job) },
      errors: errorsOf(job.job, status),
    })),
    enrichment: {
      ...counts,
      budget: {
        daily: spend.dailyMicro === null ? null : money(spend.dailyMicro),
        spent_today: money(sum(spend.today, 'spentMicro')),
        reserved_today: money(sum(spend.today, 'reservedMicro')),
      },
      quarantine: quarantine.map(({ atMs, ...row }) => ({ ...row, at: iso(atMs) })),
    },
  }
}

/** What waits for a moment runs then; what is due runs with the next cron, on the minute. */
function nextRunMs(job: JobRow, nowMs: number): number | null {
  const nextMinute = Math.ceil((nowMs + 1) / MINUTE_MS) * MINUTE_MS
  if (job.nextRunAtMs !== null) return Math.max(job.nextRunAtMs, nextMinute)
  return job.due || job.state === 'failed' ? nextMinute : null
}

const money = (micro: number) => micro / 1e6
const sum = (spends: readonly Spend[], field: 'spentMicro' | 'reservedMicro') =>
  spends.reduce((total, one) => total + one[field], 0)

function costOf(spends: readonly Spend[], job: string) {
  const own = spends.find((one) => one.purpose === PURPOSES[job])
  return {
    calls: own?.calls ?? 0,
    input_tokens: own?.inputTokens ?? 0,
    output_tokens: own?.outputTokens ?? 0,
    money: money(own?.spentMicro ?? 0),
  }
}

/** What went wrong, by kind; empty where a job has nothing to tell. */
function errorsOf(job: string, { enrichment, quarantined }: ShopStatus): Record<string, number> {
  const held = Object.hasOwn(quarantined, job) ? quarantined[job as keyof typeof quarantined]! : 0
  if (job !== 'enrich') return held === 0 ? {} : { quarantined: held }
  return {
    quarantined: held,
    in_doubt: enrichment.in_doubt,
    rejected_answers: enrichment.rejected,
    flagged: enrichment.flagged,
    dropped_claims: Object.values(enrichment.dropped).reduce((total, claims) => total + claims, 0),
  }
}

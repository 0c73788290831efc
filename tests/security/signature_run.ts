/** Judges a verifier, or the whole door, by deliveries that somebody signed and by those that nobody did. */
import { seededRng } from '../../shared/base/rng.ts'
import { verifyKeys } from '../../shared/ingest/webhooks/verify/secrets.ts'
import { type Signing, verifyDelivery } from '../../shared/ingest/webhooks/verify/verify.ts'
import { createIngestWorker } from '../support/ingest_worker.ts'
import { NOW, SHOP } from '../support/unit_catalogue.ts'
import { type Case, casesOf, SCHEMES } from './signature_cases.ts'

/** What a case came to. */
export type Verdict = 'accepted' | 'refused' | `failed: ${string}`
export type Judge = (one: Case) => Promise<Verdict>

export interface Report {
  cases: number
  forged: number
  /** Forgeries that were let in, by mutation. */
  accepted: Record<string, number>
  /** What was neither accepted nor refused. */
  failed: Record<string, number>
  /** Honest deliveries that were turned away. */
  refusedValid: number
  byMutation: Record<string, number>
  /** The first case that went wrong, to be looked at. */
  example: string | null
}

/** Cases under way together: signatures are computed beside the thread. */
const AT_ONCE = 32

/** Runs the cases of a seed. The same seed gives the same cases. */
export async function judge(verdictOf: Judge, options: { cases: number; seed: number }): Promise<Report> {
  const report: Report = {
    ...{ cases: 0, forged: 0, accepted: {}, failed: {}, refusedValid: 0, byMutation: {}, example: null },
  }
  const count = (table: Record<string, number>, name: string) => {
    table[name] = (table[name] ?? 0) + 1
  }
  const settle = async (batch: readonly Case[]) => {
    const verdicts = await Promise.all(batch.map(verdictOf))
    for (const [index, one] of batch.entries()) note(one, verdicts[index]!)
  }
  const note = (one: Case, verdict: Verdict) => {
    report.cases += 1
    if (one.mutation !== null) {
      report.forged += 1
      count(report.byMutation, one.mutation)
    }
    if (verdict === (one.mutation === null ? 'accepted' : 'refused')) return
    report.example ??= `seed ${options.seed}, case ${report.cases}: ${one.mutation ?? 'unchanged'} ${verdict} ${JSON.stringify(one.headers)}`
    if (verdict === 'accepted') count(report.accepted, one.mutation!)
    else if (verdict === 'refused') report.refusedValid += 1
    else count(report.failed, verdict)
  }
  let batch: Case[] = []
  for (const one of casesOf(seededRng(options.seed), options.cases, NOW)) {
    batch.push(one)
    if (batch.length < AT_ONCE) continue
    await settle(batch)
    batch = []
  }
  await settle(batch)
  return report
}

/** The verifier as it ships. */
export async function verifierJudge(): Promise<Judge> {
  const signings = new Map<string, Signing>()
  for (const { source, kind, secrets, mapping } of SCHEMES)
    signings.set(source, { kind, mapping, keys: await verifyKeys(kind, secrets) })
  return async ({ scheme, headers, body }) => {
    try {
      const accepted = await verifyDelivery(new Headers(headers), body, signings.get(scheme.source)!, NOW)
      return accepted ? 'accepted' : 'refused'
    } catch (error) {
      return `failed: ${String(error)}`
    }
  }
}

/** The whole ingest worker, over databases in process. Accepted is any 2xx; a refusal is a 401 and nothing else. */
export async function workerJudge(): Promise<Judge> {
  const worker = await createIngestWorker()
  for (const { source, kind, secrets, mapping } of SCHEMES) {
    const body = { kind, secrets: [...secrets], ...(mapping === null ? {} : { mapping }) }
    await worker.putSource(source, body)
  }
  return async ({ scheme, headers, body }) => {
    const answer = await worker.fetch(`/webhooks/${scheme.source}/${SHOP}`, { method: 'POST', headers, body })
    await answer.body?.cancel()
    if (answer.status === 401) return 'refused'
    return answer.status === 200 ? 'accepted' : `failed: ${answer.status}`
  }
}

export const isClean = (report: Report): boolean =>
  report.refusedValid === 0 && Object.keys(report.accepted).length === 0 && Object.keys(report.failed).length === 0

/**
 * Forged deliveries against the webhook door: `node tests/security/signatures.ts [--cases N] [--seed S] [--quick]`.
 * Every case goes through the whole ingest worker in process; with --quick through the verifier alone.
 * Exits with 1 when a forgery is let in, an honest delivery is turned away, or anything but 401 and 2xx is answered.
 */
import { parseArgs } from 'node:util'
import { isClean, judge, verifierJudge, workerJudge } from './signature_run.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string' },
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
  },
})
const cases = Number(values.cases ?? (values.quick ? 100_000 : 1_000_000))
const seed = Number(values.seed)
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error('--cases and --seed are whole numbers')
  process.exit(2)
}
const started = performance.now()
const report = await judge(values.quick ? await verifierJudge() : await workerJudge(), { cases, seed })
const seconds = (performance.now() - started) / 1_000
const { accepted, failed, refusedValid, forged, byMutation, example } = report
console.log(
  JSON.stringify(
    {
      ...{ seed, cases: report.cases, forged, mutations: Object.keys(byMutation).length },
      ...{ accepted, failed, refused_valid: refusedValid, example },
      ...{
        through: values.quick ? 'verifier' : 'worker',
        seconds: Math.round(seconds),
        per_second: Math.round(cases / seconds),
      },
    },
    null,
    2,
  ),
)
if (!isClean(report)) process.exitCode = 1

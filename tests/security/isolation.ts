/**
 * Judges whether a byte of one shop is ever met in another.
 * `npm run check:isolation -- [--quick] [--seed 20261122] [--sequences 10000] [--from 0] [--show]`; exits 1 when one is, or when
 * the product without one of its shop predicates passes. `--from 17 --sequences 1` plays sequence 17 again.
 */
import { parseArgs } from 'node:util'
import { MUTANT_NAMES, mutate, tryMutant } from './isolation_mutants.ts'

const { values: flags } = parseArgs({
  options: {
    sequences: { type: 'string' },
    seed: { type: 'string', default: '20261122' },
    from: { type: 'string', default: '0' },
    quick: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    'no-mutants': { type: 'boolean', default: false },
    mutant: { type: 'string' },
  },
})
const FULL = 10_000
const QUICK = 150
const MUTANT_SEQUENCES = 150
const PROGRESS_EVERY = 500

const seed = Number(flags.seed)
const sequences = Number(flags.sequences ?? (flags.quick ? QUICK : FULL))
const from = Number(flags.from)

if (flags.mutant !== undefined) {
  mutate(flags.mutant)
  const { runIsolation } = await import('./isolation_run.ts')
  const { sequences: run, base, failures } = await runIsolation({ seed, sequences, from, first: true, shrinks: 0 })
  const [failure] = failures
  const at = failure === undefined ? null : `${failure.sequence}/${failure.step ?? 'stores'}`
  const caught = base[0] ?? failure?.findings[0] ?? null
  console.log(JSON.stringify({ mutant: flags.mutant, sequences: run, caught, at }))
  process.exitCode = caught === null ? 0 : 1
} else {
  const startedAt = performance.now()
  const { runIsolation, holds } = await import('./isolation_run.ts')
  const progress = (done: number) => {
    if (done % PROGRESS_EVERY === 0) console.error(`${done} of ${sequences} sequences`)
  }
  const report = await runIsolation({ seed, sequences, from, onSequence: progress })
  const minutes = Number(((performance.now() - startedAt) / 60_000).toFixed(1))
  const { failures, base, ...figures } = report
  // Before the mutants: what has taken half an hour is not lost with one of them.
  const unheld = holds(report)
  console.log(JSON.stringify({ seed, minutes, ...figures, failed: unheld }, null, 2))
  const mutants = []
  if (!flags['no-mutants']) for (const name of MUTANT_NAMES) mutants.push(await tryMutant(name, seed, MUTANT_SEQUENCES))
  const passing = mutants.flatMap(({ mutant, caught }) => (caught === null ? [`the product ${mutant} passes`] : []))
  const failed = [...unheld, ...passing]
  console.log(JSON.stringify({ mutants, failed }, null, 2))
  if (flags.show)
    for (const one of [...base, ...failures].slice(0, 20)) console.log(JSON.stringify(one, null, 1).slice(0, 4_000))
  process.exitCode = failed.length === 0 ? 0 : 1
}

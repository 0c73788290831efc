/**
 * Judges whether a compromised language model, fed by hostile items, can do harm.
 * `npm run check:containment -- [--strings 5000] [--seed 20261122] [--quick] [--show]`; exits 1 when a bar is missed or a mutant
 * of the product passes.
 */
import { parseArgs } from 'node:util'
import { MUTANT_NAMES, type Mutant, mutate, tryMutant } from './containment_mutants.ts'

const { values: flags } = parseArgs({
  options: {
    strings: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '20261122' },
    quick: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const seed = Number(flags.seed)
const strings = Number(flags.strings)
const MUTANT_ROUNDS = 150
const QUICK_ROUNDS = 60

if (flags.mutant !== undefined) {
  mutate(flags.mutant as Mutant)
  const { runContainment } = await import('./containment_run.ts')
  const { rounds, findings, rungs, reasons } = await runContainment({
    seed,
    strings,
    rounds: Number(flags.rounds),
    first: true,
  })
  const orders = (rungs.L0 ?? 0) + (rungs.L1 ?? 0)
  const tried = { orders, told: reasons.told }
  console.log(JSON.stringify({ mutant: flags.mutant, rounds, ...tried, caught: findings[0] ?? null }))
  process.exitCode = findings.length > 0 ? 1 : 0
} else {
  const startedAt = performance.now()
  const { runContainment, withstands } = await import('./containment_run.ts')
  const rounds = flags.quick ? QUICK_ROUNDS : flags.rounds === undefined ? undefined : Number(flags.rounds)
  const shipped = await runContainment({ seed, strings, ...(rounds === undefined ? {} : { rounds }) })
  const minutes = (performance.now() - startedAt) / 60_000
  const mutants = []
  for (const name of MUTANT_NAMES) mutants.push(await tryMutant(name, seed, MUTANT_ROUNDS))
  const failures = [
    ...withstands(shipped),
    ...mutants.flatMap(({ mutant, caught, orders, told }) =>
      caught === null ? [`the product ${mutant} passes (${orders} orders and ${told} told reasons were served)`] : [],
    ),
  ]
  const { findings, ...figures } = shipped
  console.log(JSON.stringify({ seed, minutes: Number(minutes.toFixed(1)), ...figures, mutants, failures }, null, 2))
  if (flags.show) for (const { where, dirt, text } of findings.slice(0, 60)) console.log(`${where}: ${dirt}: ${text}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

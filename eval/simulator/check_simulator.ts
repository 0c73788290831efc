/**
 * The closed loop: do simulated shoppers do better with the shipped order?
 *
 *   npm run check:simulator -- [--quick] [--seed N] [--json]
 *
 * Shoppers with hidden tastes visit a made-up shop, see shelves of a policy, choose, and what they did goes back in; every
 * night the shop learns. The shipped order is the product itself, in process: routes' verbs, live store, nightly learning.
 * Every policy meets the same shoppers, the same visits and the same draws. See docs/simulator.md.
 */
import { parseArgs } from 'node:util'
import type { Estimate } from '../metrics/bootstrap.ts'
import { FULL, judge, QUICK, type Report } from './judge/judge.ts'
import { MEASURES, type Measure } from './judge/measures.ts'

export const SEED = 20_261_150

const DIGITS: Record<Measure, number> = { revenue: 0, clickRate: 3, ndcg: 4, coverage: 3, tailShare: 3, diversity: 3 }

const shown = (name: Measure, { value, lo, hi }: Estimate): string => {
  const [own, low, high] = [value, lo, hi].map((number) => number.toFixed(DIGITS[name]))
  return `${name} ${own} [${low}, ${high}]`
}

function linesOf({ config, shoppers, visits, arms, findings, bars }: Report): string[] {
  const table = (told: Record<string, Record<Measure, Estimate>>, label: (name: string) => string) =>
    Object.entries(told).flatMap(([name, own]) => [
      label(name),
      `    ${MEASURES.map((measure) => shown(measure, own[measure])).join('; ')}`,
    ])
  return [
    `${shoppers} shoppers, ${visits} visits, ${config.items} items, ${config.judgedDays} days after ${config.burnInDays}`,
    ...table(arms, (name) => `  ${name}`),
    ...table(findings.paired, (name) => `  shipped less ${name}, paired`),
    ...table(findings.control, (name) => `  shuffled less ${name}, paired`),
    ...table(findings.holdout, (name) => `  treated less holdout: ${name === 'itself' ? 'popularity, itself' : name}`),
    ...Object.entries(findings.probes).map(
      ([name, own]) =>
        `  ${name}: after an event ${own.changed.toFixed(2)} of shelves change, without ${own.unprompted.toFixed(2)}; ` +
        `items of its category ${own.towards >= 0 ? '+' : ''}${own.towards.toFixed(2)}`,
    ),
    ...findings.traits.map(
      ({ trait, behaviour, thirds }) =>
        `  ${behaviour}, by thirds of ${trait}: ${thirds.map((mean) => mean.toFixed(2)).join(', ')}`,
    ),
    ...bars.map(({ name, holds, judged }) => `${holds ? 'holds ' : 'MISSED'} ${name}${judged ? '' : ' (told only)'}`),
  ]
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed ?? SEED)
  const tell = (line: string) => {
    if (!values.json) console.log(line)
  }
  tell(`seed ${seed}`)
  const started = performance.now()
  const report = await judge(values.quick ? QUICK(seed) : FULL(seed), (line) => tell(`  played ${line}`))
  const seconds = (performance.now() - started) / 1_000
  if (values.json) console.log(JSON.stringify({ ...report, seconds }))
  else for (const line of linesOf(report)) console.log(line)
  tell(`${seconds.toFixed(0)} s`)
  if (report.bars.some(({ holds, judged }) => judged && !holds)) process.exitCode = 1
}

if (process.argv[1] === import.meta.filename) await main()

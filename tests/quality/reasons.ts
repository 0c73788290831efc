/**
 * Judges the check of told reasons by a model that lies in one claim of three and by a faithful one.
 * `npm run check:reasons -- [--reasons 10000] [--seed 20261122] [--quick] [--show]`; exits 1 when a bar is missed.
 */
import { parseArgs } from 'node:util'
import {
  keptReasons,
  passesBar,
  type ReasonTally,
  servedOverHttp,
  tallyReasons,
  writtenReasons,
} from './reason_suite.ts'

const { values: flags } = parseArgs({
  options: {
    reasons: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '20261122' },
    quick: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
  },
})
const seed = Number(flags.seed)
/** About ten reasons a shelf, and a third of them with a lie at least. */
const shelves = Math.ceil((flags.quick ? 1_200 : Number(flags.reasons)) / 4)
const HTTP_SHELVES = flags.quick ? 12 : 120

const startedAt = performance.now()
const liar = tallyReasons(writtenReasons(shelves, seed, 'liar'))
const seconds = (performance.now() - startedAt) / 1_000
const faithful = tallyReasons(writtenReasons(Math.ceil(shelves / 4), seed, 'honest'))
const few = Math.ceil(shelves / 8)
const without = (...names: Parameters<typeof tallyReasons>[1] extends ReadonlySet<infer T> | undefined ? T[] : never) =>
  tallyReasons(writtenReasons(few, seed, 'liar'), new Set(names))
const controls = {
  'without numbers': without('numbers'),
  'without the closed vocabulary': without('words'),
  'without causes': without('cause'),
  'without form': without('form'),
  'without one fact a clause': without('clauses'),
}
const overHttp = {
  liar: await servedOverHttp(HTTP_SHELVES, seed, 'liar'),
  honest: await servedOverHttp(HTTP_SHELVES, seed, 'honest'),
}

const figures = (own: ReasonTally) => ({
  reasons: own.reasons,
  lying: own.lying,
  servedFalse: own.servedFalse.length,
  truthful: own.truthful,
  kept: Number(keptReasons(own).toFixed(4)),
})
const failures = [
  ...(passesBar(liar) ? [] : ['the liar: a lie is served, or too much truth is lost']),
  ...(passesBar(faithful) ? [] : ['the faithful model is served too little']),
  ...Object.entries(controls).flatMap(([name, own]) =>
    own.servedFalse.length > 0 ? [] : [`the control ${name} passes`],
  ),
  ...Object.entries(overHttp).flatMap(([name, own]) => [
    ...(own.servedFalse.length > 0 ? [`${name}: served false over HTTP`] : []),
    ...(own.callsAgain > 0 || own.sameAgain !== own.served ? [`${name}: equal evidence was asked for again`] : []),
  ]),
]
const report = {
  seed,
  secondsForLies: Number(seconds.toFixed(1)),
  liar: figures(liar),
  faithful: figures(faithful),
  controls: Object.fromEntries(Object.entries(controls).map(([name, own]) => [name, figures(own)])),
  overHttp,
  kinds: Object.fromEntries([...liar.kinds].sort()),
  failures,
}
console.log(JSON.stringify(report, null, 2))
if (flags.show) {
  for (const { locale, sentences, lies } of liar.servedFalse.slice(0, 40))
    console.log('FALSE', locale, lies.map(({ kind }) => kind).join(), JSON.stringify(sentences))
  for (const { locale, sentences, fault } of [...faithful.lost, ...liar.lost].slice(0, 40))
    console.log('LOST', locale, fault, JSON.stringify(sentences))
}
process.exitCode = failures.length === 0 ? 0 : 1

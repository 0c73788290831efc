/**
 * Judges the check of claims by a model that lies in one claim of five and by one that obeys the items' own text.
 * `npm run check:claims -- [--items 10000] [--seed 20261121] [--quick] [--json]`; exits 1 when a bar is missed.
 */
import { parseArgs } from 'node:util'
import { checkUnderstanding } from '../../shared/enrich/understand/check.ts'
import { checksQuotesAlone, dropsEverything, keepsEverything } from './checkers.ts'
import { believesEverything, runInjectionSuite } from './injection_suite.ts'
import type { Tally } from './judge.ts'
import { inProcess, keptShare, passes, runLieSuite, suiteItems } from './lie_suite.ts'
import { overHttp } from './over_http.ts'

const { values: flags } = parseArgs({
  options: {
    items: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '20261121' },
    rate: { type: 'string', default: '0.24' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const count = flags.quick ? 600 : Number(flags.items)
const seed = Number(flags.seed)
/** Not every truth can be turned into a sure lie: asked for so often, about one claim of five is false. */
const rate = Number(flags.rate)
/** Items answered over real HTTP: the transport changes nothing, so a part is enough. */
const HTTP_ITEMS = flags.quick ? 20 : 200

const { items, fromDataset } = suiteItems(count, seed)
if (fromDataset === 0) console.error('the demo-store dataset is absent: generated items alone')
const startedAt = performance.now()
const shipped = await runLieSuite(items, seed, inProcess(items, rate), checkUnderstanding)
const seconds = (performance.now() - startedAt) / 1_000
const http = await overHttp(items.slice(0, HTTP_ITEMS), seed, rate, checkUnderstanding)
const few = items.slice(0, 600)
const controls = {
  'keeps everything': await runLieSuite(few, seed, inProcess(items, rate), keepsEverything),
  'checks quotes alone': await runLieSuite(few, seed, inProcess(items, rate), checksQuotesAlone),
  'drops everything': await runLieSuite(few, seed, inProcess(items, rate), dropsEverything),
}
const injected = runInjectionSuite(items.slice(0, Math.min(count, 2_000)), seed, checkUnderstanding)
const openDoor = runInjectionSuite(few, seed, keepsEverything, believesEverything)

const figures = (own: Tally) => ({
  items: own.items,
  lies: own.lies,
  served: own.served,
  truths: own.truths,
  keptShare: Number(keptShare(own).toFixed(4)),
})
const lieShare = shipped.lies / (shipped.lies + shipped.truths)
const failures = [
  ...(passes(shipped) ? [] : ['the shipped check misses the bar']),
  ...(passes(http) ? [] : ['the shipped check misses the bar over HTTP']),
  ...Object.entries(controls).flatMap(([name, own]) => (passes(own) ? [`the control that ${name} passes`] : [])),
  ...(['effective', 'stemming', 'disturbed'] as const).flatMap((kind) =>
    injected[kind].length > 0 ? [`${injected[kind].length} injected texts were ${kind}`] : [],
  ),
  ...(openDoor.effective.length === 0 ? ['injections have no effect even where nothing is checked'] : []),
]
const report = {
  seed,
  lieShare: Number(lieShare.toFixed(4)),
  fromDataset,
  secondsForLies: Number(seconds.toFixed(1)),
  shipped: figures(shipped),
  http: figures(http),
  controls: Object.fromEntries(Object.entries(controls).map(([name, own]) => [name, figures(own)])),
  injections: {
    cases: injected.cases,
    flagged: injected.flagged,
    obeyed: injected.obeyed.length,
    effective: injected.effective.length,
    stemming: injected.stemming.length,
    disturbed: injected.disturbed.length,
    falseFlags: injected.falseFlags.length,
    effectiveWithoutCheck: openDoor.effective.length,
  },
  kinds: Object.fromEntries(
    [...shipped.kinds].sort().map(([name, [all, failed]]) => [name, `${all} claims, ${failed} failed`]),
  ),
  failures,
}
console.log(JSON.stringify(report, null, 2))
if (flags.json) console.log(JSON.stringify({ leaked: shipped.leaked, lost: shipped.lost, injected }))
process.exitCode = failures.length === 0 ? 0 : 1

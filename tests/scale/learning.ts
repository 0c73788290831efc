/**
 * What learning takes, that it survives being killed, and how it grows.
 * `npm run check:learning -- [--dataset DIR] [--quick] [--only shop|growth] [--kills 10] [--seed N]`
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { TIERS } from '../../shared/learn/limits.ts'
import { datasetShop, type ShopData } from '../support/shops.ts'
import { loadShop, openDiskWorld } from './learning/disk_world.ts'
import { cpuOf, exponent, learnSteps, peakOf, synthetic } from './learning/growth.ts'
import { killLearning, learnUndisturbed } from './learning/kills.ts'
import type { StepFigures } from './learning/sampler.ts'
import { syntheticShop } from './learning/synthetic.ts'

const { values } = parseArgs({
  options: {
    dataset: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const seed = Number(values.seed)
const quick = values.quick
const kills = Number(values.kills ?? (quick ? 2 : 10))

/** What learning of a shop may take in all, and in any step. */
const CPU_SECONDS_MAX = 90
const PEAK_MB_MAX = 110
const EXPONENT_MAX = 1.15
/** Events and items of the synthetic shops. */
const SIZES = quick
  ? ([
      [8_000, 300],
      [80_000, 900],
    ] as const)
  : ([
      [400_000, 2_000],
      [4_000_000, 6_000],
      [40_000_000, 15_000],
    ] as const)

const findings: string[] = []
const say = (line: string) => console.log(line)
const must = (holds: boolean, what: string) => {
  say(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
  if (!holds) findings.push(what)
}

function table(figures: Record<string, StepFigures>): void {
  for (const [step, { cpuSeconds, peakMb, buffersMb }] of Object.entries(figures))
    say(
      `     ${step.padEnd(24)} ${cpuSeconds.toFixed(2).padStart(8)} s ${peakMb.toFixed(0).padStart(5)} MB, of it buffers ${buffersMb.toFixed(0)}`,
    )
}

async function onDisk(folder: string, data: ShopData): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const world = await openDiskWorld(folder, systemClock)
  await loadShop(world, data)
  world.close()
}

async function checkOneShop(root: string): Promise<void> {
  const given = values.dataset === undefined ? null : datasetShop(values.dataset)
  if (values.dataset !== undefined && given === null) throw new Error(`there is no data set in ${values.dataset}`)
  const data =
    given ?? syntheticShop({ shop: 'synthetic', events: quick ? 10_000 : 40_000, items: quick ? 300 : 800, seed })
  say(`\n${data.shop}: ${data.items.length} items, ${data.events.length} events`)
  const pristine = join(root, 'shop')
  await onDisk(pristine, data)
  const undisturbed = join(root, 'undisturbed')
  cpSync(pristine, undisturbed, { recursive: true })
  const learned = await learnUndisturbed(undisturbed, data.shop)
  table(learned.figures)
  const [cpu, peak] = [cpuOf(learned.figures), peakOf(learned.figures)]
  must(cpu <= CPU_SECONDS_MAX, `${cpu.toFixed(1)} s of CPU, ${CPU_SECONDS_MAX} allowed`)
  must(peak <= PEAK_MB_MAX, `${peak.toFixed(0)} MB in the largest step, ${PEAK_MB_MAX} allowed`)
  const rng = seededRng(seed)
  const options = { pristine, shop: data.shop, kills, rng }
  const killed = await killLearning({ ...options, hasty: false }, learned)
  must(
    killed.findings.length === 0 && killed.kills === kills,
    `${killed.kills} kills in ${killed.rounds} learnings: the same rows and artefacts, no step begun again ${killed.findings.slice(0, 3).join('; ')}`,
  )
  const control = await killLearning({ ...options, kills: 4 * kills + 8, hasty: true }, learned)
  must(control.findings.length > 0, `control: a runner that notes a step before its objects are there is found out`)
}

async function checkGrowth(root: string): Promise<void> {
  const runs: Array<{ events: number; figures: Record<string, StepFigures> }> = []
  for (const [at, [events, items]] of SIZES.entries()) {
    const folder = synthetic(root, events, items, seed)
    const small = events <= TIERS[0].events
    const { figures, manifest } = await learnSteps(folder, small ? 0 : 1)
    say(`\n${events} events, ${items} items, tier ${small ? 0 : 1}: ${cpuOf(figures).toFixed(1)} s of CPU`)
    table(figures)
    runs.push({ events, figures })
    const peak = peakOf(figures)
    if (small) must(peak <= PEAK_MB_MAX, `${peak.toFixed(0)} MB in the largest step, ${PEAK_MB_MAX} allowed`)
    if (at === 0) {
      const other = await learnSteps(folder, 1)
      must(JSON.stringify(other.manifest) === JSON.stringify(manifest), 'tiers 0 and 1 make identical artefacts')
    }
    if (!small) {
      const { refused } = await learnSteps(folder, 0)
      must(refused?.includes('tier 1') ?? false, `tier 0 refuses: ${refused}`)
    }
    rmSync(folder, { recursive: true })
  }
  const steps = Object.keys(runs[0]!.figures)
  say('')
  for (const step of steps) {
    const slope = exponent(runs.map(({ events, figures }) => [events, figures[step]!.cpuSeconds]))
    say(`     ${step.padEnd(24)} CPU ~ events ^ ${slope.toFixed(2)}`)
  }
  const slope = exponent(runs.map(({ events, figures }) => [events, cpuOf(figures)]))
  must(slope <= EXPONENT_MAX, `CPU of all steps ~ events ^ ${slope.toFixed(2)}, ${EXPONENT_MAX} allowed`)
}

say(`seed ${seed}`)
const root = mkdtempSync(join(tmpdir(), 'learning-'))
try {
  if (values.only !== 'growth') await checkOneShop(root)
  if (values.only !== 'shop') await checkGrowth(root)
} finally {
  rmSync(root, { recursive: true, force: true })
}
say(findings.length === 0 ? '\nall as it should be' : `\n${findings.length} findings`)
process.exitCode = findings.length === 0 ? 0 : 1

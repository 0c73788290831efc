import type { Arm } from './arm.ts'
import { type Bar, barsOf, type Findings } from './bars.ts'
import { itemKnnArm, popularityArm, randomArm } from './baselines.ts'
import { difference, type Resampled, resample, sides, type Told, told } from './compare.ts'
import { ShelfMeter, type ShopperLog } from './measures.ts'
import { type Logs, playArm } from './play.ts'
import { probe } from './probe.ts'
import { type ShippedArm, shippedArm, shuffledArm, splitArm } from './shipped.ts'
import { type Past, playPast, type Stage, type StageConfig, setStage } from './stage.ts'
import { traitsOf } from './traits.ts'

export interface JudgeConfig extends StageConfig {
  quick: boolean
  resamples: number
  probed: number
}

/** @param seed of everything that is drawn */
export const FULL = (seed: number): JudgeConfig => ({
  seed,
  items: 800,
  holdoutShoppers: 300,
  burnInDays: 40,
  judgedDays: 10,
  medianSessions: 9,
  quick: false,
  resamples: 500,
  probed: 100,
})

/** Enough to see that everything works, and that what must differ much does. */
export const QUICK = (seed: number): JudgeConfig => ({
  ...FULL(seed),
  items: 240,
  holdoutShoppers: 60,
  burnInDays: 20,
  judgedDays: 3,
  quick: true,
  resamples: 200,
  probed: 30,
})

export interface Report {
  config: JudgeConfig
  shoppers: number
  visits: number
  arms: Record<string, Told>
  findings: Findings
  bars: Bar[]
}

type Resampling = (logs: Iterable<ShopperLog>, salt?: number) => Resampled

interface Played {
  arm: Arm
  logs: Logs
  resampled: Resampled
}

/** Plays every policy on the same shoppers and says what came of it. @param progress told of each policy as it ends */
export async function judge(config: JudgeConfig, progress: (line: string) => void): Promise<Report> {
  const stage = setStage(config)
  const meter = new ShelfMeter(stage.model, playPast(stage).events)
  const { catalogue } = stage.world
  const resampling: Resampling = (logs, salt = 0) => resample(logs, meter.items, config.seed + salt, config.resamples)
  const play = async (make: (past: Past) => Arm | Promise<Arm>): Promise<Played> => {
    const past = playPast(stage)
    const arm = await make(past)
    const logs = await playArm(stage, arm, past, meter)
    progress(`${arm.name}: ${[...logs.values()].reduce((sum, log) => sum + log.shelves, 0)} shelves`)
    return { arm, logs, resampled: resampling(logs.values()) }
  }
  const random = await play(() => randomArm(catalogue, config.seed))
  const popularity = await play(({ events }) => popularityArm(catalogue, events))
  const knn = await play(({ events }) => itemKnnArm(catalogue, events))
  const shipped = await play(({ events }) => shippedArm(stage, events))
  const probes: Findings['probes'] = {}
  for (const { arm } of [random, popularity, knn, shipped]) probes[arm.name] = await probe(stage, arm, config.probed)
  const shuffled = await play(({ events }) => shuffledArm(stage, events, config.seed))
  const baselines = [random, popularity, knn]
  const against = (own: Played) =>
    Object.fromEntries(baselines.map(({ arm, resampled }) => [arm.name, difference(own.resampled, resampled)]))
  const findings: Findings = {
    probes,
    paired: against(shipped),
    control: against(shuffled),
    holdout: config.quick ? {} : await judgedByHoldout(stage, play, resampling, shipped, popularity),
    traits: traitsOf(stage.world.shoppers, shipped.logs),
  }
  const all = [...baselines, shipped, shuffled]
  return {
    config,
    shoppers: stage.world.shoppers.length,
    visits: stage.visits.length,
    arms: Object.fromEntries(all.map(({ arm, resampled }) => [arm.name, told(resampled)])),
    findings,
    bars: barsOf(findings, config.quick),
  }
}

/** The shipped order for most and a baseline for the holdout, in one shop each; `itself` has popularity on both sides. */
async function judgedByHoldout(
  stage: Stage,
  play: (make: (past: Past) => Promise<Arm>) => Promise<Played>,
  resampling: Resampling,
  shipped: Played,
  popularity: Played,
): Promise<Findings['holdout']> {
  const { catalogue } = stage.world
  const between = ({ logs }: Played, held: ReadonlyMap<string, boolean>) => {
    const { treated, holdout } = sides(logs, held)
    // Other draws: the sides are other shoppers, and not paired.
    return difference(resampling(treated), resampling(holdout, 1))
  }
  const split = async (baseline: (past: Past) => Arm) => {
    const played = await play(async (past) => splitArm(await shippedArm(stage, past.events), baseline(past)))
    return between(played, (played.arm as ShippedArm).held)
  }
  return {
    popularity: await split(({ events }) => popularityArm(catalogue, events)),
    random: await split(() => randomArm(catalogue, stage.config.seed)),
    itself: between(popularity, (shipped.arm as ShippedArm).held),
  }
}

import { describe, expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { SEED } from '../check_simulator.ts'
import type { Arm } from './arm.ts'
import { broader, earns, responds } from './bars.ts'
import { itemKnnArm, popularityArm, randomArm } from './baselines.ts'
import { difference, resample, sides } from './compare.ts'
import { judge, QUICK } from './judge.ts'
import { ShelfMeter } from './measures.ts'
import { type Logs, playArm } from './play.ts'
import { probe } from './probe.ts'
import { shippedArm } from './shipped.ts'
import { type Past, playPast, type Stage, setStage } from './stage.ts'
import { rises, traitsOf } from './traits.ts'

const QUICK_MS = 180_000
const small = () => setStage({ ...QUICK(SEED), items: 120, holdoutShoppers: 12, judgedDays: 2 })

async function played(stage: Stage, make: (past: Past) => Arm | Promise<Arm>): Promise<{ arm: Arm; logs: Logs }> {
  const past = playPast(stage)
  const arm = await make(past)
  return { arm, logs: await playArm(stage, arm, past, new ShelfMeter(stage.model, playPast(stage).events)) }
}

test(
  `the closed loop, quick form (seed ${SEED})`,
  async () => {
    const report = await judge(QUICK(SEED), () => {})
    expect(report.bars.filter(({ judged, holds }) => judged && !holds)).toEqual([])
    expect(report.bars.filter(({ judged }) => judged).length).toBeGreaterThanOrEqual(4)
    const { popularity, random } = report.findings.paired
    expect(random!.clickRate.lo).toBeGreaterThan(0)
    expect(popularity!.clickRate.lo).toBeGreaterThan(0)
    // Control: the same candidates in an order by chance do not please more than bestsellers do.
    expect(report.findings.control.popularity!.clickRate.lo).toBeLessThanOrEqual(0)
  },
  QUICK_MS,
)

test('the same seed plays the same, in the product as well', async () => {
  const run = async () => [...(await played(small(), ({ events }) => shippedArm(small(), events))).logs]
  expect(await run()).toEqual(await run())
})

describe('common random numbers', () => {
  test('every policy meets the same shoppers, visits and lengths of visits', async () => {
    const stage = small()
    const pages = async (make: (past: Past) => Arm) =>
      [...(await played(stage, make)).logs].map(([shopper, log]) => [shopper, log.sessions, log.shelves])
    const random = await pages(() => randomArm(stage.world.catalogue, 1))
    expect(await pages(({ events }) => popularityArm(stage.world.catalogue, events))).toEqual(random)
  })

  test('and the same draws: a policy against itself differs in nothing, against another seed of chance it does', async () => {
    const stage = small()
    const logs = async (seed: number) => (await played(stage, () => randomArm(stage.world.catalogue, seed))).logs
    const [once, again, other] = [await logs(1), await logs(1), await logs(2)]
    expect([...again]).toEqual([...once])
    expect([...other]).not.toEqual([...once])
  })
})

test('the holdout is one of two equal sides, told by the product', async () => {
  const stage = small()
  const { arm, logs } = await played(stage, ({ events }) => shippedArm(stage, events))
  const { treated, holdout } = sides(logs, (arm as Awaited<ReturnType<typeof shippedArm>>).held)
  expect(treated.length).toBeGreaterThan(3)
  expect(holdout.length).toBeGreaterThan(3)
  expect(stage.world.shoppers).toHaveLength(24)
})

test('item-kNN learns from what it is told, popularity only overnight', async () => {
  const stage = small()
  const { events } = playPast(stage)
  const knn = await probe(stage, itemKnnArm(stage.world.catalogue, events), 20)
  const popularity = await probe(stage, popularityArm(stage.world.catalogue, events), 20)
  expect(knn.changed).toBeGreaterThan(0.4)
  expect(popularity).toEqual({ shoppers: 20, changed: 0, unprompted: 0, towards: 0 })
  expect(responds(popularity)).toBe(false)
})

test('hidden traits show; control: not when shoppers are mistaken for others', async () => {
  const stage = setStage({ ...QUICK(SEED), items: 120, holdoutShoppers: 200, burnInDays: 4, judgedDays: 8 })
  const { logs } = await played(stage, ({ events }) => popularityArm(stage.world.catalogue, events))
  expect(traitsOf(stage.world.shoppers, logs).map(rises)).toEqual([true, true])
  const shuffled = seededRng(SEED).shuffle([...logs.values()])
  const mistaken = new Map([...logs.keys()].map((shopper, index) => [shopper, shuffled[index]!]))
  expect(traitsOf(stage.world.shoppers, mistaken).every(rises)).toBe(false)
})

test('the bars tell policies apart, and a policy from itself they do not', async () => {
  const stage = setStage({ ...QUICK(SEED), items: 120, holdoutShoppers: 120 })
  const { catalogue } = stage.world
  const resampled = async (make: (past: Past) => Arm) =>
    resample((await played(stage, make)).logs.values(), catalogue.items.length, SEED, 200)
  const random = await resampled(() => randomArm(catalogue, 1))
  const popularity = await resampled(({ events }) => popularityArm(catalogue, events))
  const knn = await resampled(({ events }) => itemKnnArm(catalogue, events))
  const against = (own: typeof random) => ({ popularity: difference(own, popularity), random: difference(own, random) })
  expect([popularity, random].map((own) => earns(against(own)))).toEqual([false, false])
  expect(against(popularity).random.revenue.lo).toBeGreaterThan(0)
  // Breadth alone does not pass, nor does a good order alone, nor equality.
  expect([random, popularity, knn].map((own) => broader(difference(own, knn)))).toEqual([false, false, false])
  expect(difference(random, knn).coverage.lo).toBeGreaterThan(0)
})

import { expect, test } from 'vitest'
import { total, utilityOf } from '../choice.ts'
import { Memory } from '../memory.ts'
import type { ShelfContext } from '../types.ts'
import { eligible } from './arm.ts'
import { QUICK } from './judge.ts'
import { measure, nextChoiceNdcg, ShelfMeter } from './measures.ts'
import { playPast, setStage } from './stage.ts'

const stage = setStage({ ...QUICK(20_261_151), items: 60, holdoutShoppers: 4 })
const { catalogue } = stage.world
const shopper = stage.world.shoppers[0]!
const context: ShelfContext = {
  shopper: shopper.id,
  sessionId: 's',
  market: 'GB',
  placement: 'home',
  atMs: stage.endMs,
  limit: 8,
  recentItemIds: [],
  cartItemIds: [],
}
const memory = new Memory()
const byUtility = eligible(catalogue, context)
  .map((item) => ({ id: item.id, worth: total(utilityOf(stage.model, shopper, item, memory, context.atMs)) }))
  .sort((a, b) => b.worth - a.worth)
  .map(({ id }) => id)
const ndcg = (ids: readonly string[]) => nextChoiceNdcg(stage.model, shopper, memory, context, ids)

test('no order of the next choice is better than that of the hidden utilities, the reverse is worse', () => {
  const best = ndcg(byUtility)
  expect(best).toBeLessThan(1)
  expect(ndcg(byUtility.slice(0, 8))).toBeLessThan(best)
  expect(ndcg(byUtility.toReversed())).toBeLessThan(best)
  expect(ndcg([byUtility[1]!, byUtility[0]!, ...byUtility.slice(2)])).toBeLessThan(best)
  expect(ndcg([])).toBe(0)
})

test('coverage is that of a thousand shelves, whatever their number; the head is a fifth', () => {
  const meter = new ShelfMeter(stage.model, playPast(stage).events)
  const shelves = (count: number) => {
    const log = meter.blank()
    for (let at = 0; at < count; at++) meter.shelf(log, [catalogue.items[at % 30]!.id, catalogue.items[30]!.id])
    return log
  }
  const covered = (count: number) => measure([shelves(count)], [1], meter.items).coverage
  expect(covered(9_000)).toBeCloseTo(31 / 60, 3)
  expect(covered(18_000)).toBeCloseTo(covered(9_000), 12)
  const all = meter.blank()
  for (const { id } of catalogue.items) meter.shelf(all, [id])
  expect(measure([all], [1], meter.items).tailShare).toBeCloseTo(0.8)
})

test('a shopper who is drawn twice counts twice', () => {
  const meter = new ShelfMeter(stage.model, [])
  const [rich, poor] = [1_000, 0].map((revenueMinor) => ({ ...meter.blank(), shelves: 2, revenueMinor }))
  expect(measure([rich!, poor!], [1, 1], meter.items).revenue).toBe(250_000)
  expect(measure([rich!, poor!], [3, 1], meter.items).revenue).toBe(375_000)
  expect(measure([rich!, poor!], [0, 0], meter.items).revenue).toBe(0)
})

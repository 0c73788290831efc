import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { DAY, interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { HOUR_MS } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { DAY_PARTS, decodeItemStats, type ItemStats, LIFT_UNITS, TIME_SCENES } from '../domain/item_stats.ts'
import { sceneFeature, sceneFeatures, sceneOf } from '../rank/scene.ts'
import { itemStatsLearner } from './item_stats.ts'
import { scenesLearner } from './scenes.ts'
import { marketsLearner } from './scenes_markets.ts'

const SEED = 20_261_122
const BREAKFAST = ['porridge', 'muesli', 'croissant']
const DINNER = ['pasta', 'wine', 'soup']
const ALL_DAY = ['battery', 'soap', 'paper']
/** Hours that a market is ahead of UTC, and of how many shoppers it has. */
const MARKETS = { DE: [1, 600], JP: [9, 600] } as const

interface Planted {
  hour: (usual: number, rng: ReturnType<typeof seededRng>) => number
}

/** Shoppers of two markets at their breakfast, in the afternoon and at dinner, on any day of four hundred. */
function planted({ hour }: Planted = { hour: (usual) => usual }): Interaction[] {
  const rng = seededRng(SEED)
  const rows: Interaction[] = []
  for (const [market, [ahead, shoppers]] of Object.entries(MARKETS)) {
    for (let n = 0; n < shoppers; n++) {
      const day = NOW - rng.int(400) * DAY
      const buy = (item: string, usual: number) => {
        const local = hour(usual + rng.next() * 2 - 1, rng)
        rows.push(interaction({ item, shopper: `${market}${n}`, market, atMs: day + (local - ahead) * HOUR_MS }))
      }
      buy(rng.pick(BREAKFAST), 8)
      buy(rng.pick(DINNER), 20)
      buy(rng.pick(ALL_DAY), 6 + rng.int(18))
    }
  }
  return rows
}

const LEARNERS = [marketsLearner, scenesLearner, itemStatsLearner]
async function statsOf(rows: readonly Interaction[]): Promise<ItemStats> {
  const [row] = (await learned(LEARNERS, rows)).item_stats!
  return decodeItemStats(JSON.stringify(row![1]))
}

/** How far breakfast is ahead of dinner at an hour of the market's own clock. */
function lead(stats: ItemStats, market: keyof typeof MARKETS, localHour: number): number {
  const scene = sceneOf(stats, { atMs: NOW + (localHour - MARKETS[market][0]) * HOUR_MS, market })
  const mean = (items: readonly string[]) =>
    items.reduce((sum, item) => sum + sceneFeature(stats, stats.of(item), scene), 0) / items.length
  return mean(BREAKFAST) - mean(DINNER)
}

test('breakfast comes first at eight and not at eight in the evening, by the clock of each market', async () => {
  const stats = await statsOf(planted())
  for (const market of ['DE', 'JP'] as const) {
    expect(lead(stats, market, 8)).toBeGreaterThan(1)
    expect(lead(stats, market, 20)).toBeLessThan(-1)
  }
  const shift = (market: string) => stats.shifts[stats.marketOf(market)]!
  expect(shift('JP') - shift('DE')).toBeCloseTo(8, 0)
})

test('control: one clock for the world has the morning of one market in the evening of another', async () => {
  const stats = await statsOf(planted())
  const worldwide = new Proxy(stats, {
    get: (own, name) =>
      name === 'shifts' ? own.shifts.map(() => stats.shifts[stats.marketOf('DE')]!) : Reflect.get(own, name, own),
  })
  expect(lead(worldwide, 'DE', 8)).toBeGreaterThan(1)
  expect(lead(worldwide, 'JP', 8)).toBeLessThan(0.5)
})

test('control: where hours say nothing, nothing is lifted', async () => {
  const stats = await statsOf(planted({ hour: (_usual, rng) => rng.next() * 24 }))
  const lifts = Array.from(stats.lifts, (lift, at) =>
    at % (TIME_SCENES + stats.markets.length) < DAY_PARTS ? lift : 0,
  )
  expect(Math.max(...lifts.map(Math.abs)) / LIFT_UNITS).toBeLessThan(0.35)
  for (const hour of [8, 20]) expect(Math.abs(lead(stats, 'DE', hour))).toBeLessThan(0.3)
})

test('weekends, quarters and markets', async () => {
  const rng = seededRng(SEED)
  // 2026-01-01 is a Thursday.
  const rows = Array.from({ length: 3_000 }, (_, n) => {
    const day = rng.int(500)
    const atMs = NOW - day * DAY + 13 * HOUR_MS
    const weekend = [0, 6].includes(new Date(atMs).getUTCDay())
    const summer = [6, 7, 8].includes(new Date(atMs).getUTCMonth())
    const item = n % 3 === 0 ? 'anything' : weekend ? 'bread rolls' : summer ? 'ice' : 'stapler'
    return interaction({ item, shopper: `u:${n}`, market: item === 'ice' || n % 9 === 0 ? 'IT' : 'DE', atMs })
  })
  const stats = await statsOf(rows)
  const at = (day: string, market = 'FR') => sceneOf(stats, { atMs: Date.parse(`${day}T12:00Z`), market })
  const [saturday, tuesday, july] = [at('2026-02-07'), at('2026-02-03'), at('2026-07-07')]
  const lift = (item: string, scene: typeof july) => sceneFeature(stats, stats.of(item), scene)
  expect(lift('bread rolls', saturday) - lift('bread rolls', tuesday)).toBeGreaterThan(1)
  expect(lift('ice', july) - lift('ice', tuesday)).toBeGreaterThan(1)
  expect(lift('ice', at('2026-02-03', 'IT')) - lift('ice', at('2026-02-03', 'DE'))).toBeGreaterThan(1)
  expect(Math.abs(lift('anything', saturday) - lift('anything', tuesday))).toBeLessThan(0.3)
})

test('a quarter of a shop younger than a year says nothing', async () => {
  const rows = planted().filter((row) => row.atMs > NOW - 300 * DAY)
  const stats = await statsOf(rows)
  const width = TIME_SCENES + stats.markets.length
  for (let row = 0; row < stats.ids.length; row++)
    expect([...stats.lifts.subarray(row * width + 6, row * width + TIME_SCENES)]).toEqual([0, 0, 0, 0])
})

test('an item of few events follows its category, and one of many itself', async () => {
  const rows = [...planted(), interaction({ item: 'granola', shopper: 'x', atMs: NOW + 12 * HOUR_MS })]
  const stats = await statsOf(rows)
  const scene = sceneOf(stats, { atMs: NOW + 7 * HOUR_MS, market: 'DE' })
  const items = [...BREAKFAST, 'granola', 'never seen'].map((id) => ({ id, leaf: 'Breakfast' }))
  const own = items.map(({ id }) => sceneFeature(stats, stats.of(id), scene))
  const joined = sceneFeatures(stats, [...items, { id: 'never seen', leaf: null }], scene)
  expect(Math.abs(own[3]!)).toBeLessThan(0.2)
  expect(joined[3]!).toBeGreaterThan(0.4)
  expect(joined[4]!).toBeGreaterThan(0.4)
  expect(joined[5]).toBe(0)
  expect(joined[0]! - own[0]!).toBeLessThan(0.3)
})

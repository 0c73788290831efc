import { HOUR_MS } from '../base/clock.ts'
import { DAY_PARTS, type ItemStats, LIFT_UNITS, TIME_SCENES, WEEK_PARTS } from '../domain/item_stats.ts'
import { dayPartsAround, quarterAt, weekPartAt } from '../domain/scene.ts'

/** Columns of an item's lifts that are of the moment, each with its share. */
export type Scene = ReadonlyArray<readonly [column: number, share: number]>

/**
 * The moment as the market lives it: its own part of the day (between two parts both count), week or weekend, quarter,
 * and the market itself. Once a request; nothing is asked of anybody.
 */
export function sceneOf(stats: ItemStats, { atMs, market }: { atMs: number; market: string }): Scene {
  const number = stats.marketOf(market)
  const localMs = atMs + (stats.shifts[number] ?? 0) * HOUR_MS
  const [part, next, share] = dayPartsAround(localMs)
  const scene: Array<readonly [number, number]> = [
    [part, 1 - share],
    [next, share],
    [DAY_PARTS + weekPartAt(localMs), 1],
    [DAY_PARTS + WEEK_PARTS + quarterAt(localMs), 1],
  ]
  if (number < stats.markets.length) scene.push([TIME_SCENES + number, 1])
  return scene
}

/**
 * How much more an item is wanted in this scene than at large: the sum of its log-lifts.
 * @param row of the statistics; -1, an item without events, is 0
 */
export function sceneFeature(stats: ItemStats, row: number, scene: Scene): number {
  if (row === -1) return 0
  const first = row * (TIME_SCENES + stats.markets.length)
  let sum = 0
  for (const [column, share] of scene) sum += share * stats.lifts[first + column]!
  return sum / LIFT_UNITS
}

/** Wishes that an item's own lift weighs as much with as its category's: those of shared/learn/scenes.ts. */
const WISHES_OF_THE_SHOP = 30
/** Items of a category that it takes for a lift of its own. */
const ITEMS_OF_THE_SHOP = 1

/**
 * The same for a list, where an item of few events follows its category: to its own lift, which was pulled towards the
 * shop's, comes what the category's items have among themselves, as much as its own events fall short.
 * @param items `leaf`: the particular category; null: none
 */
export function sceneFeatures(
  stats: ItemStats,
  items: ReadonlyArray<{ id: string; leaf: string | null }>,
  scene: Scene,
): Float64Array {
  const rows = Int32Array.from(items, ({ id }) => stats.of(id))
  const lifts = Float64Array.from(rows, (row) => sceneFeature(stats, row, scene))
  const known = Float64Array.from(rows, (row) => {
    if (row === -1) return 0
    const wishes = Math.max(0, Math.exp(stats.value('all', row)) - 0.5)
    return wishes / (wishes + WISHES_OF_THE_SHOP)
  })
  const categories = new Map<string, { lift: number; known: number }>()
  for (const [at, { leaf }] of items.entries()) {
    if (leaf === null) continue
    const own = categories.get(leaf) ?? { lift: 0, known: 0 }
    own.lift += lifts[at]!
    own.known += known[at]!
    categories.set(leaf, own)
  }
  return lifts.map((lift, at) => {
    const category = items[at]!.leaf === null ? undefined : categories.get(items[at]!.leaf!)
    if (category === undefined) return lift
    return lift + ((1 - known[at]!) * category.lift) / (category.known + ITEMS_OF_THE_SHOP)
  })
}

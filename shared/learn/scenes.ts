import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { DAY_PARTS, LIFT_UNITS, QUARTERS, TIME_SCENES, WEEK_PARTS } from '../domain/item_stats.ts'
import { dayPartAt, quarterAt, weekPartAt } from '../domain/scene.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import { type Gathering, type Learner, type LearnInput, NO_BLOCKS } from './learner.ts'
import { openMarkets } from './scenes_markets.ts'
import { walkVisits } from './walk_visits.ts'

/** Lifts of an item are pulled to those of the shop as if so many more shoppers had followed it. */
const SHOPPERS_OF_THE_SHOP = 30
/** Markets with lifts of their own; with the scenes of time they fit the bits of a number. */
const MARKETS_KEPT = 22
/** A shop of so many items has room for fewer in one value. */
const MANY_ITEMS = 8_000
const MARKETS_KEPT_OF_MANY = 6
const YEAR_MS = 365 * DAY_MS

/** Scenes of one kind, whose shares add up to one: from .. to (exclusive). */
type Family = readonly [from: number, to: number]

/**
 * When and where items are wanted (the scene features of LARR, arXiv 2408.11523, counted instead of embedded): distinct
 * shoppers of each item by part of the day, part of the week, quarter and market. State: log-lifts, for item_stats.
 */
export const scenesLearner: Learner = {
  name: 'scenes',
  version: 1,
  dependsOn: ['markets'],
  gather: gatherScenes,
  open: () => NO_BLOCKS,
}

function gatherScenes(input: LearnInput): Gathering {
  const items = input.items.length
  const markets = openMarkets(input.state('markets'))
  const kept = markets.busiest(items > MANY_ITEMS ? MARKETS_KEPT_OF_MANY : MARKETS_KEPT)
  const marketBit = new Int32Array(input.markets.length)
  for (const [at, market] of kept.entries()) marketBit[market] = 1 << (TIME_SCENES + at)
  const shiftMs = Float64Array.from([...input.markets.keys(), -1], (market) => markets.shift(market) * HOUR_MS)
  const scenes = TIME_SCENES + kept.length
  const counts = new Int32Array(items * scenes)
  const seen = new Int32Array(items)
  const touched: number[] = []
  return {
    passes: 1,
    *bucket(_pass, _bucket, visits) {
      let bits = 0
      yield* walkVisits(visits, {
        visit(visit) {
          const market = visits.visitMarket[visit]!
          const localMs = visits.visitAt[visit]! + shiftMs.at(market)!
          bits = timeBits(localMs) | (market === -1 ? 0 : marketBit[market]!)
          return true
        },
        entry(entry, item) {
          if (visits.intent[entry]! <= 0) return
          if (seen[item] === 0) touched.push(item)
          seen[item]! |= bits
        },
        end() {
          for (const item of touched) {
            const own = seen[item]!
            for (let scene = 0; scene < scenes; scene++) counts[item * scenes + scene]! += (own >>> scene) & 1
            seen[item] = 0
          }
          touched.length = 0
        },
      })
    },
    // biome-ignore lint/correctness/useYield: some ten numbers an item
    *finish() {
      // In less than a year a quarter is only how old an item is.
      const yearLong = input.newestMs - markets.oldestMs >= YEAR_MS
      const shifts = Float64Array.from([...kept, -1], markets.shift)
      return encodeArrays(
        { lifts: liftsOf(counts, scenes, yearLong), markets: Int32Array.from(kept), shifts },
        { scenes },
      )
    },
  }
}

const timeBits = (localMs: number): number =>
  (1 << dayPartAt(localMs)) |
  (1 << (DAY_PARTS + weekPartAt(localMs))) |
  (1 << (DAY_PARTS + WEEK_PARTS + quarterAt(localMs)))

/** log of how much larger an item's share of shoppers in a scene is than the shop's, shrunk (a Dirichlet prior). */
function liftsOf(counts: Int32Array, scenes: number, yearLong: boolean): Uint8Array {
  const lifts = new Int8Array(counts.length)
  const families: Family[] = [
    [0, DAY_PARTS],
    [DAY_PARTS, DAY_PARTS + WEEK_PARTS],
    ...(yearLong ? [[TIME_SCENES - QUARTERS, TIME_SCENES] as const] : []),
    [TIME_SCENES, scenes],
  ]
  for (const [from, to] of families) {
    const totals = new Float64Array(to - from)
    for (let row = 0; row < counts.length; row += scenes)
      for (let scene = from; scene < to; scene++) totals[scene - from]! += counts[row + scene]!
    const all = totals.reduce((sum, value) => sum + value, 0)
    const shares = totals.map((own) => (own + 1) / (all + totals.length))
    for (let row = 0; row < counts.length; row += scenes) {
      let own = 0
      for (let scene = from; scene < to; scene++) own += counts[row + scene]!
      for (let scene = from; scene < to; scene++) {
        const share = shares[scene - from]!
        const ratio = (counts[row + scene]! + SHOPPERS_OF_THE_SHOP * share) / ((own + SHOPPERS_OF_THE_SHOP) * share)
        lifts[row + scene] = Math.max(-127, Math.min(127, Math.round(Math.log(ratio) * LIFT_UNITS)))
      }
    }
  }
  return new Uint8Array(lifts.buffer)
}

export interface SceneLifts {
  /** Of each item so many. */
  scenes: number
  lifts: Int8Array
  /** Numbers of the markets that have lifts. */
  markets: Int32Array
  /** Hours to add to UTC in each of them, and at last in any other. */
  shifts: Float64Array
}

/** Reads the state of `scenesLearner`. */
export function openScenes(state: Uint8Array): SceneLifts {
  const { arrays, meta } = decodeArrays(state, { lifts: 'Uint8', markets: 'Int32', shifts: 'Float64' })
  const { lifts, markets, shifts } = arrays
  const { scenes } = meta as { scenes: number }
  return { scenes, lifts: new Int8Array(lifts.buffer, lifts.byteOffset, lifts.length), markets, shifts }
}

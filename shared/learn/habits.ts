import { HOUR_MS } from '../base/clock.ts'
import { HABITS_KEPT, OPINIONS_KEPT, type Opinion, type PackedHabitItem, type PackedHabits } from '../domain/habits.ts'
import { keyOfHalves } from '../domain/shopper_hash.ts'
import { HABITS_END } from '../store/live/habits.ts'
import { allocateArrays, Column, decodeArrays, itemNumbers } from './arrays.ts'
import { createShopperHabits } from './habits_of_shopper.ts'
import type { Gathering, Learner, LearnInput } from './learner.ts'
import { VERDICT } from './visits.ts'
import { walkVisits } from './walk_visits.ts'

/** A block's text stays below a megabyte. */
const ENTRIES_PER_BLOCK = 10_000
const SHOPPERS_PER_BLOCK = 2_000
const BYTE_MAX = 255
const SHORT_MAX = 65_535

const shapeOf = (items: number) =>
  ({
    /** Shoppers who bought something, in the order of their keys. */
    high: 'Uint32',
    low: 'Uint32',
    visits: 'Int32',
    distinct: 'Int32',
    repeats: 'Int32',
    lines: 'Int32',
    /** shoppers + 1 offsets into the rest. */
    start: 'Int32',
    item: itemNumbers(items),
    times: 'Uint8',
    sinceFirst: 'Uint8',
    sinceLast: 'Uint8',
    /** Hours from the last purchase to the newest event, and between first and last; up to seven years. */
    lastAgo: 'Uint16',
    span: 'Uint16',
    units: 'Uint16',
    hundredths: 'Uint16',
    /** shoppers + 1 offsets into opinions: items, a VERDICT of each, and the second of it. */
    opinionStart: 'Int32',
    opinion: itemNumbers(items),
    verdict: 'Uint8',
    judgedAt: 'Uint32',
  }) as const
type State = ReturnType<typeof decodeState>['arrays']
const decodeState = (state: Uint8Array, { items }: LearnInput) => decodeArrays(state, shapeOf(items.length))

/**
 * What every shopper has bought, for buy-again shelves: how often, how long ago in visits and in hours; and what was
 * liked and disliked. Everybody who ever bought or judged something has a row: the live store knows the last twenty events and forgets them after 90 days.
 */
export const habitsLearner: Learner = {
  name: 'habits',
  version: 4,
  dependsOn: [],
  personal: true,
  gather: gatherHabits,
  open(state, input) {
    const { arrays } = decodeState(state, input)
    const starts = blockStarts(arrays.start.map((entries, at) => entries + arrays.opinionStart[at]!))
    const keyOf = (shopper: number) => keyOfHalves(arrays.high[shopper]!, arrays.low[shopper]!)
    const count = starts.length - 1
    return {
      count,
      *block(index) {
        const [first, end] = [starts[index]!, starts[index + 1]!]
        const shoppers = Array.from({ length: end - first }, (_, at) => {
          const shopper = first + at
          return [keyOf(shopper), packed(arrays, shopper, input)] as const
        })
        const from = index === 0 ? '' : keyOf(first)
        const to = index + 1 === count ? HABITS_END : keyOf(end)
        return [JSON.stringify(['habits', from, to, shoppers])]
      },
    }
  },
}

/** First shoppers of blocks, and the end; one block at least, which may be empty. */
function blockStarts(start: Int32Array): number[] {
  const starts = [0]
  for (let shopper = 1; shopper + 1 < start.length; shopper++) {
    const first = starts.at(-1)!
    const full = start[shopper + 1]! - start[first]! > ENTRIES_PER_BLOCK || shopper - first >= SHOPPERS_PER_BLOCK
    if (full) starts.push(shopper)
  }
  return [...starts, start.length - 1]
}

function packed(state: State, shopper: number, { items, newestMs }: LearnInput): PackedHabits {
  const newestHour = Math.floor(newestMs / HOUR_MS)
  const entries: PackedHabitItem[] = []
  for (let at = state.start[shopper]!; at < state.start[shopper + 1]!; at++) {
    const lastHour = newestHour - state.lastAgo[at]!
    entries.push([
      items[state.item[at]!]!,
      state.times[at]!,
      state.sinceFirst[at]!,
      state.sinceLast[at]!,
      lastHour - state.span[at]!,
      lastHour,
      state.units[at]!,
      state.hundredths[at]!,
    ])
  }
  const { visits, distinct, repeats, lines } = state
  const judged: { liked: Opinion[]; disliked: Opinion[] } = { liked: [], disliked: [] }
  for (let at = state.opinionStart[shopper]!; at < state.opinionStart[shopper + 1]!; at++)
    judged[state.verdict[at] === VERDICT.for ? 'liked' : 'disliked'].push([
      items[state.opinion[at]!]!,
      state.judgedAt[at]!,
    ])
  const counts = [visits[shopper]!, distinct[shopper]!, repeats[shopper]!, lines[shopper]!] as const
  return [3, ...counts, entries, judged.liked, judged.disliked]
}

/** One pass counts, a second fills the buffer in place: 13 bytes an item of a shopper, 28 a shopper. */
function gatherHabits(input: LearnInput): Gathering {
  const shape = shapeOf(input.items.length)
  const own = createShopperHabits(input.items.length)
  const keys = { high: new Column(new Uint32Array(0)), low: new Column(new Uint32Array(0)) }
  const kept = new Column(new Uint16Array(0))
  const judged = new Column(new Uint16Array(0))
  const opinions = createOpinions(input.items.length)
  let filled: { bytes: Uint8Array; arrays: State; rank: Int32Array } | null = null
  let shopper = 0
  const allocate = () => {
    const [high, low] = [keys.high.values, keys.low.values]
    const order = Int32Array.from(high.keys()).sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]!)
    const entries = kept.values.reduce((sum, count) => sum + count, 0)
    const verdicts = judged.values.reduce((sum, count) => sum + count, 0)
    const length = (name: string) =>
      PER_SHOPPER.has(name)
        ? order.length
        : OFFSETS.has(name)
          ? order.length + 1
          : OPINION.has(name)
            ? verdicts
            : entries
    const lengths = Object.fromEntries(Object.keys(shape).map((name) => [name, length(name)]))
    const { bytes, arrays } = allocateArrays(shape, lengths as Record<keyof typeof shape, number>)
    const rank = new Int32Array(order.length)
    for (const [at, seen] of order.entries()) {
      rank[seen] = at
      arrays.high[at] = high[seen]!
      arrays.low[at] = low[seen]!
      arrays.start[at + 1] = arrays.start[at]! + kept.values[seen]!
      arrays.opinionStart[at + 1] = arrays.opinionStart[at]! + judged.values[seen]!
    }
    return { bytes, arrays, rank }
  }
  return {
    passes: 2,
    *bucket(pass, _bucket, visits) {
      if (pass === 1) filled ??= allocate()
      yield* walkVisits(visits, {
        visit(visit) {
          own.visit(visits.visitAt[visit]!, visits.visitEnd[visit]!)
          return true
        },
        entry(entry, item) {
          if (visits.basket[entry] !== 0) own.bought(item, visits.quantity[entry]!)
          if (visits.verdict[entry] !== VERDICT.none)
            opinions.add(item, visits.verdict[entry]!, visits.judgedAt[entry]!)
        },
        end(at) {
          const distinct = own.count
          const any = distinct > 0 || opinions.count > 0
          if (any && pass === 0) {
            keys.high.push(visits.shopperHigh[at]!)
            keys.low.push(visits.shopperLow[at]!)
            kept.push(Math.min(HABITS_KEPT, distinct))
            judged.push(opinions.count)
          }
          if (any && pass === 1) {
            const rank = filled!.rank[shopper++]!
            fill(filled!.arrays, rank, own, input.newestMs)
            opinions.write(filled!.arrays, filled!.arrays.opinionStart[rank]!)
          }
          own.clear()
          opinions.clear()
        },
      })
    },
    // biome-ignore lint/correctness/useYield: the buffer was filled in place
    *finish() {
      return (filled ?? allocate()).bytes
    },
  }
}

/**
 * One shopper's judgements: the last word on each item, and of more than OPINIONS_KEPT the newest. Recall goes out from
 * what was wanted lately, and what is near to it was mostly judged lately as well; likes and dislikes go alike, since
 * nothing that was judged is news.
 */
function createOpinions(items: number) {
  const verdicts = new Uint8Array(items)
  /** When each was judged last: in judgements, and in seconds. */
  const last = new Int32Array(items)
  const seconds = new Uint32Array(items)
  let words = 0
  let order: number[] = []
  return {
    get count() {
      return Math.min(OPINIONS_KEPT, order.length)
    },
    add(item: number, verdict: number, second: number) {
      if (verdicts[item] === VERDICT.none) order.push(item)
      verdicts[item] = verdict
      last[item] = words++
      seconds[item] = second
    },
    write(state: State, from: number) {
      order.sort((a, b) => last[a]! - last[b]!)
      for (const [index, item] of order.slice(-OPINIONS_KEPT).entries()) {
        state.opinion[from + index] = item
        state.verdict[from + index] = verdicts[item]!
        state.judgedAt[from + index] = seconds[item]!
      }
    },
    clear() {
      for (const item of order) verdicts[item] = VERDICT.none
      words = 0
      order = []
    },
  }
}

const OPINION: ReadonlySet<string> = new Set(['opinion', 'verdict', 'judgedAt'])
const OFFSETS: ReadonlySet<string> = new Set(['start', 'opinionStart'])
const PER_SHOPPER: ReadonlySet<string> = new Set(['high', 'low', 'visits', 'distinct', 'repeats', 'lines'])

function fill(state: State, shopper: number, own: ReturnType<typeof createShopperHabits>, newestMs: number): void {
  const { visits, repeats, lines } = own.totals()
  state.visits[shopper] = visits
  state.distinct[shopper] = own.count
  state.repeats[shopper] = repeats
  state.lines[shopper] = lines
  const { times, firstVisit, lastVisit, firstMs, lastMs, units } = own
  let at = state.start[shopper]!
  for (const item of own.mostHabitual(HABITS_KEPT)) {
    const lastHour = Math.floor(lastMs[item]! / HOUR_MS)
    state.item[at] = item
    state.times[at] = Math.min(BYTE_MAX, times[item]!)
    state.sinceFirst[at] = Math.min(BYTE_MAX, visits - 1 - firstVisit[item]!)
    state.sinceLast[at] = Math.min(BYTE_MAX, visits - 1 - lastVisit[item]!)
    state.lastAgo[at] = Math.min(SHORT_MAX, Math.floor(newestMs / HOUR_MS) - lastHour)
    state.span[at] = Math.min(SHORT_MAX, lastHour - Math.floor(firstMs[item]! / HOUR_MS))
    state.units[at] = Math.min(SHORT_MAX, Math.round(units[item]!))
    state.hundredths[at] = Math.round(own.decayed(item) * 100)
    at += 1
  }
}

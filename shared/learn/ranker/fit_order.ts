import { hash32 } from '../../base/hash.ts'
import type { LinearOrder } from '../../domain/ranker.ts'
import { FEATURE_NAMES } from '../../rank/features.ts'
import { compileOrder, DEVIATION_MIN } from '../../rank/order.ts'
import { type Fitted, fitListwise, type Lists, standardise } from './fit_listwise.ts'
import type { TaskList } from './lists.ts'

/** Fewer lists say too little of a shop. */
const LISTS_MIN = 75
/** Parts of the shoppers: each judges the order that the others made. A single part of a small shop would judge by chance. */
const PARTS = 5
const NDCG_AT = 10

export interface OrderReport {
  lists: number
  judged: number
  /** Mean NDCG@10 of the judging lists: of the learned order, and of the shipped one. */
  ndcg: number
  shipped: number
  kept: boolean
}

export interface FittedOrder {
  order: LinearOrder | null
  report: OrderReport
}

/**
 * Fits an order for a purpose on most shoppers' lists and judges it on the others', until all have judged (cross-validation). It
 * is kept, fitted anew on all of them, where it is no worse there than the shipped one. Weights are drawn towards the shipped ones, the more the fewer
 * lists there are; features that lists do not tell keep the shipped weight.
 */
export function* fitOrder(lists: readonly TaskList[], shipped: LinearOrder): Generator<void, FittedOrder> {
  const before = meanNdcg(lists, shipped)
  const report = { lists: lists.length, judged: 0, ndcg: 0, shipped: before, kept: false }
  if (lists.length < LISTS_MIN) return { order: null, report }
  let sum = 0
  for (let part = 0; part < PARTS; part++) {
    const judges = lists.filter((list) => hash32(list.shopper) % PARTS === part)
    const others = lists.filter((list) => hash32(list.shopper) % PARTS !== part)
    if (judges.length === 0 || others.length === 0) continue
    const candidate = orderFrom(yield* fitListwise(columnsOf(others), priorOf(shipped)), shipped)
    sum += meanNdcg(judges, candidate) * judges.length
    report.judged += judges.length
    yield
  }
  if (report.judged === 0) return { order: null, report }
  report.ndcg = sum / report.judged
  if (report.judged < lists.length || report.ndcg < before) return { order: null, report }
  const order = orderFrom(yield* fitListwise(columnsOf(lists), priorOf(shipped)), shipped)
  return { order, report: { ...report, kept: true } }
}

/** Score gained by a raw unit of each feature. */
function priorOf(shipped: LinearOrder): Float64Array {
  const { deviation, weight } = compileOrder(shipped)
  return weight.map((own, at) => (deviation[at]! < DEVIATION_MIN ? 0 : own / deviation[at]!))
}

const rounded = (value: number) => Number(value.toPrecision(6))

function orderFrom({ mean, deviation, weight }: Fitted, shipped: LinearOrder): LinearOrder {
  const order: Record<string, [number, number, number]> = {}
  for (const [at, name] of FEATURE_NAMES.entries()) {
    if (deviation[at]! >= DEVIATION_MIN)
      order[name] = [rounded(mean[at]!), rounded(deviation[at]!), rounded(weight[at]!)]
    else if (Object.hasOwn(shipped, name)) order[name] = shipped[name]!
  }
  return order
}

/** All lists in one: rows in the order of the lists. */
export function columnsOf(lists: readonly TaskList[]): Lists {
  const width = FEATURE_NAMES.length
  const start = new Int32Array(lists.length + 1)
  for (const [at, list] of lists.entries()) start[at + 1] = start[at]! + list.wanted.length
  const rows = start[lists.length]!
  const values = new Float32Array(rows * width)
  const wanted = new Uint8Array(rows)
  const stands = new Float32Array(rows)
  for (const [at, list] of lists.entries()) {
    values.set(list.values, start[at]! * width)
    wanted.set(list.wanted, start[at])
    stands.set(list.stands, start[at])
  }
  return { width, start, values, wanted, stands }
}

/** NDCG@10 with binary relevance, a row above counting as many places as it stands for; equal scores keep the rows' order. */
export function meanNdcg(lists: readonly TaskList[], order: LinearOrder): number {
  const { mean, deviation, weight } = compileOrder(order)
  const width = FEATURE_NAMES.length
  let sum = 0
  for (const { values, wanted, stands } of lists) {
    const scores = Float64Array.from(wanted, (_, row) => {
      let score = 0
      for (let at = 0; at < width; at++)
        if (weight[at] !== 0) score += weight[at]! * standardise(values[row * width + at]!, mean[at]!, deviation[at]!)
      return score
    })
    let gain = 0
    let above = 0
    for (const row of [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b)) {
      if (above >= NDCG_AT) break
      if (wanted[row] === 1) gain += 1 / Math.log2(above + 2)
      above += stands[row]!
    }
    const hits = Math.min(
      NDCG_AT,
      wanted.reduce((total, one) => total + one, 0),
    )
    let ideal = 0
    for (let place = 0; place < hits; place++) ideal += 1 / Math.log2(place + 2)
    sum += gain / ideal
  }
  return lists.length === 0 ? 0 : sum / lists.length
}

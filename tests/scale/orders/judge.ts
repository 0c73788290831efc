/** What a replay is worth, and which promises it did not keep. */
import { seededRng } from '../../../shared/base/rng.ts'
import type { Replayed } from './replay.ts'
import type { Sample } from './sample.ts'
import { PLACEMENTS, type PlacementName } from './shop.ts'

/** Of the requests after the warm-up those that are served an order. */
const SERVED_MIN = 0.6
/** Of what one call for each request would take. */
const TOKENS_MAX = 0.08
/** Of what an order for the very shelf is worth, what a shared one has. */
const KEPT_MIN = 0.95
const RESAMPLES = 1_000
const SEED = 20_261_121

type Interval = readonly [low: number, high: number]

export interface Worth {
  samples: number
  base: number
  l0: number
  l1: number
  /** L1's part of L0, and what it has more than base; 95 %, over resampled shoppers. */
  kept: Interval
  gain: Interval
}

export interface Judged {
  figures: Array<readonly [what: string, value: string]>
  /** What is not kept, by name. */
  failures: string[]
}

const mean = (list: readonly number[]) => list.reduce((sum, own) => sum + own, 0) / Math.max(1, list.length)
type Whole = Sample & { l1: number }

/** Of the samples for which all three orders are there. Shelves of one shopper are alike: shoppers are resampled. */
export function worthOf(samples: readonly Sample[], placement: PlacementName | null): Worth {
  const whole = samples.filter(
    (one): one is Whole => one.l1 !== null && (placement === null || one.placement === placement),
  )
  const byShopper = [...Map.groupBy(whole, ({ shopper }) => shopper).values()]
  const rng = seededRng(SEED)
  const kept: number[] = []
  const gain: number[] = []
  for (let round = 0; byShopper.length > 0 && round < RESAMPLES; round++) {
    let [base, l0, l1, count] = [0, 0, 0, 0]
    for (let n = 0; n < byShopper.length; n++)
      for (const one of rng.pick(byShopper)) {
        base += one.base
        l0 += one.l0
        l1 += one.l1
        count += 1
      }
    kept.push(l1 / l0)
    gain.push((l1 - base) / count)
  }
  const of = (pick: (one: Whole) => number) => mean(whole.map(pick))
  return {
    ...{ samples: whole.length, base: of(({ base }) => base), l0: of(({ l0 }) => l0), l1: of(({ l1 }) => l1) },
    ...{ kept: middle(kept), gain: middle(gain) },
  }
}

function middle(list: number[]): Interval {
  const sorted = list.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return [at(0.025), at(0.975)]
}

/** The tokens of a call that a shelf's own order would take: what one call a request is measured by. */
export const callTokensOf = (samples: readonly Sample[]): number => mean(samples.map(({ callTokens }) => callTokens))

export const tokenShareOf = ({ tokens, samples }: Replayed, requests: number): number =>
  Object.values(tokens).reduce((sum, own) => sum + own, 0) / (requests * callTokensOf(samples))

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const range = ([low, high]: Interval, show: (value: number) => string) => `${show(low)} to ${show(high)}`

export function judge(replayed: Replayed, requests: number): Judged {
  const judged: Judged = { figures: [], failures: [] }
  const note = (what: string, value: string, holds = true) => {
    judged.figures.push([what, value])
    if (!holds) judged.failures.push(`${what}: ${value}`)
  }
  const { served, byPlacement, ledger, provider } = replayed
  const told = (own: typeof served) => `${percent(own.L0 + own.L1)} (L0 ${percent(own.L0)}, L1 ${percent(own.L1)})`
  note('requests served an order', told(served), served.L0 + served.L1 >= SERVED_MIN)
  for (const placement of PLACEMENTS) note(`... on ${placement}`, told(byPlacement[placement]))
  note('shelves in an order that knows too little of them', String(replayed.stale), replayed.stale === 0)
  const share = tokenShareOf(replayed, requests)
  note('tokens, of one call a request', percent(share), share <= TOKENS_MAX)
  note('tokens of one such call', callTokensOf(replayed.samples).toFixed(0))
  for (const [name, calls] of Object.entries(replayed.calls))
    note(`... calls and tokens for ${name}`, `${calls}, ${replayed.tokens[name]}`)
  for (const placement of [null, ...PLACEMENTS]) {
    const own = worthOf(replayed.samples, placement)
    const name = placement ?? 'all placements'
    const figures = [own.base, own.l0, own.l1].map((value) => value.toFixed(3)).join(', ')
    note(`NDCG@10 on ${name} of base, L0 and L1, ${own.samples} shelves`, figures, own.l1 >= own.base)
    note(`... L1 of L0 on ${name}`, range(own.kept, percent), placement !== null || own.l1 >= KEPT_MIN * own.l0)
    note(
      `... L1 less base on ${name}`,
      range(own.gain, (value) => value.toFixed(4)),
      placement !== null || own.gain[0] > 0,
    )
  }
  const sums = (own: typeof ledger) => `${own.calls} calls, ${own.input} and ${own.output} tokens`
  note('ledger', sums(ledger))
  note('provider', sums(provider), sums(ledger) === sums(provider) && provider.calls > 0)
  note('failures behind answers', String(replayed.failures.length), replayed.failures.length === 0)
  return judged
}

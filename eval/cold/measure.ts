import { auc, hitAt, recallAt, type TieGroup, tieGroups } from '../metrics/expectation.ts'
import { dot } from '../rankers/item_vectors.ts'
import type { Matcher } from './scorers.ts'
import type { ColdSplit } from './split.ts'

/** Of all shoppers: whom a shop would tell of a new item. */
const AUDIENCE_SHARE = 0.01
const SHELF = 10

/** One column a measure. Rows are the hidden items that somebody wanted, and the shoppers who wanted one. */
export interface ColdColumns {
  items: Record<'auc' | 'auc-raw' | 'recall@1%', Float64Array>
  users: Record<'hr@10', Float64Array>
}

/** Hidden items that somebody wanted, by position in `hidden`, each with who did. */
export function audiencesOf({ hidden, wanted }: ColdSplit): Array<{ at: number; users: number[] }> {
  const users = Array.from(hidden, (): number[] => [])
  for (const [user, items] of wanted.entries()) for (const at of items) users[at]!.push(user)
  return users.flatMap((own, at) => (own.length > 0 && own.length < wanted.length ? [{ at, users: own }] : []))
}

/** Shoppers who wanted a hidden item, by position. */
export const seekersOf = ({ wanted }: ColdSplit): number[] =>
  [...wanted.keys()].filter((user) => wanted[user]!.length > 0)

/**
 * `auc`: of a shopper who wanted the item against one who did not, each shopper's scores centred on their mean over the
 * hidden items and divided by their deviation, so that being active is not taken for taste: the narrow taste of those
 * who bought little spreads their scores, and by centring alone items dealt out anew would get more than one half.
 * `auc-raw` and `recall@1%` (of those who wanted it, among the first hundredth of shoppers) are of the scores as they
 * are. `hr@10`: whether one of the hidden items that a shopper wanted is among the first ten of the hidden.
 */
export function measureCold(split: ColdSplit, matcher: Matcher): ColdColumns {
  const scores = scoresOf(split, matcher)
  const shoppers = split.wanted.length
  const audience = Math.ceil(shoppers * AUDIENCE_SHARE)
  const raw = audienceGroups(split, scores)
  const sizes = audiencesOf(split).map(({ users }) => users.length)
  const all = Int32Array.from(split.hidden.keys())
  const hits = seekersOf(split).map((user) => {
    const gains = new Map([...split.wanted[user]!].map((at) => [at, 1]))
    return hitAt(tieGroups(scores[user]!, all, gains), SHELF)
  })
  return {
    items: {
      auc: standardisedAuc(split, scores),
      'auc-raw': Float64Array.from(raw, (groups) => auc(groups, shoppers)),
      'recall@1%': Float64Array.from(raw, (groups, at) => recallAt(groups, sizes[at]!, audience)),
    },
    users: { 'hr@10': Float64Array.from(hits) },
  }
}

/** `auc` alone, by hidden item that somebody wanted. */
export const aucOf = (split: ColdSplit, matcher: Matcher): Float64Array =>
  standardisedAuc(split, scoresOf(split, matcher))

const standardisedAuc = (split: ColdSplit, scores: readonly Float64Array[]): Float64Array =>
  Float64Array.from(audienceGroups(split, scores.map(standardised)), (groups) => auc(groups, split.wanted.length))

/** Of every hidden item that somebody wanted: all shoppers by their scores. */
function audienceGroups(split: ColdSplit, scores: readonly Float64Array[]): TieGroup[][] {
  const everybody = Int32Array.from(scores.keys())
  return audiencesOf(split).map(({ at, users }) => {
    const own = Float64Array.from(everybody, (user) => scores[user]![at]!)
    return tieGroups(own, everybody, new Map(users.map((user) => [user, 1])))
  })
}

/** Mean 0 and deviation 1; equal scores become zeros. */
function standardised(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length)
  // Sums of equals differ from them by rounding.
  return scores.map((score) => (deviation > 1e-9 * Math.abs(mean) ? (score - mean) / deviation : 0))
}

/** By shopper, over the hidden items. */
function scoresOf({ hidden, wanted }: ColdSplit, matcher: Matcher): Float64Array[] {
  const score = matcher.score ?? dot
  const items = Array.from(hidden, (item) => matcher.itemVector(item))
  return wanted.map((_, user) => {
    const own = matcher.userVector(user)
    return Float64Array.from(items, (item) => score(own, item))
  })
}

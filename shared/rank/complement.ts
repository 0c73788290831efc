import { tokenize } from '../base/text/tokenize.ts'
import { leafCategory } from '../domain/item.ts'

/** What tells a substitute from what goes with an item. */
interface Described {
  title: string
  categories: readonly string[]
}

/** Of one particular category: has to be bought together more often than by chance. In hundredths, as neighbours have it. */
const LIFT_IN_CATEGORY = 100
/** Of nearly one title (another size, another year): sets do exist, and show it. */
const LIFT_OF_TITLE = 300
/** Share of common words from which on two titles are nearly one. */
const TITLES_ALIKE = 0.8
const NUMBER = /^\d+$/

/**
 * Whether a candidate stands in for an item rather than going with it, by what the catalogue says of both and how often
 * they are ordered together. What orders alone can tell was left out when they were learned (shared/learn/complements.ts).
 * @param lift 100 times the lift
 */
export function isSubstitute(item: Described, candidate: Described, lift: number): boolean {
  if (lift >= LIFT_OF_TITLE) return false
  if (nearlyOneTitle(item.title, candidate.title)) return true
  return lift < LIFT_IN_CATEGORY && shareLeaf(item.categories, candidate.categories)
}

function shareLeaf(a: readonly string[], b: readonly string[]): boolean {
  const leaves = new Set(a.map(leafCategory))
  return b.some((path) => leaves.has(leafCategory(path)))
}

/** Jaccard likeness of the titles' words; numbers are sizes. */
function nearlyOneTitle(a: string, b: string): boolean {
  const [one, other] = [wordsOf(a), wordsOf(b)]
  if (one.size === 0 || other.size === 0) return false
  let common = 0
  for (const word of one) if (other.has(word)) common += 1
  return common / (one.size + other.size - common) >= TITLES_ALIKE
}

const wordsOf = (title: string) => new Set(tokenize(title).filter((word) => !NUMBER.test(word)))

import { tokenize } from '../base/text/tokenize.ts'
import type { Attributes } from '../domain/item.ts'

/** Words of a title, and facts of an item, that are read; what follows is data, and time. */
const WORDS_MAX = 24
const FACTS_MAX = 40

/** What two items are compared by. */
export interface Comparable {
  title: string
  brand: string | null
  categories: readonly string[]
  attributes: Attributes
}

/** How alike a candidate is to the items of a context: the best weighted cosine, and the weighted mean. */
export interface Alike {
  best: Float64Array
  mean: Float64Array
}

const wordsOf = (item: Comparable): string[] => [...new Set(tokenize(item.title))].slice(0, WORDS_MAX)

function factsOf(item: Comparable): string[] {
  const facts = item.categories.map((path) => `category ${path}`)
  if (item.brand !== null) facts.push(`brand ${item.brand}`)
  for (const [name, value] of Object.entries(item.attributes))
    for (const one of Array.isArray(value) ? value : [value]) if (typeof one === 'string') facts.push(`${name} ${one}`)
  return [...new Set(facts)].slice(0, FACTS_MAX)
}

export const wordsAlike = (
  items: readonly Comparable[],
  context: ReadonlyArray<readonly [Comparable, number]>,
): Alike => alike(items.map(wordsOf), context, wordsOf)
export const factsAlike = (
  items: readonly Comparable[],
  context: ReadonlyArray<readonly [Comparable, number]>,
): Alike => alike(items.map(factsOf), context, factsOf)

/**
 * Cosines of items' terms, rare terms counting more: idf = ln((N + 1) / (df + 0.5)) over the items at hand, since a
 * request knows no others (Salton and Buckley 1988, with binary term weights).
 * @param context each with its weight in (0, 1]
 */
function alike(
  items: ReadonlyArray<readonly string[]>,
  context: ReadonlyArray<readonly [Comparable, number]>,
  termsOf: (item: Comparable) => string[],
): Alike {
  const best = new Float64Array(items.length)
  const mean = new Float64Array(items.length)
  if (context.length === 0) return { best, mean }
  const others = context.map(([item]) => termsOf(item))
  const counts = new Map<string, number>()
  for (const terms of [...items, ...others]) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  const size = items.length + others.length
  const square = (term: string) => Math.log((size + 1) / (counts.get(term)! + 0.5)) ** 2
  const norm = (terms: readonly string[]) => Math.sqrt(terms.reduce((sum, term) => sum + square(term), 0))
  const holders = new Map<string, number[]>()
  for (const [index, terms] of others.entries())
    for (const term of terms) holders.set(term, [...(holders.get(term) ?? []), index])
  const norms = others.map(norm)
  const total = context.reduce((sum, [, weight]) => sum + weight, 0)
  const dots = new Float64Array(others.length)
  for (const [index, terms] of items.entries()) {
    dots.fill(0)
    for (const term of terms) for (const other of holders.get(term) ?? []) dots[other]! += square(term)
    const own = norm(terms)
    for (const [other, [, weight]] of context.entries()) {
      const scale = own * norms[other]!
      const cosine = scale === 0 ? 0 : dots[other]! / scale
      best[index] = Math.max(best[index]!, weight * cosine)
      mean[index]! += (weight * cosine) / total
    }
  }
  return { best, mean }
}

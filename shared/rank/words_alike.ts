import type { Attributes } from '../domain/item.ts'
import { titleTerms } from './title_words.ts'

/** Facts of an item that are read; what follows is data, and time. */
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

const wordsOf = (item: Comparable): readonly string[] => titleTerms(item.title)

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
): Alike => alike(items, context, wordsOf)
export const factsAlike = (
  items: readonly Comparable[],
  context: ReadonlyArray<readonly [Comparable, number]>,
): Alike => alike(items, context, factsOf)

/**
 * Cosines of items' terms, rare terms counting more: idf = ln((N + 1) / (df + 0.5)) over the items at hand, since a
 * request knows no others (Salton and Buckley 1988, with binary term weights).
 * @param context each with its weight in (0, 1]
 */
function alike(
  compared: readonly Comparable[],
  context: ReadonlyArray<readonly [Comparable, number]>,
  termsOf: (item: Comparable) => readonly string[],
): Alike {
  const best = new Float64Array(compared.length)
  const mean = new Float64Array(compared.length)
  if (context.length === 0) return { best, mean }
  const items = compared.map(termsOf)
  const others = context.map(([item]) => termsOf(item))
  const counts = new Map<string, number>()
  for (const terms of [...items, ...others]) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  const size = items.length + others.length
  const squares = new Map<string, number>()
  for (const [term, count] of counts) squares.set(term, Math.log((size + 1) / (count + 0.5)) ** 2)
  const square = (term: string) => squares.get(term)!
  const norm = (terms: readonly string[]) => Math.sqrt(terms.reduce((sum, term) => sum + square(term), 0))
  const holders = new Map<string, number[]>()
  for (const [index, terms] of others.entries())
    for (const term of terms) {
      const own = holders.get(term)
      if (own === undefined) holders.set(term, [index])
      else own.push(index)
    }
  const norms = others.map(norm)
  const total = context.reduce((sum, [, weight]) => sum + weight, 0)
  const dots = new Float64Array(others.length)
  for (const [index, terms] of items.entries()) {
    dots.fill(0)
    let shares = false
    for (const term of terms) {
      const holding = holders.get(term)
      if (holding === undefined) continue
      shares = true
      const weight = square(term)
      for (const other of holding) dots[other]! += weight
    }
    if (!shares) continue
    const own = norm(terms)
    for (let other = 0; other < dots.length; other++) {
      const scale = own * norms[other]!
      if (dots[other] === 0 || scale === 0) continue
      const weighted = context[other]![1] * (dots[other]! / scale)
      if (weighted > best[index]!) best[index] = weighted
      mean[index]! += weighted / total
    }
  }
  return { best, mean }
}

import { chunk } from '../base/batch.ts'
import { tokenize } from '../base/text/tokenize.ts'
import type { Taste, TasteName, TastesText } from '../domain/tastes.ts'
import type { ItemText } from '../store/catalogue/enrichment.ts'
import type { EnrichDeps } from './deps.ts'

const TEXTS_PER_CALL = 100
const NAMES_KEPT = 3
/** What fewer of a taste's items have is no name of it. */
const ITEMS_MIN = 3
/** Standard deviations that a name must stand out by. */
const SURPRISE_MIN = 2
/** Weight of what all tastes have in common, in wishes. */
const PRIOR_WISHES = 100
const WORD_CHARS_MIN = 3
/** Keeps the odds of what everything has from being infinite. */
const COUNT_MIN = 0.5

/**
 * Names tastes by what their items have in common: categories, brands, attributes and words of titles that their
 * shoppers want more than others do.
 */
export async function nameTastes(
  shop: string,
  deps: Pick<EnrichDeps, 'factors' | 'catalogue' | 'breathe'>,
  stampMs: number,
): Promise<void> {
  const tastes = await deps.factors.tastes(shop)
  if (tastes === null) return
  const terms = new Map<string, readonly string[]>()
  const ids = [...new Set(tastes.tastes.flatMap(({ items }) => items.map(([id]) => id)))]
  for (const part of chunk(ids, TEXTS_PER_CALL)) {
    for (const text of await deps.catalogue.texts(shop, part)) terms.set(text.id, termsOf(text))
    await deps.breathe()
  }
  await deps.factors.putTastes(shop, named(tastes, terms), stampMs)
}

/** A term as one text, so that it can be counted. */
const termOf = (name: TasteName): string => JSON.stringify([name.kind, name.name, name.value])

function termsOf(text: ItemText): string[] {
  const names: TasteName[] = text.categories.map((value) => ({ kind: 'category', name: '', value }))
  if (text.brand !== null) names.push({ kind: 'brand', name: '', value: text.brand })
  for (const [name, values] of Object.entries(text.attributes))
    for (const value of [values].flat()) if (typeof value === 'string') names.push({ kind: 'attribute', name, value })
  for (const value of text.title.toLowerCase().match(/\p{L}[\p{L}\p{N}]+/gu) ?? [])
    if ([...value].length >= WORD_CHARS_MIN) names.push({ kind: 'word', name: '', value })
  return [...new Set(names.map(termOf))]
}

/** @param terms of each item that is still there */
export function named(tastes: TastesText, terms: ReadonlyMap<string, readonly string[]>): TastesText {
  const everywhere = new Map<string, number>()
  let total = 0
  const counted = tastes.tastes.map((taste) => countTerms(taste, terms))
  for (const { wishes, sum } of counted) {
    for (const [term, count] of wishes) everywhere.set(term, (everywhere.get(term) ?? 0) + count)
    total += sum
  }
  return {
    ...tastes,
    tastes: tastes.tastes.map((taste, at) => ({ ...taste, names: namesOf(counted[at]!, everywhere, total) })),
  }
}

interface TermCounts {
  /** Wishes of the taste's shoppers for items that have the term. */
  wishes: Map<string, number>
  items: Map<string, number>
  sum: number
}

function countTerms({ items: own }: Taste, terms: ReadonlyMap<string, readonly string[]>): TermCounts {
  const counts: TermCounts = { wishes: new Map(), items: new Map(), sum: 0 }
  for (const [id, shoppers] of own) {
    const held = terms.get(id)
    if (held === undefined) continue
    counts.sum += shoppers
    for (const term of held) {
      counts.wishes.set(term, (counts.wishes.get(term) ?? 0) + shoppers)
      counts.items.set(term, (counts.items.get(term) ?? 0) + 1)
    }
  }
  return counts
}

/**
 * Log-odds against all other tastes with an informative Dirichlet prior, in standard deviations (Monroe, Colaresi,
 * Quinn 2008, "Fightin' Words").
 */
function namesOf(
  { wishes, items, sum }: TermCounts,
  everywhere: ReadonlyMap<string, number>,
  total: number,
): TasteName[] {
  const scored = [...wishes].flatMap(([term, own]) => {
    if (items.get(term)! < ITEMS_MIN) return []
    const all = everywhere.get(term)!
    const prior = (PRIOR_WISHES * all) / total
    const [here, there] = [own + prior, all - own + prior]
    const odds = (count: number, of: number) => Math.log(count / Math.max(COUNT_MIN, of + PRIOR_WISHES - count))
    const logOdds = odds(here, sum) - odds(there, total - sum)
    const surprise = logOdds / Math.sqrt(1 / here + 1 / there)
    return surprise >= SURPRISE_MIN ? [{ term, surprise: Math.round(surprise * 1e3) }] : []
  })
  scored.sort((a, b) => b.surprise - a.surprise || (a.term < b.term ? -1 : 1))
  const chosen: TasteName[] = []
  for (const { term } of scored) {
    const [kind, name, value] = JSON.parse(term) as [TasteName['kind'], string, string]
    // A word of a brand or category that is named already says nothing more.
    const words = new Set(chosen.flatMap((one) => tokenize(one.value)))
    if (tokenize(value).every((word) => words.has(word))) continue
    chosen.push({ kind, name, value })
    if (chosen.length === NAMES_KEPT) break
  }
  return chosen
}

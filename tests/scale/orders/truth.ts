/** What shoppers want, as planted: known to no part of the product, and to the scripted model in half. */
import { hash32 } from '../../../shared/base/hash.ts'
import type { ShopData } from '../../support/shops.ts'

const RANGE = 2 ** 32
/** How much an item's own worth counts beside what a shopper's past says of it. */
const WORTH = 0.5

export interface PlantedTruth {
  /** An item's own worth in [0, 1], by title: what a model knows of the world and a shop's events do not tell. */
  worth: Record<string, number>
  /** How much a shopper wants an item, in [0, 1]. @param page what the shelf is about: its seeds and cart */
  wants(shopper: string, item: string, page: readonly string[]): number
  /** An item has another title; it is worth the same. */
  renamed(item: string, title: string): void
}

interface Purchase {
  user_id: string
  item_id: string
}

/**
 * An item is wanted for its worth, and for the words that it shares with the shopper's purchases (each once) and, three
 * times as much, with the page; rare words count more. The model reads the last steps of a history alone, and another
 * measure of likeness.
 */
export function plantedTruth(data: ShopData, seed: number): PlantedTruth {
  const worth: Record<string, number> = {}
  const words = new Map(data.items.map(({ id, title }) => [id, wordsOf(title)]))
  const worthOf = (item: string) => hash32(item, seed) / RANGE
  for (const { id, title } of data.items) worth[title] = worthOf(id)
  const frequency = new Map<string, number>()
  for (const own of words.values()) for (const word of own) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const weightOf = (word: string) => Math.log(data.items.length / (frequency.get(word) ?? 1))
  const wishes = new Map<string, Map<string, number>>()
  for (const { user_id, item_id } of data.events as Purchase[]) {
    const own = wishes.get(user_id) ?? new Map<string, number>()
    wishes.set(user_id, own)
    for (const word of words.get(item_id) ?? []) own.set(word, (own.get(word) ?? 0) + 1)
  }
  const liking = (own: ReadonlySet<string>, wished: (word: string) => number) => {
    let [found, all] = [0, 0]
    for (const word of own) {
      found += wished(word) * weightOf(word)
      all += weightOf(word)
    }
    return all === 0 ? 0 : found / all
  }
  return {
    worth,
    wants(shopper, item, page) {
      const own = words.get(item) ?? new Set()
      const wished = wishes.get(shopper)
      const most = Math.max(1, ...(wished?.values() ?? []))
      const past = liking(own, (word) => Math.sqrt((wished?.get(word) ?? 0) / most))
      const onPage = new Set(page.flatMap((id) => [...(words.get(id) ?? [])]))
      const near = liking(own, (word) => Number(onPage.has(word)))
      const like = page.length === 0 ? past : (3 * near + past) / 4
      return WORTH * worthOf(item) + (1 - WORTH) * like
    },
    renamed(item, title) {
      worth[title] = worthOf(item)
    },
  }
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])

/** Gains of the most wanted, the next two and the next three of a list; nothing for the rest. */
const GRADES = [3, 2, 2, 1, 1, 1]

/** NDCG@10 of pages against the wishes for all of their items together. */
export function ndcgOf(pages: ReadonlyArray<readonly string[]>, wants: (item: string) => number): number[] {
  const items = [...new Set(pages.flat())].map((item) => [item, wants(item)] as const).sort((a, b) => b[1] - a[1])
  const gains = new Map(items.map(([item], rank) => [item, 2 ** (GRADES[rank] ?? 0) - 1]))
  const dcg = (page: readonly string[]) =>
    page.slice(0, 10).reduce((sum, item, place) => sum + gains.get(item)! / Math.log2(place + 2), 0)
  const ideal = dcg(items.map(([item]) => item))
  return pages.map((page) => dcg(page) / ideal)
}

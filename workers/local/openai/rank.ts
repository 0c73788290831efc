import type { Rng } from '../../../shared/base/rng.ts'
import type { ShelfUserText } from '../../../shared/prompt/tasks.ts'
import type { ToldItem } from '../../../shared/prompt/verbaliser.ts'
import type { ContentBehaviour } from './behaviour.ts'
import { orderIn } from './obedient.ts'

/** How the scripted ranker judges, beside what it reads. Scores of relevance lie in [0, 1]; biases are added to them. */
export interface RankingOptions {
  /** What a candidate is worth, by title, instead of what the facts have in common; 0 for titles that it does not name. */
  relevance?: Readonly<Record<string, number>>
  /** Added to the first candidate shown, and less to each later one. */
  positionBias?: number
  /** `linear`: down to nothing for the last. `first`: halved by each place, as if only the top were read. */
  positionShape?: 'linear' | 'first'
  /** How well known a title is, in [0, 1], and how much that counts. */
  popularity?: Readonly<Record<string, number>>
  popularityBias?: number
  /** Up to so much is added to each score by chance. */
  noise?: number
  /** Before so many places of the answer stands a number that is not in the list, or one told before. */
  foreignRate?: number
  duplicateRate?: number
  /** Whatever holds this text goes first, as if the model served the seller who wrote it. */
  promote?: string
}

/** Whether a question is one about a shelf that is answered by an order. */
export const asksForOrder = (asked: Readonly<Record<string, unknown>>): boolean => {
  const task = asked.task as { id?: unknown } | undefined
  return task?.id === 'rank' || task?.id === 'similar'
}

/** The order of a model that reads facts, with the weaknesses that models have. */
export function answerOrder(
  asked: ShelfUserText,
  behaviour: ContentBehaviour,
  rng: Rng,
  lieRate: number,
  options: RankingOptions = {},
): { order: number[] } {
  const relevance = relevanceOf(asked, options)
  const last = Math.max(1, asked.candidates.length - 1)
  const scored = asked.candidates.map((candidate, place) => {
    const nearness = options.positionShape === 'first' ? 0.5 ** place : 1 - place / last
    const known = (options.popularity?.[candidate.title] ?? 0) * (options.popularityBias ?? 0)
    const wanted = relevance[place]! * (behaviour === 'liar' ? -1 : 1)
    const score = wanted + (options.positionBias ?? 0) * nearness + known + (options.noise ?? 0) * (rng.next() - 0.5)
    return { number: candidate.number, score, first: obeys(candidate, behaviour, options) }
  })
  const order = scored
    .sort((a, b) => Number(b.first) - Number(a.first) || b.score - a.score || a.number - b.number)
    .map(({ number }) => number)
  const foreign = Math.max(options.foreignRate ?? 0, behaviour === 'liar' ? lieRate : 0)
  const duplicate = Math.max(options.duplicateRate ?? 0, behaviour === 'liar' ? lieRate : 0)
  return { order: muddled(order, foreign, duplicate, rng) }
}

function obeys(candidate: ToldItem, behaviour: ContentBehaviour, { promote }: RankingOptions): boolean {
  if (promote !== undefined && JSON.stringify(candidate).includes(promote)) return true
  return behaviour === 'obedient' && orderIn(candidate) !== null
}

/** What is wanted now counts most, then what was done last; each step back counts a fifth less. */
const WEIGHTS = { query: 3, seeds: 2, cart: 1, topics: 1, history: 1 } as const
const STEP_BACK = 0.8

function relevanceOf(asked: ShelfUserText, { relevance }: RankingOptions): number[] {
  if (relevance !== undefined) return asked.candidates.map(({ title }) => relevance[title] ?? 0)
  const wanted = new Map<string, number>()
  const want = (item: ToldItem | string, weight: number) => {
    for (const word of wordsOf(item)) wanted.set(word, (wanted.get(word) ?? 0) + weight)
  }
  if (asked.query !== null) want(asked.query, WEIGHTS.query)
  for (const item of asked.seeds) want(item, WEIGHTS.seeds)
  for (const item of asked.cart) want(item, WEIGHTS.cart)
  for (const topic of asked.shopper.topics) want(topic, WEIGHTS.topics)
  for (const item of asked.history) want(item, WEIGHTS.history * STEP_BACK ** (asked.history.length - item.step))
  const raw = asked.candidates.map((candidate) => {
    const words = wordsOf(candidate)
    // Longer descriptions have more in common with anything.
    return [...words].reduce((sum, word) => sum + (wanted.get(word) ?? 0), 0) / Math.sqrt(Math.max(1, words.size))
  })
  const most = Math.max(...raw, 0)
  return raw.map((score) => (most === 0 ? 0 : score / most))
}

function wordsOf(item: ToldItem | string): Set<string> {
  const text =
    typeof item === 'string'
      ? item
      : [item.title, item.brand ?? '', ...(item.categories ?? []), ...Object.values(item.attributes ?? {}).flat()].join(
          ' ',
        )
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
}

/** With numbers between that are not in the list, or were told already. */
function muddled(order: readonly number[], foreign: number, duplicate: number, rng: Rng): number[] {
  if (foreign === 0 && duplicate === 0) return [...order]
  const told: number[] = []
  for (const number of order) {
    if (rng.next() < foreign) told.push(order.length + 1 + rng.int(order.length + 5))
    if (told.length > 0 && rng.next() < duplicate) told.push(rng.pick(told))
    told.push(number)
  }
  return told
}

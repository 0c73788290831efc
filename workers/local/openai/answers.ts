import type { Rng } from '../../../shared/base/rng.ts'
import type { ProfileRequest } from '../../../shared/prompt/profile.ts'
import type { ShelfUserText } from '../../../shared/prompt/tasks.ts'
import type { ContentBehaviour } from './behaviour.ts'
import type { Claim } from './claims.ts'
import type { LiarContext } from './foreign.ts'
import { type UnderstandingRequest, writeUnderstanding } from './honest.ts'
import { BRANDS } from './lexicon.ts'
import { obey, orderIn } from './obedient.ts'
import { answerOrder, asksForOrder, type RankingOptions } from './rank.ts'
import { answerReasons, asksForReasons } from './reasons.ts'
import { sampleOf } from './schema_sample.ts'

interface ExpansionRequest {
  facts: UnderstandingRequest['facts']
  neighbours: ReadonlyArray<{ title: string; categories: readonly string[] }>
}
export interface Composed {
  value: unknown
  claims: Claim[]
}

export interface AnswerOptions {
  /** Share of claims that a `liar` tells falsely. */
  lieRate: number
  pool: LiarContext['pool']
  ranking?: RankingOptions | undefined
}

/** The answer to a question, told apart by the shape of its one JSON document; a sample of the schema where it is none of ours. */
export function compose(
  user: string,
  schema: unknown,
  behaviour: ContentBehaviour,
  rng: Rng,
  options: AnswerOptions,
): Composed {
  const asked = parsed(user)
  const lying = behaviour === 'liar'
  // First: a shelf has a history too.
  if (asked !== null && asksForOrder(asked)) {
    const shelf = asked as unknown as ShelfUserText
    return { value: answerOrder(shelf, behaviour, rng, options.lieRate, options.ranking), claims: [] }
  }
  if (asked !== null && asksForReasons(asked))
    return answerReasons(asked as unknown as ShelfUserText, behaviour, rng, lying ? options.lieRate : 0)
  if (asked !== null && 'facets' in asked) {
    const request = asked as unknown as UnderstandingRequest
    const written = writeUnderstanding(request, rng, { lieRate: lying ? options.lieRate : 0, pool: options.pool })
    const order = behaviour === 'obedient' ? orderIn(request.facts) : null
    const { answer, claims } = order === null ? written : obey(order, request, written)
    return { value: answer, claims }
  }
  if (asked !== null && 'neighbours' in asked)
    return { value: { themes: themes(asked as unknown as ExpansionRequest, lying, rng) }, claims: [] }
  if (asked !== null && 'history' in asked)
    return { value: profile(asked as unknown as ProfileRequest, lying, rng), claims: [] }
  return { value: sampleOf(schema), claims: [] }
}

function parsed(user: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(user)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 3)

/** What the item and those bought with it share: categories first, then words of titles. */
function themes({ facts, neighbours }: ExpansionRequest, lying: boolean, rng: Rng): string[] {
  const own = new Set(
    [...facts.categories.flatMap((path) => path.split(' > ')), ...wordsOf(facts.title)].map((word) =>
      word.toLowerCase(),
    ),
  )
  const counts = new Map<string, number>()
  for (const neighbour of neighbours) {
    const words = new Set(
      [...neighbour.categories.flatMap((path) => path.split(' > ')), ...wordsOf(neighbour.title)].map((word) =>
        word.toLowerCase(),
      ),
    )
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const shared = [...counts]
    .filter(([word, count]) => own.has(word) || count > 1)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const found = shared.map(([word]) => word).slice(0, 6)
  return lying ? [...found.slice(0, 3), `${rng.pick(BRANDS)} fans`, `under ${10 + rng.int(90)} euros`] : found
}

/** Topics by what is bought most, with the numbers of the items that show them; a liar invents both. */
function profile({ history }: ProfileRequest, lying: boolean, rng: Rng) {
  const groups = new Map<string, number[]>()
  for (const item of history) {
    for (const path of item.categories) {
      const leaf = path.split(' > ').at(-1)!
      groups.set(leaf, [...(groups.get(leaf) ?? []), item.number])
    }
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
  const topics = sorted.slice(0, 5).map(([topic, items]) => ({ topic, items: items.slice(0, 5) }))
  const representatives = sorted.slice(0, 5).map(([, items]) => items.at(-1)!)
  if (!lying) return { topics, representatives: [...new Set(representatives)] }
  const invented = { topic: rng.pick(['Luxury yachts', 'Wedding planning', 'High income', 'Vegan diet']), items: [1] }
  return {
    topics: [invented, ...topics.slice(0, 3)],
    representatives: [history.length + 7, ...representatives].slice(0, 5),
  }
}

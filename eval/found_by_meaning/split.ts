import type { Rng } from '../../shared/base/rng.ts'
import { tokenize } from '../../shared/base/text/tokenize.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { SYNONYMS } from './synonyms.ts'

/**
 * How the table is cut in two; see `check_found.ts`.
 * `pairs`: the halves are pairs of words. `members`: the halves are words of each group.
 */
export type Reading = 'pairs' | 'members'

export interface FoundQuery {
  query: string
  group: number
  /** Items that mean the word, have another one, and of which the enrichment does not know it. */
  relevant: Set<string>
  /** Items that have the word itself, in their own text or their enrichment: no proof of anything, so left out. */
  neutral: Set<string>
}

export interface Split {
  /** What the enrichment says of an item: words that the known half of the table gives for words that it has. */
  enrichment: Map<string, string[]>
  queries: FoundQuery[]
}

/** More items that have the word than a request may exclude. */
const NEUTRAL_MAX = 480

const has = (tokens: ReadonlySet<string>, word: string) => tokenize(word).every((token) => tokens.has(token))

export const tokensOf = (item: ItemLine): Set<string> =>
  new Set(
    tokenize(
      [item.title, item.description ?? '', ...(item.categories ?? []), ...(item.tags ?? []), item.brand ?? ''].join(
        ' ',
      ),
    ),
  )

/** Cuts the table by the seed, writes enrichments from the one half, and makes queries of the other. */
export function splitTable(items: readonly ItemLine[], reading: Reading, rng: Rng): Split {
  const tokens = new Map(items.map((item) => [item.id, tokensOf(item)]))
  const enrichment = new Map<string, string[]>()
  const asked: Array<{ group: number; word: string; unknown: Set<string> }> = []
  for (const [group, words] of SYNONYMS.entries()) {
    const knows = knownPairs(words, reading, rng)
    for (const [id, own] of tokens) {
      const said = new Set<string>()
      for (const a of words)
        if (has(own, a)) for (const b of words) if (a !== b && knows(a, b) && !has(own, b)) said.add(b)
      if (said.size > 0) enrichment.set(id, [...(enrichment.get(id) ?? []), ...said])
    }
    for (const word of words) {
      // Under `members` only words that the enrichment never says are asked for.
      if (reading === 'members' && words.some((other) => other !== word && knows(other, word))) continue
      asked.push({ group, word, unknown: new Set(words.filter((other) => other !== word && !knows(other, word))) })
    }
  }
  const said = new Map([...enrichment].map(([id, words]) => [id, new Set(tokenize(words.join(' ')))]))
  const nothing = new Set<string>()
  const queries = asked.flatMap(({ group, word, unknown }): FoundQuery[] => {
    const relevant = new Set<string>()
    const neutral = new Set<string>()
    for (const [id, own] of tokens) {
      const mentions = has(own, word) || has(said.get(id) ?? nothing, word)
      if (mentions) neutral.add(id)
      else if ([...unknown].some((other) => has(own, other))) relevant.add(id)
    }
    // Without a word to learn from, or without an item to find, there is nothing to measure.
    const isLearnable = [...relevant].some((id) => enrichment.has(id))
    return relevant.size > 0 && neutral.size > 0 && neutral.size <= NEUTRAL_MAX && isLearnable
      ? [{ query: word, group, relevant, neutral }]
      : []
  })
  return { enrichment, queries }
}

/** Which words of a group the enrichment takes for the same; symmetric. */
function knownPairs(words: readonly string[], reading: Reading, rng: Rng): (a: string, b: string) => boolean {
  if (reading === 'members') {
    const known = new Set(rng.shuffle([...words]).slice(0, Math.ceil(words.length / 2)))
    return (a, b) => known.has(a) && known.has(b)
  }
  const pairs = words.flatMap((a, index) => words.slice(index + 1).map((b) => [a, b].sort().join('\n')))
  const known = new Set(rng.shuffle(pairs).slice(0, Math.ceil(pairs.length / 2)))
  return (a, b) => known.has([a, b].sort().join('\n'))
}

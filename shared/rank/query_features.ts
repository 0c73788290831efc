import { tokenize } from '../base/text/tokenize.ts'
import type { Card } from '../domain/card.ts'
import type { Candidate } from '../recall/candidates.ts'

/** How the words of a query lie in what is known of each candidate; all zeros without a query or without metadata. */
export interface QueryFeatures {
  /** Cosine of the sets of letter triples of title and query, blanks left out: spelling, and words run together. */
  letters: Float64Array
  /** Of the query's known words, the share that begins the title, word after word. */
  head: Float64Array
  /** The share that stands in brand, categories or attributes; in any text of the item. */
  names: Float64Array
  any: Float64Array
}

function triples(tokens: readonly string[]): Set<string> {
  const letters = ` ${tokens.join('')} `
  const found = new Set<string>()
  for (let at = 0; at + 3 <= letters.length; at++) found.add(letters.slice(at, at + 3))
  return found
}

function cosine(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let shared = 0
  for (const one of a) if (b.has(one)) shared += 1
  return shared / Math.sqrt(a.size * b.size)
}

/** The longest run from the title's first word on that the query has, word after word. */
function headOf(title: readonly string[], query: readonly string[]): string[] {
  let longest = 0
  for (let from = 0; from < query.length; from++) {
    let length = 0
    while (length < title.length && query[from + length] === title[length]) length += 1
    longest = Math.max(longest, length)
  }
  return title.slice(0, longest)
}

type Readable = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'text'>

interface Words {
  title: string[]
  names: Set<string>
  all: Set<string>
}

function wordsOf(card: Readable): Words {
  const title = tokenize(card.title)
  const names = new Set(
    tokenize([card.brand ?? '', ...card.categories, ...Object.values(card.attributes).flat()].join(' ')),
  )
  const rest = tokenize([...card.tags, card.text ?? ''].join(' '))
  return { title, names, all: new Set([...title, ...names, ...rest]) }
}

export function queryFeatures(
  query: string | null,
  candidates: readonly Candidate[],
  cards: ReadonlyMap<string, Readable> | null,
): QueryFeatures {
  const empty = () => new Float64Array(candidates.length)
  const features: QueryFeatures = { letters: empty(), head: empty(), names: empty(), any: empty() }
  if (query === null || cards === null) return features
  const inOrder = tokenize(query)
  const wanted = triples(inOrder)
  const words = candidates.map(({ id }) => (cards.has(id) ? wordsOf(cards.get(id)!) : null))
  // A word that no candidate has says nothing of any of them.
  const known = [...new Set(inOrder)].filter((word) => words.some((own) => own?.all.has(word)))
  if (known.length === 0) return features
  const share = (held: ReadonlySet<string>) => known.filter((word) => held.has(word)).length / known.length
  for (const [place, own] of words.entries()) {
    if (own === null) continue
    features.letters[place] = cosine(triples(own.title), wanted)
    features.head[place] = Math.min(1, headOf(own.title, inOrder).length / known.length)
    features.names[place] = share(own.names)
    features.any[place] = share(own.all)
  }
  return features
}

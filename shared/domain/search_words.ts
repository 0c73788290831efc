import { segmentCjk } from '../base/text/tokenize.ts'

/** The facts of an item that shoppers' words are compared with. */
export interface SearchFacts {
  title: string
  description: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Readonly<Record<string, unknown>>
  /** Values of its variants' options. */
  options: readonly string[]
  /** What it is called in its markets. */
  localised: ReadonlyArray<{ title: string | null; description: string | null }>
}

const joined = (parts: readonly string[]) => [...new Set(parts.filter((text) => text !== ''))].join(' ')

/**
 * What full text search sees: every language in one document, so that a shopper finds an item in any of them. Chinese and
 * Japanese are cut into words: those of the title stand behind it, so that they count as the title's, all in `segmented`.
 */
export function searchWords(facts: SearchFacts): { title: string; body: string; segmented: string } {
  // By name: the order of keys is no content, and must not give the text another order.
  const values = Object.keys(facts.attributes)
    .sort()
    .flatMap((name) => facts.attributes[name])
    .filter((value): value is string => typeof value === 'string')
  const title = joined([facts.title, ...facts.localised.map((own) => own.title ?? '')])
  const body = joined([
    facts.brand ?? '',
    ...facts.categories,
    ...facts.tags,
    ...values,
    ...facts.options,
    facts.description,
    ...facts.localised.map((own) => own.description ?? ''),
  ])
  return { title: joined([title, ...segmentCjk(title).split(' ')]), body, segmented: segmentCjk(`${title} ${body}`) }
}

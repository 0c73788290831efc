import { capText, cleanText } from '../base/text/clean.ts'
import type { Attributes } from '../domain/item.ts'

/** An item as a model sees it on a shelf: no id, no description, no popularity. */
export interface PromptItem {
  title: string
  brand: string | null
  categories: readonly string[]
  attributes: Attributes
  /** As a shopper reads it; null where none is told. */
  price: string | null
}

/** An item of the shopper's past. */
export interface PromptPastItem extends PromptItem {
  /** What was done with it: `view`, `purchase` ... */
  did: readonly string[]
}

/** Everything that a question about a shelf may tell; the one interface of all of them (360Brew, arXiv 2501.16450). */
export interface ShelfQuestion {
  locale: string
  /** The shopper's profile, made ahead: what the past has in common, and titles that stand for it (NIR, arXiv 2304.03153). */
  topics: readonly string[]
  representatives: readonly string[]
  /** Oldest first. */
  history: readonly PromptPastItem[]
  cart: readonly PromptItem[]
  placement: string
  seeds: readonly PromptItem[]
  query: string | null
  /** In the order in which they are to be shown. */
  candidates: readonly PromptItem[]
}

/** Caps on what is told, each with its reason: tokens are paid for by the shelf, and attention is finite. */
export const VERBALISER_CAPS = {
  /** Longer titles repeat themselves for search engines. */
  titleChars: 120,
  wordChars: 60,
  /** The end of a path says what an item is. */
  pathChars: 120,
  categories: 2,
  attributes: 8,
  valuesPerAttribute: 4,
  queryChars: 200,
} as const

/** A told item: what is not known of it is left out, since every field is paid for. */
export interface ToldItem {
  title: string
  brand?: string
  categories?: string[]
  attributes?: Record<string, string | number | boolean | Array<string | number | boolean>>
  price?: string
}

/** The document of a shelf, without its task. */
export interface ShelfDocument {
  locale: string
  shopper: { topics: string[]; representatives: string[] }
  /** `step` 1 is the oldest. Recency is said twice, since models overlook order that is only implied (LLMRank, arXiv 2305.08845). */
  history: Array<{ step: number; did: string[] } & ToldItem>
  most_recent: string | null
  cart: ToldItem[]
  placement: string
  seeds: ToldItem[]
  query: string | null
  candidates: Array<{ number: number } & ToldItem>
}

/**
 * A question's facts as one document. Its fields stand from what changes least to what changes most (shop's language,
 * shopper, visit, shelf, presentation), so that questions of one shopper, then of one shelf, begin with the same text.
 * Texts are cleaned and capped here; what speaks to a model was taken out by whoever gave them.
 */
export function verbalise(question: ShelfQuestion): ShelfDocument {
  const { history } = question
  const last = history.at(-1)
  return {
    locale: question.locale,
    shopper: { topics: question.topics.map(word), representatives: question.representatives.map(title) },
    history: history.map((item, index) => ({ step: index + 1, did: item.did.map(word), ...told(item) })),
    most_recent:
      last === undefined ? null : `step ${history.length}: ${last.did.map(word).join(', ')} "${title(last.title)}"`,
    cart: question.cart.map(told),
    placement: word(question.placement),
    seeds: question.seeds.map(told),
    query: question.query === null ? null : clip(question.query, VERBALISER_CAPS.queryChars),
    candidates: question.candidates.map((item, index) => ({ number: index + 1, ...told(item) })),
  }
}

const clip = (text: string, chars: number): string => capText(cleanText(text), chars)
const word = (text: string): string => clip(text, VERBALISER_CAPS.wordChars)
const title = (text: string): string => clip(text, VERBALISER_CAPS.titleChars)

function told(item: PromptItem): ToldItem {
  const categories = item.categories.slice(0, VERBALISER_CAPS.categories).map(path)
  const attributes = Object.entries(item.attributes).slice(0, VERBALISER_CAPS.attributes).map(attribute)
  return {
    title: title(item.title),
    ...(item.brand === null ? {} : { brand: word(item.brand) }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    ...(item.price === null ? {} : { price: word(item.price) }),
  }
}

/** The last characters of a path: `Kitchen > Tea > Teapots` is a teapot. */
function path(text: string): string {
  const clean = cleanText(text)
  return clean.length <= VERBALISER_CAPS.pathChars
    ? clean
    : clean
        .slice(-VERBALISER_CAPS.pathChars)
        .toWellFormed()
        .replace(/^[^>]*> /, '')
}

function attribute([name, value]: [string, Attributes[string]]) {
  const one = (own: string | number | boolean) => (typeof own === 'string' ? word(own) : own)
  const said = Array.isArray(value) ? value.slice(0, VERBALISER_CAPS.valuesPerAttribute).map(one) : one(value)
  return [word(name), said] as const
}

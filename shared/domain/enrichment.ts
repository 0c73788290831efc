import * as z from 'zod'
import type { Attributes } from './item.ts'

/** What of an item may be said to a language model, and what every claim is checked against. */
export interface ItemFacts {
  id: string
  /** The language of title and description. */
  locale: string
  title: string
  description: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Attributes
  /** Options of its variants: `Size: S, M, L`. */
  options: Readonly<Record<string, readonly string[]>>
  /** Titles and descriptions that the shop wrote for other markets. */
  localised: ReadonlyArray<{ locale: string | null; title: string | null; description: string | null }>
}

/** What is asked of an item's text, each with its own prompt file, version and schema. */
export const FACETS = [
  'summary',
  'selling_points',
  'attributes',
  'use_cases',
  'audience',
  'questions',
  'queries',
] as const
export type Facet = (typeof FACETS)[number]

const phrase = (max: number) => z.string().min(1).max(max)
/** A passage of one field of the facts, word for word, that supports the claim beside it. */
const quote = phrase(300)

/** A model's answer, facet by facet: strict JSON schemas, every property required. */
export const ANSWER_SCHEMAS = {
  summary: z.array(z.strictObject({ locale: phrase(20), text: phrase(400), quotes: z.array(quote).max(6) })).max(8),
  selling_points: z.array(z.strictObject({ text: phrase(160), quote })).max(6),
  attributes: z.array(z.strictObject({ name: phrase(60), value: phrase(80), quote })).max(20),
  use_cases: z.array(z.strictObject({ text: phrase(120), quote })).max(6),
  audience: z.array(z.strictObject({ text: phrase(120), quote })).max(4),
  questions: z.array(z.strictObject({ question: phrase(160), answer: phrase(200), quote })).max(5),
  queries: z.array(phrase(80)).max(10),
} as const satisfies Record<Facet, z.ZodType>

export type Answer = { [F in Facet]?: z.infer<(typeof ANSWER_SCHEMAS)[F]> }

/** What is known of an item beyond its source text: every claim in it was checked against that text. */
export interface Understanding {
  /** By locale. */
  summary: Record<string, string>
  selling_points: string[]
  attributes: Record<string, string[]>
  use_cases: string[]
  audience: string[]
  questions: Array<{ question: string; answer: string }>
  /** What shoppers may type to find it; never shown. */
  queries: string[]
}

/** A claim that the source does not support: counted, never kept. */
export interface DroppedClaim {
  facet: Facet | 'expansion'
  claim: string
  reason:
    | 'number'
    | 'unit'
    | 'negation'
    | 'material'
    | 'colour'
    | 'brand'
    | 'compatibility'
    | 'quote'
    | 'words'
    | 'vocabulary'
    | 'promotion'
    | 'markup'
    | 'language'
    | 'malformed'
}

/** What an answer came to after the check. */
export interface Checked {
  understanding: Partial<Understanding>
  kept: number
  dropped: DroppedClaim[]
}

/** What a shop's items are understood with. */
export interface UnderstandingContext {
  /** The languages of the shop's markets; summaries are written in each. */
  locales: readonly string[]
  /** Attribute names and the closed list of values that an item of this category may have. */
  vocabulary: Readonly<Record<string, readonly string[]>>
  /** Brands of the shop's other items: none of them is said of this one. */
  brands?: readonly string[]
}

/** A question for a language model, ready to be sent. */
export interface Ask {
  /** Of the prompts, with the preamble's version first: `summary@1.1 queries@1.2`. */
  recipe: string
  facets: readonly (Facet | 'expansion')[]
  system: string
  user: string
  schemaName: string
  /** A strict JSON schema: every property required, none beyond. */
  schema: Record<string, unknown>
  maxOutputTokens: number
}

/** What an item and those it is bought with have in common; used to find it, never shown. */
export const expansionAnswerSchema = z.strictObject({ themes: z.array(phrase(80)).max(8) })

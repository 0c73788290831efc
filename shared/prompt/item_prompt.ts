import * as z from 'zod'
import type { Ask, Facet, ItemFacts, UnderstandingContext } from '../domain/enrichment.ts'
import { FACETS } from '../domain/enrichment.ts'
import { attributesPrompt } from './attributes.ts'
import { audiencePrompt } from './audience.ts'
import { expansionPrompt } from './expansion.ts'
import { capNeighbours, capVocabulary, type PromptNeighbour, promptFacts } from './item_prompt_data.ts'
import { PREAMBLE } from './preamble.ts'
import type { Prompt } from './prompt.ts'
import { queriesPrompt } from './queries.ts'
import { questionsPrompt } from './questions.ts'
import { sellingPointsPrompt } from './selling_points.ts'
import { summaryPrompt } from './summary.ts'
import { useCasesPrompt } from './use_cases.ts'

export const PROMPTS = {
  summary: summaryPrompt,
  selling_points: sellingPointsPrompt,
  attributes: attributesPrompt,
  use_cases: useCasesPrompt,
  audience: audiencePrompt,
  questions: questionsPrompt,
  queries: queriesPrompt,
  expansion: expansionPrompt,
} as const satisfies Record<Facet | 'expansion', Prompt>

/** Tokens that each part of an answer may cost: its schema's largest sensible content, with room for other scripts. */
const OUTPUT_TOKENS: Record<Facet | 'expansion', number> = {
  summary: 700,
  selling_points: 700,
  attributes: 900,
  use_cases: 500,
  audience: 350,
  questions: 700,
  queries: 300,
  expansion: 250,
}

/** Which prompts gave an answer: `summary@1 queries@2`, in the order of FACETS; a change of any re-asks its items. */
export function recipeOf(facets: readonly (Facet | 'expansion')[]): string {
  return inOrder(facets)
    .map((facet) => `${facet}@${PREAMBLE.version}.${PROMPTS[facet].version}`)
    .join(' ')
}

/**
 * The question about one item for the facets that are due. `system` is the same text for every item of equal facets
 * (providers cache it as a prefix); `user` is one JSON document and nothing else, so that item text never stands where
 * an instruction would.
 */
export function askItem(facts: ItemFacts, context: UnderstandingContext, facets: readonly Facet[]): Ask {
  const due = inOrder(facets) as Facet[]
  const vocabulary = due.includes('attributes') ? capVocabulary(context.vocabulary) : {}
  const schema = z.strictObject(
    Object.fromEntries(
      due.map((facet) => [facet, facet === 'attributes' ? attributesSchema(vocabulary) : PROMPTS[facet].schema]),
    ),
  )
  return compose(due, 'item_understanding', schema, {
    facts: promptFacts(facts),
    locales: [...context.locales],
    vocabulary,
    facets: due,
  })
}

/** The question what an item has in common with those it is bought with. */
export function askExpansion(facts: ItemFacts, neighbours: ReadonlyArray<PromptNeighbour>): Ask {
  return compose(['expansion'], 'item_expansion', expansionPrompt.schema, {
    facts: promptFacts(facts),
    neighbours: capNeighbours(neighbours),
  })
}

function compose(facets: readonly (Facet | 'expansion')[], schemaName: string, schema: z.ZodType, data: unknown): Ask {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema)
  return {
    recipe: recipeOf(facets),
    facets,
    system: [PREAMBLE.text, ...facets.map((facet) => PROMPTS[facet].instruction)].join('\n'),
    user: JSON.stringify(data),
    schemaName,
    schema: jsonSchema,
    maxOutputTokens: facets.reduce((sum, facet) => sum + OUTPUT_TOKENS[facet], 0),
  }
}

/** Providers refuse a strict schema with too many enum values, or too many characters in them; the check repeats the closed list anyway. */
const ENUM_VALUES_MAX = 250
const ENUM_CHARS_MAX = 7_500

/** The closed vocabulary in the schema itself, where it fits: names always, values while they are few enough. */
function attributesSchema(vocabulary: Readonly<Record<string, readonly string[]>>): z.ZodType {
  const names = Object.keys(vocabulary)
  const values = [...new Set(Object.values(vocabulary).flat())]
  const closed = (list: string[], fallback: z.ZodType) =>
    list.length === 0 ? fallback : z.enum(list as [string, ...string[]])
  const fits = values.length <= ENUM_VALUES_MAX && values.join('').length <= ENUM_CHARS_MAX
  const one = attributesPrompt.schema.element
  return z
    .array(
      z.strictObject({
        name: closed(names, one.shape.name),
        value: fits ? closed(values, one.shape.value) : one.shape.value,
        quote: one.shape.quote,
      }),
    )
    .max(20)
}

function inOrder(facets: readonly (Facet | 'expansion')[]): (Facet | 'expansion')[] {
  return [...FACETS, 'expansion' as const].filter((facet) => facets.includes(facet))
}

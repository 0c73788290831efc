import * as z from 'zod'
import type { Prompt } from './prompt.ts'

/** Strict: candidates by number alone. Not bound to a list's length, so that the schema is the same text for every call. */
export const orderAnswerSchema = z.strictObject({ order: z.array(z.int().min(1)) })

export const rankPrompt = {
  id: 'rank',
  version: 1,
  schema: orderAnswerSchema,
  instruction: `Order the candidates by how likely this shopper is to want each of them next, on this shelf and in view of "seeds", "cart" and "query" where they are given. Most likely first. "order": the number of every candidate, each exactly once.`,
} as const satisfies Prompt

export const similarPrompt = {
  id: 'similar',
  version: 1,
  schema: orderAnswerSchema,
  instruction: `Order the candidates by how well each of them would serve in place of the items of "seeds": the same kind first, then the properties that a buyer of such a thing asks about, then the shopper's own likings. Best first. "order": the number of every candidate, each exactly once.`,
} as const satisfies Prompt

import { expansionAnswerSchema } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const expansionPrompt = {
  id: 'expansion',
  version: 1,
  schema: expansionAnswerSchema,
  instruction: `themes: up to eight. "neighbours" are items that were bought together with the item of "facts". A theme is a short phrase, in the language of the facts, that says what they have in common with it: an activity, an occasion, a style, a need. No numbers and no brand names, no material or colour that the facts do not state.`,
} as const satisfies Prompt

import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const queriesPrompt = {
  id: 'queries',
  version: 1,
  schema: ANSWER_SCHEMAS.queries,
  instruction: `queries: up to ten. What different shoppers would type to find such an item, in the language of the facts: its kind, other everyday names of its kind, what it is for, a property with its kind. Lower case, two to six words each. No brand, number, material or colour that the facts do not state; no shop names.`,
} as const satisfies Prompt

import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const audiencePrompt = {
  id: 'audience',
  version: 1,
  schema: ANSWER_SCHEMAS.audience,
  instruction: `audience: up to four. "text": whom the item suits, in a few words and in the language of the facts, by what they do or like. Never by origin, religion, health, politics or income; by sex or age only where the facts say so. "quote": the passage that suggests it.`,
} as const satisfies Prompt

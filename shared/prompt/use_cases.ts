import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const useCasesPrompt = {
  id: 'use_cases',
  version: 1,
  schema: ANSWER_SCHEMAS.use_cases,
  instruction: `use_cases: up to six. "text": an occasion, place or task for which the facts make the item fitting, in a few words and in the language of the facts. No number, material, colour, brand or compatibility that the facts do not state. "quote": the passage that makes it fitting.`,
} as const satisfies Prompt

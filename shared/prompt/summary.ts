import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const summaryPrompt = {
  id: 'summary',
  version: 1,
  schema: ANSWER_SCHEMAS.summary,
  instruction: `summary: for every entry of "locales" one object. "text": one or two plain sentences, at most 200 characters, in the language of that locale, that say what the item is and its most important properties. Numbers, units, brand and proper names exactly as the facts write them. "quotes": for every statement in the text the passage of the facts that it rests on.`,
} as const satisfies Prompt

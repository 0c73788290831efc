import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const attributesPrompt = {
  id: 'attributes',
  version: 1,
  schema: ANSWER_SCHEMAS.attributes,
  instruction: `attributes: up to twenty. "name" and "value" are taken from "vocabulary" only: a name is one of its keys, a value is one of the entries under that key, both letter for letter. Give an attribute where the facts state it of the item itself, not of another thing that they mention. "quote": the passage that states it.`,
} as const satisfies Prompt

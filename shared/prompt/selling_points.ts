import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const sellingPointsPrompt = {
  id: 'selling_points',
  version: 1,
  schema: ANSWER_SCHEMAS.selling_points,
  instruction: `selling_points: up to six. "text": one property of the item that a buyer asks about (material, size, capacity, care, what is included, what it fits), as a short sentence in the words of the facts and in their language. One property each. "quote": the passage that says so.`,
} as const satisfies Prompt

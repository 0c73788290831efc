import { ANSWER_SCHEMAS } from '../domain/enrichment.ts'
import type { Prompt } from './prompt.ts'

export const questionsPrompt = {
  id: 'questions',
  version: 1,
  schema: ANSWER_SCHEMAS.questions,
  instruction: `questions: up to five. "question": what a buyer would ask before buying and the facts answer, in the language of the facts. "answer": one short sentence in the words of the facts. "quote": the passage that answers it. A question that the facts leave open is not asked.`,
} as const satisfies Prompt

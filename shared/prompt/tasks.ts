import * as z from 'zod'
import type { Prompt } from './prompt.ts'
import { rankPrompt, similarPrompt } from './rank.ts'
import { reasonPrompt } from './reason.ts'
import { SHELF_PREAMBLE } from './shelf_preamble.ts'
import { type ShelfDocument, type ShelfQuestion, verbalise } from './verbaliser.ts'

/** A thing that can be asked about a shelf: a row here and nothing else (360Brew, arXiv 2501.16450). */
export interface Task {
  prompt: Prompt
  /** Of an answer, apart from its candidates ... */
  fixedTokens: number
  /** ... and for each of them: a number, its comma and what white space a model puts around them. */
  tokensPerCandidate: number
}

export const TASKS = {
  rank: { prompt: rankPrompt, fixedTokens: 40, tokensPerCandidate: 6 },
  similar: { prompt: similarPrompt, fixedTokens: 40, tokensPerCandidate: 6 },
  // Fifty words, their ids and brackets; other scripts take a token a character.
  explain: { prompt: reasonPrompt, fixedTokens: 40, tokensPerCandidate: 160 },
} as const satisfies Record<string, Task>

/** What a task alone is given, beside the shelf's document: evidence, a list of what was shown. */
export type TaskData = Readonly<Record<string, unknown>>

/** The user text: the shelf's document with the task as its last field. */
export interface ShelfUserText extends ShelfDocument {
  task: { id: string; instruction: string; data?: TaskData }
}

export interface ShelfAsk {
  recipe: string
  system: string
  user: string
  schemaName: string
  schema: Record<string, unknown>
  maxOutputTokens: number
}

/** Which texts gave an answer: `rank@1.1`, the preamble's version and the task's. */
export const taskRecipe = ({ prompt }: Task): string => `${prompt.id}@${SHELF_PREAMBLE.version}.${prompt.version}`

/**
 * A question about a shelf. The system text is one for all tasks and the task is the end of the user text, so that
 * everything before it is the same bytes for every task of one shelf, and providers charge it once (their prompt caches go
 * by prefix). `user` is one JSON document: no text of an item can stand where the task stands.
 */
export function askShelf(task: Task, question: ShelfQuestion, data?: TaskData): ShelfAsk {
  const { prompt } = task
  const { $schema: _, ...schema } = z.toJSONSchema(prompt.schema)
  const user: ShelfUserText = {
    ...verbalise(question),
    task: { id: prompt.id, instruction: prompt.instruction, ...(data === undefined ? {} : { data }) },
  }
  return {
    recipe: taskRecipe(task),
    system: SHELF_PREAMBLE.text,
    user: JSON.stringify(user),
    schemaName: `shelf_${prompt.id}`,
    schema: schema as Record<string, unknown>,
    maxOutputTokens: task.fixedTokens + task.tokensPerCandidate * question.candidates.length,
  }
}

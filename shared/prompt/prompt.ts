import type * as z from 'zod'

/** One question of the machine's: a change of its text is a change of its version. */
export interface Prompt {
  id: string
  version: number
  schema: z.ZodType
  /** What is asked, in the system text; the same for every item. */
  instruction: string
}

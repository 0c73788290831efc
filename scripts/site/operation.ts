import type * as z from 'zod'
import type { PROBLEMS } from '../../shared/base/problem.ts'

type Json = Record<string, unknown>
type Key = 'none' | 'pk_or_sk' | 'sk' | 'admin'

/** One method of one path, as the OpenAPI document tells it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete'
  /** As OpenAPI writes it, with parameters in braces. */
  path: string
  tag: string
  summary: string
  description?: string
  key: Key
  query?: Json[]
  /** `others`: content types of the same in other forms, which are text. */
  body?: { type: 'application/json' | 'application/x-ndjson'; schema: z.ZodType; others?: readonly string[] }
  answer: { status: number; description: string; schema: z.ZodType }
  problems: Array<keyof typeof PROBLEMS>
}

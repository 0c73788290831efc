import type { FieldError } from '../../../base/problem.ts'
import type { SourceContext } from '../../../domain/webhook_source.ts'
import type { Effect, VerifiedDelivery } from '../effects.ts'

/** What an adapter is given: a body that is JSON, and everything it may need beside it. */
export interface AdapterInput {
  /** As `name` gave it. */
  id: string
  topic: string
  body: unknown
  headers: Headers
  receivedAtMs: number
  context: SourceContext
}

/** What a body asks for; or that it asks for nothing, on purpose; or what is wrong with it. */
export type Read =
  /** `problems`: parts that cannot be taken, beside others that can; the delivery is kept for them. */
  | { effects: readonly Effect[]; warnings: readonly string[]; problems?: readonly FieldError[] }
  | { ignored: string }
  | { errors: readonly FieldError[] }

/** One platform's way of naming deliveries and of saying things. Both functions take any value and never throw. */
export interface Adapter {
  name(delivery: VerifiedDelivery, body: unknown, context: SourceContext): { id: string; topic: string }
  read(input: AdapterInput): Read
}

export const wrong = (pointer: string, detail: string): Read => ({ errors: [{ pointer, detail }] })
export const asked = (
  effects: readonly Effect[],
  warnings: readonly string[] = [],
  problems: readonly FieldError[] = [],
): Read => ({ effects, warnings, problems })

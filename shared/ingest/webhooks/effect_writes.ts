import type { FieldError } from '../../base/problem.ts'
import { fieldErrors } from '../../domain/decode.ts'
import { type ItemDeletion, type ItemLine, itemDeletionSchema, itemLineSchema } from '../../domain/item.ts'
import type { StoredWrite } from '../../domain/stored_write.ts'
import { ItemRefused, toItemWrite, toTombstone } from '../item_write.ts'

export type ParsedWrite = { ok: true; write: StoredWrite } | { ok: false; errors: FieldError[] }

/** A line as an adapter made it, held to the same schema as every other item. */
export function lineWrite(line: ItemLine, locale: string, nowMs: number): ParsedWrite {
  const parsed = itemLineSchema.safeParse(line)
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) }
  return refusable(() => toItemWrite(parsed.data, locale, nowMs))
}

export function deletionWrite(deletion: ItemDeletion, nowMs: number): ParsedWrite {
  const parsed = itemDeletionSchema.safeParse(deletion)
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) }
  return refusable(() => toTombstone(parsed.data, nowMs))
}

function refusable(write: () => StoredWrite): ParsedWrite {
  try {
    return { ok: true, write: write() }
  } catch (error) {
    if (error instanceof ItemRefused) return { ok: false, errors: [{ pointer: error.pointer, detail: error.message }] }
    throw error
  }
}

import type { FieldError } from '../base/problem.ts'
import { fieldErrors } from '../domain/decode.ts'
import {
  type ItemDeletion,
  type ItemLine,
  type ItemOutcome,
  itemDeletionSchema,
  itemLineSchema,
} from '../domain/item.ts'
import type { StoredWrite } from '../domain/stored_write.ts'
import { type ItemWriter, WRITES_PER_BATCH } from '../store/catalogue/item_writes.ts'
import { ItemRefused, toItemWrite, toTombstone } from './item_write.ts'

/** What became of one line. */
export interface LineResult {
  /** Counted from 1 within the request. */
  line: number
  id: string | null
  outcome: ItemOutcome
  errors?: FieldError[]
}

/** Characters of a batch's writes: their facts travel as one value, and D1 takes 2 MB. */
const CHARS_PER_BATCH = 400_000

type Parsed = { ok: true; write: StoredWrite } | { ok: false; id: string | null; errors: FieldError[] }

/** One line of NDJSON as a write, or what is wrong with it. */
export function parseItemLine(text: string, shopLocale: string, nowMs: number): Parsed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, id: null, errors: [{ pointer: '', detail: 'not valid JSON' }] }
  }
  const id = idOf(value)
  const isDeletion = typeof value === 'object' && value !== null && Object.hasOwn(value, 'deleted')
  const parsed = isDeletion ? itemDeletionSchema.safeParse(value) : itemLineSchema.safeParse(value)
  if (!parsed.success) return { ok: false, id, errors: fieldErrors(parsed.error) }
  try {
    const data: ItemLine | ItemDeletion = parsed.data
    return { ok: true, write: 'deleted' in data ? toTombstone(data, nowMs) : toItemWrite(data, shopLocale, nowMs) }
  } catch (error) {
    if (error instanceof ItemRefused)
      return { ok: false, id, errors: [{ pointer: error.pointer, detail: error.message }] }
    throw error
  }
}

function idOf(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : null
  return typeof id === 'string' ? id.slice(0, 200) : null
}

/**
 * Writes the lines in order, rejects staying with their line. Batches are cut so that an item stands in a batch once:
 * within a batch order is not kept.
 * @param sentAtMs the clock of lines that have none of their own
 */
export async function writeItemLines(
  shop: string,
  lines: readonly string[],
  shopLocale: string,
  writer: Pick<ItemWriter, 'apply'>,
  nowMs: number,
  sentAtMs = nowMs,
): Promise<LineResult[]> {
  const results: LineResult[] = []
  let batch = new Map<string, { line: number; write: StoredWrite }>()
  let chars = 0
  // Lines without a clock of their own get this one; it rises with every batch, so that a later line of an item wins.
  let clockMs = sentAtMs
  const flush = async () => {
    const entries = [...batch.values()]
    batch = new Map()
    chars = 0
    clockMs += 1
    const outcomes = await writer.apply(
      shop,
      entries.map((entry) => entry.write),
      nowMs,
    )
    for (const [index, outcome] of outcomes.entries()) results.push({ line: entries[index]!.line, ...outcome })
  }
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    const line = index + 1
    let parsed = parseItemLine(text, shopLocale, clockMs)
    if (!parsed.ok) {
      results.push({ line, id: parsed.id, outcome: 'rejected', errors: parsed.errors })
      continue
    }
    const size = JSON.stringify(parsed.write).length
    const full = batch.size === WRITES_PER_BATCH || (batch.size > 0 && chars + size > CHARS_PER_BATCH)
    if (full || batch.has(parsed.write.id)) {
      await flush()
      const again = parseItemLine(text, shopLocale, clockMs)
      if (again.ok) parsed = again
    }
    chars += size
    batch.set(parsed.write.id, { line, write: parsed.write })
  }
  if (batch.size > 0) await flush()
  return results.sort((a, b) => a.line - b.line)
}

export function countOutcomes(results: readonly LineResult[]): Record<ItemOutcome, number> {
  const counts: Record<ItemOutcome, number> = {
    created: 0,
    updated: 0,
    unchanged: 0,
    stale: 0,
    deleted: 0,
    rejected: 0,
  }
  for (const result of results) counts[result.outcome] += 1
  return counts
}

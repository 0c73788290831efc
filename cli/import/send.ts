import type { FieldError } from '../../shared/base/problem.ts'
import { fieldErrors } from '../../shared/domain/decode.ts'
import { eventSchema } from '../../shared/domain/event.ts'
import { itemDeletionSchema, itemLineSchema } from '../../shared/domain/item.ts'
import { eventsBulkSchema, itemsBulkSchema } from '../answers.ts'
import type { Client } from '../client.ts'
import type { Chunk, Reject, Warning } from './chunks.ts'
import type { LineKind, SourceFile } from './source.ts'

/** How many lines came to what: `created`, `unchanged`, `accepted`, `duplicates`, `rejected` ... */
export type Tally = Record<string, number>

export interface SentChunk {
  through: number
  tally: Tally
  rejects: Reject[]
  warnings: Warning[]
}

/** Sends a chunk, or checks it, and says what became of each line. */
export type SendChunk = (file: SourceFile, chunk: Chunk) => Promise<SentChunk>

export const emptyTally = (kind: LineKind): Tally =>
  kind === 'items'
    ? { created: 0, updated: 0, unchanged: 0, stale: 0, deleted: 0, rejected: 0 }
    : { accepted: 0, duplicates: 0, rejected: 0 }

/** Sends to the service; its line numbers count within the request and are turned into those of the file. */
export function remoteSender(client: Client, dryRun: boolean): SendChunk {
  return async (file, chunk) => {
    const query = queryOf(file, dryRun)
    const { texts: lines, through } = chunk
    const tally: Tally = { ...emptyTally(file.kind), rejected: chunk.rejects.length }
    const rejects = [...chunk.rejects]
    const warnings = [...chunk.warnings]
    if (chunk.ignored > 0) tally.ignored = chunk.ignored
    const place = (line: number, id: string | null, errors: FieldError[]): void => {
      rejects.push({ file: file.name, line: chunk.numbers[line - 1] ?? 0, id, errors })
    }
    if (lines.length === 0) {
      if (warnings.length > 0) tally.warnings = warnings.length
      return { through, tally, rejects, warnings }
    }
    if (file.kind === 'items') {
      const call = { method: 'POST', path: `/v1/items:bulk${query}`, lines, answer: itemsBulkSchema } as const
      const { counts, results } = await client.call(call)
      for (const [outcome, number] of Object.entries(counts)) tally[outcome] = (tally[outcome] ?? 0) + number
      for (const one of results) if (one.outcome === 'rejected') place(one.line, one.id ?? null, one.errors ?? [])
    } else {
      const call = { method: 'POST', path: `/v1/events:bulk${query}`, lines, answer: eventsBulkSchema } as const
      const answer = await client.call(call)
      tally.accepted = answer.accepted
      tally.duplicates = answer.duplicates
      tally.rejected = chunk.rejects.length + answer.rejected.length
      for (const one of answer.rejected) place(one.line, null, one.errors)
      for (const { line, detail } of answer.warnings) {
        warnings.push({ file: file.name, line: chunk.numbers[line - 1] ?? 0, detail })
      }
    }
    if (warnings.length > 0) tally.warnings = warnings.length
    return { through, tally, rejects: rejects.sort((a, b) => a.line - b.line), warnings }
  }
}

/** Order histories name items as the warehouse does; the service knows which items those are. */
function queryOf(file: SourceFile, dryRun: boolean): string {
  const parts = [
    ...(dryRun ? ['dry_run=true'] : []),
    ...(file.format === 'orders' || file.format === 'orders-jsonl' ? ['resolve=sku'] : []),
  ]
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Checks lines with the service's own schemas, for a dry run before the shop exists: all that is valid would be new. */
export const localSender: SendChunk = async (file, chunk) => {
  const rejects = [...chunk.rejects]
  chunk.texts.forEach((text, at) => {
    const content: unknown = JSON.parse(text)
    const schema = file.kind === 'events' ? eventSchema : isDeletion(content) ? itemDeletionSchema : itemLineSchema
    const parsed = schema.safeParse(content)
    if (parsed.success) return
    const id = (content as { id?: unknown }).id
    const errors = fieldErrors(parsed.error)
    rejects.push({ file: file.name, line: chunk.numbers[at]!, id: typeof id === 'string' ? id : null, errors })
  })
  const valid = chunk.texts.length + chunk.rejects.length - rejects.length
  const tally = {
    ...emptyTally(file.kind),
    [file.kind === 'items' ? 'created' : 'accepted']: valid,
    rejected: rejects.length,
    ...(chunk.ignored === 0 ? {} : { ignored: chunk.ignored }),
    ...(chunk.warnings.length === 0 ? {} : { warnings: chunk.warnings.length }),
  }
  const { through, warnings } = chunk
  return { through, tally, rejects: rejects.sort((a, b) => a.line - b.line), warnings }
}

const isDeletion = (content: unknown): boolean => (content as { deleted?: unknown }).deleted !== undefined

/**
 * Sends chunks with at most `width` under way and hands their results over in the file's order, so that what is
 * remembered as done is always a beginning of the file.
 */
export async function sendInOrder(
  file: SourceFile,
  chunks: AsyncIterable<Chunk>,
  send: SendChunk,
  width: number,
  done: (sent: SentChunk) => Promise<void>,
): Promise<void> {
  const underWay: Array<Promise<SentChunk>> = []
  try {
    for await (const chunk of chunks) {
      if (underWay.length >= width) await done(await underWay.shift()!)
      const sending = send(file, chunk)
      // Awaited later; until then its failure must not count as unhandled.
      sending.catch(() => {})
      underWay.push(sending)
    }
    while (underWay.length > 0) await done(await underWay.shift()!)
  } finally {
    await Promise.allSettled(underWay)
  }
}

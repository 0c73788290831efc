import { eventSchema } from '../../../domain/event.ts'
import { itemDeletionSchema, itemLineSchema } from '../../../domain/item.ts'
import { readFeed } from '../read_feed.ts'
import { DEFAULT_OPTIONS, type FeedFormat, type FeedOptions, type FeedRecord } from '../record.ts'

/** 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600_000

/** The text in pieces of some size, as a network or a disk would hand it over. */
export async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** All records of a feed; throws when one of its items or events is none that the API takes. */
export async function readAll(
  text: string,
  format: FeedFormat,
  more: Partial<FeedOptions> = {},
  size = 7,
): Promise<FeedRecord[]> {
  const records: FeedRecord[] = []
  for await (const record of readFeed(pieces(text, size), format, { ...DEFAULT_OPTIONS, nowMs: NOW, ...more })) {
    if (record.kind === 'event') eventSchema.parse(record.value)
    else if (record.kind === 'item')
      ('deleted' in record.value ? itemDeletionSchema : itemLineSchema).parse(record.value)
    records.push(record)
  }
  return records
}

export const valuesOf = (records: readonly FeedRecord[]) =>
  records.flatMap((one) => (one.kind === 'item' || one.kind === 'event' ? [one.value] : []))
/** `line pointer detail` of every reject. */
export const rejectsOf = (records: readonly FeedRecord[]): string[] =>
  records.flatMap((one) =>
    one.kind === 'reject' ? one.errors.map((error) => `${one.line} ${error.pointer} ${error.detail}`) : [],
  )
export const warningsOf = (records: readonly FeedRecord[]): string[] =>
  records.flatMap((one) => (one.kind === 'warning' ? [`${one.line} ${one.detail}`] : []))

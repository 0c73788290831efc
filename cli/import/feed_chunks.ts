import type { FeedOptions } from '../../shared/ingest/feeds/record.ts'
import { CHUNK_BYTES, CHUNK_LINES, type Chunk, emptyChunk } from './chunks.ts'
import { refusal } from './feed_file.ts'
import { recordsOf } from './feeds.ts'
import { shifted } from './shift.ts'
import type { SourceFile } from './source.ts'

/**
 * Cuts a feed into chunks. Products are sent in the order in which they become whole, so what is remembered as done is
 * a number of records, the same in every reading, and not of lines.
 * @param after records up to this one were sent before; they are read again and dropped
 */
export async function* cutFeedChunks(
  file: SourceFile,
  options: FeedOptions,
  offsetMs: number,
  after: number,
): AsyncGenerator<Chunk> {
  let chunk = emptyChunk()
  let bytes = 0
  let ordinal = 0
  try {
    for await (const record of recordsOf(file, options)) {
      ordinal += 1
      if (ordinal <= after) continue
      const text =
        record.kind === 'item' || record.kind === 'event' ? JSON.stringify(shifted(record.value, offsetMs)) : ''
      const size = Buffer.byteLength(text) + 1
      const full = chunk.texts.length + chunk.rejects.length >= CHUNK_LINES[file.kind] || bytes + size > CHUNK_BYTES
      if (full && chunk.through > 0) {
        yield chunk
        chunk = emptyChunk()
        bytes = 0
      }
      chunk.through = ordinal
      const { line } = record
      if (record.kind === 'reject') chunk.rejects.push({ file: file.name, line, id: record.id, errors: record.errors })
      else if (record.kind === 'warning') chunk.warnings.push({ file: file.name, line, detail: record.detail })
      else if (record.kind === 'ignored') chunk.ignored += 1
      else {
        chunk.texts.push(text)
        chunk.numbers.push(line)
        bytes += size
      }
    }
  } catch (error) {
    throw refusal(file.name, error)
  }
  if (chunk.through > 0) yield chunk
}

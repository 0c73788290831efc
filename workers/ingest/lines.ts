import { Problem } from '../../shared/base/problem.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import { readText } from '../http/body.ts'

/** What lines of JSON are sent as; some senders know no better than plain text. */
export const NDJSON_TYPES = ['application/x-ndjson', 'application/jsonl', 'application/json-lines', 'text/plain']

/**
 * The lines of an NDJSON body; blank ones are kept, so that line numbers are the sender's.
 * @throws Problem `unsupported_media_type`, `payload_too_large`
 */
export async function readLines(request: Request, maxLines: number): Promise<string[]> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (!NDJSON_TYPES.includes(type))
    throw new Problem('unsupported_media_type', {
      detail: `send ${NDJSON_TYPES[0]}, or a feed with its own type (docs/ingestion.md)`,
    })
  const lines = (await readText(request, LIMITS.bulkBodyBytes)).split('\n')
  if (lines.at(-1)?.trim() === '') lines.pop()
  if (lines.length > maxLines) throw new Problem('payload_too_large', { detail: `at most ${maxLines} lines` })
  const long = lines.findIndex((line) => line.length * 3 > LIMITS.bulkLineBytes && bytesOf(line) > LIMITS.bulkLineBytes)
  if (long !== -1)
    throw new Problem('payload_too_large', {
      detail: `line ${long + 1} is longer than ${LIMITS.bulkLineBytes} bytes`,
    })
  return lines
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

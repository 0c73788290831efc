import type { Clock } from '../../../shared/base/clock.ts'

/** A day: the only completion window there is. */
const WINDOW_MS = 86_400_000

export interface BatchLine {
  custom_id: string
  method: string
  url: string
  body: unknown
}
/** What came of one line: an answer, or none because the window closed. */
export type LineOutcome = { status: number; body: unknown } | 'expired'

interface StoredFile {
  id: string
  bytes: number
  filename: string
  purpose: string
  content: string
  createdAtMs: number
}
export interface Batch {
  id: string
  endpoint: string
  inputFile: string
  status: 'validating' | 'in_progress' | 'completed' | 'expired' | 'failed' | 'cancelled'
  createdAtMs: number
  polls: number
  counts: { total: number; completed: number; failed: number }
  outputFile: string | null
  errorFile: string | null
  fault: string | null
}

export interface BatchOptions {
  clock: Clock
  /** Polls until it is done; `inMs` of the clock must have passed as well. */
  finishAfterPolls: number
  finishAfterMs: number
  /** Whether lines still open when the window closes end the batch as expired. */
  answerLine(line: BatchLine): LineOutcome
  shuffle<T>(list: readonly T[]): T[]
}

/** Files and batches, as `/v1/files` and `/v1/batches` have them. */
export function createBatches(options: BatchOptions) {
  const files = new Map<string, StoredFile>()
  const batches = new Map<string, Batch>()
  const { clock } = options

  function putFile(filename: string, purpose: string, content: string): StoredFile {
    const file = {
      id: `file-${files.size + 1}`,
      bytes: Buffer.byteLength(content),
      filename,
      purpose,
      content,
      createdAtMs: clock.now(),
    }
    files.set(file.id, file)
    return file
  }

  function create(inputFile: string, endpoint: string): Batch {
    const batch: Batch = {
      id: `batch_${batches.size + 1}`,
      endpoint,
      inputFile,
      status: 'validating',
      createdAtMs: clock.now(),
      polls: 0,
      counts: { total: 0, completed: 0, failed: 0 },
      outputFile: null,
      errorFile: null,
      fault: null,
    }
    batches.set(batch.id, batch)
    return batch
  }

  /** One look at a batch moves it on. */
  function poll(id: string): Batch | null {
    const batch = batches.get(id)
    if (batch === undefined) return null
    if (batch.status === 'validating') {
      const read = readLines(files.get(batch.inputFile)?.content ?? '', batch.endpoint)
      batch.status = typeof read === 'string' ? 'failed' : 'in_progress'
      batch.fault = typeof read === 'string' ? read : null
      batch.counts.total = typeof read === 'string' ? 0 : read.length
    }
    batch.polls += 1
    const waited = clock.now() - batch.createdAtMs
    if (batch.status === 'in_progress' && batch.polls > options.finishAfterPolls && waited >= options.finishAfterMs)
      finish(batch)
    return batch
  }

  function finish(batch: Batch): void {
    const lines = readLines(files.get(batch.inputFile)!.content, batch.endpoint) as BatchLine[]
    const done: string[] = []
    const failed: string[] = []
    let expired = clock.now() - batch.createdAtMs > WINDOW_MS
    // The order of the output is not that of the input (platform.openai.com/docs/guides/batch).
    for (const [index, line] of options.shuffle(lines).entries()) {
      const outcome = options.answerLine(line)
      const head = { id: `batch_req_${batch.id}_${index}`, custom_id: line.custom_id }
      if (outcome === 'expired') {
        expired = true
        failed.push(
          JSON.stringify({
            ...head,
            response: null,
            error: {
              code: 'batch_expired',
              message: 'This request could not be executed before the completion window expired.',
            },
          }),
        )
      } else {
        const response = { status_code: outcome.status, request_id: `req_${index}`, body: outcome.body }
        ;(outcome.status < 400 ? done : failed).push(JSON.stringify({ ...head, response, error: null }))
      }
    }
    batch.counts = { total: lines.length, completed: done.length, failed: failed.length }
    batch.outputFile = done.length > 0 ? putFile('output.jsonl', 'batch_output', `${done.join('\n')}\n`).id : null
    batch.errorFile = failed.length > 0 ? putFile('errors.jsonl', 'batch_output', `${failed.join('\n')}\n`).id : null
    batch.status = expired ? 'expired' : 'completed'
  }

  return {
    putFile,
    file: (id: string) => files.get(id) ?? null,
    removeFile: (id: string) => files.delete(id),
    create,
    poll,
    all: () => [...batches.values()],
    cancel(id: string): Batch | null {
      const batch = batches.get(id)
      if (batch !== undefined && (batch.status === 'validating' || batch.status === 'in_progress'))
        batch.status = 'cancelled'
      return batch ?? null
    },
  }
}
export type Batches = ReturnType<typeof createBatches>

/** The lines of an input file, or why it is refused as a whole. */
function readLines(content: string, endpoint: string): BatchLine[] | string {
  const seen = new Set<string>()
  const lines: BatchLine[] = []
  for (const text of content.split('\n')) {
    if (text.trim() === '') continue
    let line: BatchLine
    try {
      line = JSON.parse(text) as BatchLine
    } catch {
      return 'invalid_json_line'
    }
    if (typeof line.custom_id !== 'string' || seen.has(line.custom_id)) return 'duplicate_custom_id'
    if (line.url !== endpoint || line.method !== 'POST') return 'mismatched_endpoint'
    seen.add(line.custom_id)
    lines.push(line)
  }
  return lines.length === 0 ? 'empty_file' : lines
}

const seconds = (ms: number) => Math.floor(ms / 1_000)
export const fileView = (file: StoredFile) => ({
  id: file.id,
  object: 'file',
  bytes: file.bytes,
  created_at: seconds(file.createdAtMs),
  filename: file.filename,
  purpose: file.purpose,
  status: 'processed',
})
export const batchView = (batch: Batch) => ({
  id: batch.id,
  object: 'batch',
  endpoint: batch.endpoint,
  errors:
    batch.fault === null
      ? null
      : { object: 'list', data: [{ code: batch.fault, message: batch.fault, line: null, param: null }] },
  input_file_id: batch.inputFile,
  completion_window: '24h',
  status: batch.status,
  output_file_id: batch.outputFile,
  error_file_id: batch.errorFile,
  created_at: seconds(batch.createdAtMs),
  expires_at: seconds(batch.createdAtMs + WINDOW_MS),
  request_counts: batch.counts,
})

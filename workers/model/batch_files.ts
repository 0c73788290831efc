import type OpenAI from 'openai'
import type { StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import { readCompletion } from './chat.ts'
import type { ChatConfig } from './config.ts'

/** What the two files of an ended batch say. */
export interface BatchLines {
  answered: Array<[key: string, answer: StoredAnswer]>
  /** Keys whose request is itself at fault. */
  final: Set<string>
}

/** A line of an output or error file; anything may be missing. */
interface Line {
  custom_id?: unknown
  response?: { status_code?: unknown; body?: unknown } | null
}

/** Statuses of requests that give the same when they are sent again. */
const FINAL: ReadonlySet<unknown> = new Set([400, 413, 422])

/**
 * Reads the answers of an ended batch, in whatever order they stand.
 * @param pending the calls that are waited for; a line of another key is nobody's and is left alone
 */
export async function readBatchFiles(
  client: OpenAI,
  batch: { output_file_id?: string | null; error_file_id?: string | null },
  chat: ChatConfig,
  pending: ReadonlyMap<string, { maxMicro: number }>,
  timeoutMs: number,
): Promise<BatchLines> {
  const lines: BatchLines = { answered: [], final: new Set() }
  const seen = new Set<string>()
  for (const id of [batch.output_file_id, batch.error_file_id]) {
    if (!id) continue
    const content = await client.files.content(id, { signal: AbortSignal.timeout(timeoutMs) })
    for (const text of (await content.text()).split('\n')) {
      const line = parse(text)
      const key = line?.custom_id
      if (typeof key !== 'string' || !pending.has(key) || seen.has(key)) continue
      seen.add(key)
      const status = line?.response?.status_code
      if (status === 200)
        lines.answered.push([
          key,
          readCompletion(line?.response?.body, chat, pending.get(key)!.maxMicro, chat.batch_price_factor),
        ])
      else if (FINAL.has(status)) lines.final.add(key)
    }
  }
  return lines
}

function parse(text: string): Line | null {
  if (text.trim() === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Line) : null
  } catch {
    // A line that was cut: its key has no answer and is asked for again.
    return null
  }
}

import { LIMITS } from '../../domain/limits.ts'
import { type FeedReject, type FeedSource, reject } from './record.ts'
import { textOf } from './text_source.ts'

export interface JsonLine {
  kind: 'json'
  line: number
  value: Record<string, unknown>
}

/** The objects of JSON lines, one at a time. Split at line feeds only: JSON text may hold U+2028. */
export async function* readJsonLines(source: FeedSource): AsyncGenerator<JsonLine | FeedReject> {
  let held = ''
  let overlong = false
  let line = 0
  for await (const text of textOf(source)) {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      line += 1
      const record = overlong ? tooLong(line) : parsed(held + text.slice(start, end), line)
      held = ''
      overlong = false
      start = end + 1
      if (record !== null) yield record
    }
    if (!overlong) held += text.slice(start)
    // What is too long is not kept, so that one endless line cannot fill the memory.
    if (held.length > LIMITS.bulkLineBytes) {
      overlong = true
      held = ''
    }
  }
  const last = overlong ? tooLong(line + 1) : parsed(held, line + 1)
  if (last !== null) yield last
}

const tooLong = (line: number): FeedReject =>
  reject(line, null, '', `a line has at most ${LIMITS.bulkLineBytes / 1024} KiB`)

function parsed(text: string, line: number): JsonLine | FeedReject | null {
  if (text.trim() === '') return null
  if (text.length > LIMITS.bulkLineBytes) return tooLong(line)
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return { kind: 'json', line, value }
  } catch {
    return reject(line, null, '', 'not valid JSON')
  }
  return reject(line, null, '', 'not a JSON object')
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** A text or number as text, trimmed; empty for anything else. */
export const textIn = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''

/** The texts of a list, or of a single one. */
export const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map(textIn).filter((text) => text !== '')

import type { FieldError } from '../../shared/base/problem.ts'
import { datasetEvent, datasetItem, type Mapped } from './dataset.ts'
import { createEventIds } from './event_ids.ts'
import { type Line, readLines } from './lines.ts'
import { shifted } from './shift.ts'
import { type LineForm, type LineKind, parseObject, type SourceFile } from './source.ts'
import { momentOf } from './survey.ts'

/** Below the API's own limits: an interrupted import repeats little, and a request stays well within its time. */
export const CHUNK_LINES: Record<LineKind, number> = { items: 500, events: 2_000 }
export const CHUNK_BYTES = 1024 * 1024

/** A line that did not go in: where it stands and what is wrong with it. */
export interface Reject {
  file: string
  line: number
  id: string | null
  errors: FieldError[]
}

/** A line that went in, with a remark. */
export interface Warning {
  file: string
  line: number
  detail: string
}

/** Lines that are sent together. */
export interface Chunk {
  texts: string[]
  /** The file's line number of each text. */
  numbers: number[]
  /** Lines of this stretch that cannot be sent at all. */
  rejects: Reject[]
  /** Remarks on lines that can be sent. */
  warnings: Warning[]
  /** Lines that are valid and say nothing that is kept. */
  ignored: number
  /** The last line of the file that this chunk covers; of a feed the last record. */
  through: number
}

export interface MapOptions {
  form: LineForm
  /** For items that have no price. */
  currency: string
  offsetMs: number
  /** Whether the events' moments never fall. */
  sorted: boolean
}

/**
 * Cuts a file into chunks of lines as the API takes them.
 * @param after lines up to this one were sent before; they are read, since event ids depend on them, and dropped
 */
export async function* cutChunks(file: SourceFile, options: MapOptions, after: number): AsyncGenerator<Chunk> {
  const map = createMapper(file, options)
  let chunk = emptyChunk()
  let bytes = 0
  for await (const line of readLines(file.path)) {
    const mapped = map(line)
    if (line.number <= after) continue
    const text = mapped.ok ? mapped.text : ''
    const size = Buffer.byteLength(text) + 1
    const full = chunk.texts.length + chunk.rejects.length >= CHUNK_LINES[file.kind] || bytes + size > CHUNK_BYTES
    if (full && chunk.through > 0) {
      yield chunk
      chunk = emptyChunk()
      bytes = 0
    }
    chunk.through = line.number
    if (mapped.ok) {
      chunk.texts.push(text)
      chunk.numbers.push(line.number)
      bytes += size
    } else {
      chunk.rejects.push({ file: file.name, line: line.number, id: null, errors: mapped.errors })
    }
  }
  if (chunk.through > 0) yield chunk
}

export const emptyChunk = (): Chunk => ({ texts: [], numbers: [], rejects: [], warnings: [], ignored: 0, through: 0 })

type MappedLine = { ok: true; text: string } | { ok: false; errors: FieldError[] }

/** Turns one line after the other into what is sent; a line that needs no change is sent as it stands. */
function createMapper(file: SourceFile, options: MapOptions): (line: Line) => MappedLine {
  const ids = createEventIds(options.sorted, (content) => momentOf(content, options.form))
  return (line) => {
    if (line.problem !== null) return refuse(line.problem)
    const content = parseObject(line.text)
    if (content === null) return refuse('not a JSON object')
    const mapped = mapContent(content, file.kind, options)
    if (!mapped.ok) return mapped
    // The id is of the file's own content: a shift to another moment must not make it another event.
    const named =
      file.kind === 'events' && mapped.value.event_id === undefined
        ? { event_id: ids.next(content), ...mapped.value }
        : mapped.value
    const value = shifted(named, options.offsetMs)
    return { ok: true, text: value === content ? line.text : JSON.stringify(value) }
  }
}

function mapContent(content: Record<string, unknown>, kind: LineKind, options: MapOptions): Mapped {
  if (options.form === 'api') return { ok: true, value: content }
  return kind === 'items' ? datasetItem(content, options.currency) : datasetEvent(content)
}

const refuse = (detail: string): MappedLine => ({ ok: false, errors: [{ pointer: '', detail }] })

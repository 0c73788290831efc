import { parse } from 'csv-parse/stream'
import { LIMITS } from '../../domain/limits.ts'
import { type FeedReject, type FeedSource, reject } from './record.ts'
import { columnKey, type FeedRow } from './rows.ts'
import { textOf } from './text_source.ts'

const DELIMITERS = [',', '\t', ';', '|'] as const

/** The separator of a table: that which the first line has most of, outside quotes. */
export function delimiterOf(head: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((one) => [one, 0]))
  let quoted = false
  for (const char of head.replace(/^[\r\n]+/, '')) {
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) break
    else if (!quoted && counts.has(char)) counts.set(char, counts.get(char)! + 1)
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

/**
 * The rows of a table with a header, one at a time. Quoted cells may hold line ends; a stray quote inside a cell is a
 * character like others. A row shorter than the header ends in blank cells; one with more values is refused.
 */
export async function* readCsvRows(source: FeedSource): AsyncGenerator<FeedRow | FeedReject> {
  let names: ReadonlyMap<string, string> | null = null
  let columns: string[] = []
  let ended = 0
  try {
    for await (const { record, info } of recordsOf(source)) {
      // The parser tells the line where a record ends.
      ended = info.lines
      const line =
        ended - record.reduce((sum, text) => sum + (text.includes('\n') ? text.split('\n').length - 1 : 0), 0)
      if (record.every((text) => text.trim() === '')) continue
      if (names === null) {
        columns = record.map(columnKey)
        names = new Map(record.map((name, at) => [columns[at]!, name.trim()]))
        continue
      }
      const surplus = record.slice(columns.length).some((text) => text.trim() !== '')
      if (surplus) yield reject(line, null, '', `${record.length} values in ${columns.length} columns`)
      else yield toRow(line, record, columns, names)
    }
  } catch (error) {
    if (!isCsvError(error)) throw error
    yield reject(ended + 1, null, '', `a quote is not closed; nothing after this line was read (${error.code})`)
  }
}

function toRow(line: number, record: string[], columns: string[], names: ReadonlyMap<string, string>): FeedRow {
  const values = new Map<string, string[]>()
  for (const [at, raw] of record.entries()) {
    const text = raw.trim()
    const column = columns[at]
    if (text === '' || column === undefined || column === '') continue
    const known = values.get(column)
    if (known) known.push(text)
    else values.set(column, [text])
  }
  return { kind: 'row', line, values, names }
}

const isCsvError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && String((error as { code?: unknown }).code).startsWith('CSV_')

/** Feeds the parser as fast as its records are read, no faster. */
async function* recordsOf(source: FeedSource): AsyncGenerator<Parsed> {
  const text = lineFeeds(textOf(source))
  // Enough to hold the whole header, on which the separator depends.
  let head = ''
  for (let next = await text.next(); !next.done; next = await text.next()) {
    head += next.value
    if (/[^\r\n][\r\n]/.test(head) || head.length > LIMITS.bulkLineBytes) break
  }
  if (head === '') return
  const parser = parse({
    delimiter: delimiterOf(head),
    info: true,
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LIMITS.bulkLineBytes,
  })
  const writer = parser.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>
  const reader = parser.readable.getReader() as ReadableStreamDefaultReader<Parsed>
  const encoder = new TextEncoder()
  const pump = async () => {
    for (let piece: string | undefined = head; piece !== undefined; ) {
      await writer.ready
      await writer.write(Buffer.from(encoder.encode(piece)))
      const next = await text.next()
      piece = next.done ? undefined : next.value
    }
    await writer.close()
  }
  let failure: { error: unknown } | null = null
  const pumping = pump().catch(async (error: unknown) => {
    failure = { error }
    await writer.abort(error).catch(() => {})
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
    await pumping
    if (failure !== null) throw (failure as { error: unknown }).error
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** The text with one kind of line end: the parser would count a carriage return and its line feed within a cell twice. */
async function* lineFeeds(source: AsyncIterable<string>): AsyncGenerator<string> {
  let afterReturn = false
  for await (const piece of source) {
    const text = (afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece).replace(/\r\n?/g, '\n')
    afterReturn = piece.endsWith('\r')
    if (text !== '') yield text
  }
}

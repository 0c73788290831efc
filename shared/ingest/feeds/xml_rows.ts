import { Parser } from 'htmlparser2'
import { LIMITS } from '../../domain/limits.ts'
import { FeedRefused, type FeedReject, type FeedSource, reject } from './record.ts'
import { columnKey, type FeedRow } from './rows.ts'
import { textOf } from './text_source.ts'

/** Elements that are one product: RSS 2.0's and Atom's. */
const ENTRIES = new Set(['item', 'entry'])
/** Elements with parts: their parts' texts are joined, as the tabular form of the feed does. */
const NESTED = new Set(['product_detail', 'shipping', 'tax', 'installment'])

/** No feed nests deeper; the parser's stack costs time in proportion to its depth, for every element. */
const DEEPEST = 100

/**
 * The products of a Google Merchant feed in RSS 2.0 or Atom, one at a time. Prefixes are dropped: `g:id` and `id` are
 * the same column, and where both stand the feed's own element (`g:`) counts first.
 * @throws FeedRefused on what is no XML, or is nested beyond reason
 */
export async function* readXmlRows(source: FeedSource): AsyncGenerator<FeedRow | FeedReject> {
  const ready: Array<FeedRow | FeedReject> = []
  const builder = createBuilder(ready)
  let seenMarkup = false
  for await (const text of textOf(source)) {
    if (!seenMarkup && text.trim() !== '') {
      if (!text.trimStart().startsWith('<')) throw new FeedRefused('not an XML document')
      seenMarkup = true
    }
    builder.write(text)
    yield* ready.splice(0)
  }
  builder.end()
  yield* ready.splice(0)
}

function createBuilder(ready: Array<FeedRow | FeedReject>) {
  const lines = createLineCounter()
  let entry: {
    line: number
    own: Map<string, string[]>
    other: Map<string, string[]>
    names: Map<string, string>
  } | null = null
  let ending = false
  let depth = 0
  let chars = 0
  let path: string[] = []
  let text = ''
  let parts: string[] = []
  let attributes: Record<string, string> = {}

  const parser: Parser = new Parser(
    {
      onopentag(name, given) {
        depth += 1
        if (depth > DEEPEST) throw new FeedRefused(`elements are nested deeper than ${DEEPEST}`)
        if (entry === null) {
          if (!ENTRIES.has(name)) return
          entry = { line: lines.at(parser.startIndex), own: new Map(), other: new Map(), names: new Map() }
          chars = 0
          path = []
          return
        }
        path.push(name)
        text = ''
        if (path.length === 1) {
          parts = []
          attributes = given
        }
      },
      ontext(data) {
        if (entry === null || path.length === 0) return
        chars += data.length
        if (chars <= LIMITS.bulkLineBytes) text += data
      },
      onclosetag(name) {
        depth -= 1
        // At the end the parser closes what is open: such a product is not whole.
        if (entry === null || ending) return
        if (path.length === 0) {
          if (ENTRIES.has(name)) {
            ready.push(chars > LIMITS.bulkLineBytes ? tooLong(entry.line) : rowOf(entry))
            entry = null
          }
          return
        }
        const own = text.trim()
        text = ''
        path.pop()
        if (path.length > 0) {
          parts.push(own)
          return
        }
        // Atom tells an address by an attribute: <link href="..."/>.
        const value = parts.length > 0 ? joined(columnKey(name), parts) : own || (attributes.href ?? '').trim()
        const side = name.startsWith('g:') ? entry.own : entry.other
        const key = columnKey(name)
        const known = side.get(key)
        if (value !== '' && known !== undefined) known.push(value)
        else if (value !== '') side.set(key, [value])
        if (!entry.names.has(key) || name.startsWith('g:')) entry.names.set(key, name)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  return {
    write(piece: string) {
      lines.feed(piece)
      parser.write(piece)
    },
    end() {
      ending = true
      parser.end()
      if (entry !== null) ready.push(reject(entry.line, null, '', 'the document ends within this product'))
    },
  }
}

const tooLong = (line: number): FeedReject =>
  reject(line, null, '', `a product has at most ${LIMITS.bulkLineBytes / 1024} KiB`)

const joined = (key: string, parts: readonly string[]): string => (NESTED.has(key) ? parts.join(':') : parts.join(' '))

function rowOf(entry: {
  line: number
  own: Map<string, string[]>
  other: Map<string, string[]>
  names: Map<string, string>
}): FeedRow {
  return { kind: 'row', line: entry.line, values: new Map([...entry.other, ...entry.own]), names: entry.names }
}

/** Line numbers of growing positions; remembers only line ends that were not passed yet. */
function createLineCounter() {
  let ends: number[] = []
  let passed = 0
  let fed = 0
  let line = 1
  return {
    feed(text: string) {
      ends = ends.slice(passed)
      passed = 0
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(fed + at)
      fed += text.length
    },
    at(position: number): number {
      for (; passed < ends.length && ends[passed]! < position; passed++) line += 1
      return line
    },
  }
}

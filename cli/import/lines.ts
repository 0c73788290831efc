import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { createGunzip } from 'node:zlib'
import { LIMITS } from '../../shared/domain/limits.ts'
import { usage } from '../failure.ts'

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = '\ufeff'

/** One line of a file that is not blank. */
export interface Line {
  /** Counted from 1, blank lines included, as an editor does. */
  number: number
  /** Empty when there is a problem. */
  text: string
  problem: string | null
}

/**
 * The lines of a file, gunzipped when its name ends in `.gz`, one at a time.
 * Split at line feeds only: node:readline also splits at U+2028, which JSON text may hold.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0
  let held: Buffer[] = []
  let heldBytes = 0
  const take = (tail: Buffer): Line | null => {
    const bytes = heldBytes + tail.length
    // What is too long was not kept: only its length is known.
    const whole = bytes > LIMITS.bulkLineBytes ? null : Buffer.concat([...held, tail])
    held = []
    heldBytes = 0
    number += 1
    return toLine(number, whole)
  }
  for await (const block of readBytes(path)) {
    let start = 0
    for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
      const line = take(block.subarray(start, end))
      start = end + 1
      if (line) yield line
    }
    const rest = block.subarray(start)
    heldBytes += rest.length
    if (heldBytes <= LIMITS.bulkLineBytes) held.push(rest)
    else held = []
  }
  if (heldBytes > 0) {
    const line = take(Buffer.alloc(0))
    if (line) yield line
  }
}

/** A file's bytes, gunzipped when its name ends in `.gz`. @throws CliFailure when it cannot be read to its end */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  try {
    if (!path.endsWith('.gz')) {
      yield* file as AsyncIterable<Buffer>
      return
    }
    const gunzip = createGunzip()
    file.on('error', (error) => gunzip.destroy(error))
    yield* file.pipe(gunzip) as AsyncIterable<Buffer>
  } catch (error) {
    throw usage(`${basename(path)} cannot be read to its end: ${(error as Error).message}`, { cause: error })
  } finally {
    file.destroy()
  }
}

function toLine(number: number, bytes: Buffer | null): Line | null {
  if (bytes === null) return { number, text: '', problem: `a line has at most ${LIMITS.bulkLineBytes / 1024} KiB` }
  if (!isUtf8(bytes)) return { number, text: '', problem: 'not valid UTF-8' }
  const raw = bytes.toString('utf8')
  const text = (number === 1 && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw).trim()
  return text === '' ? null : { number, text, problem: null }
}

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** A file of JSON lines that is there whole or not at all. */
export interface LineFile {
  lines: number
  write(value: unknown): Promise<void>
  /** Puts it in its place; one of the other form, which an import would take as well, goes. */
  close(): Promise<void>
  /** Leaves nothing behind. */
  abandon(): Promise<void>
}

/** @param name without `.gz`, which is added when it is packed */
export function openLineFile(folder: string, name: string, gzip: boolean): LineFile {
  const path = join(folder, gzip ? `${name}.gz` : name)
  const part = `${path}.part`
  const file = createWriteStream(part)
  const stream = gzip ? createGzip() : file
  if (stream !== file) {
    stream.pipe(file)
    // A full disk has to reach whoever waits for room.
    file.on('error', (error) => stream.destroy(error))
    stream.on('error', () => {})
  }
  const ended = finished(file)
  // Reported by whoever writes next; until then it must not count as unhandled.
  ended.catch(() => {})
  const own: LineFile = {
    lines: 0,
    async write(value) {
      own.lines += 1
      if (stream.write(`${JSON.stringify(value)}\n`)) return
      await once(stream, 'drain')
    },
    async close() {
      stream.end()
      await ended
      await rename(part, path)
      await rm(join(folder, gzip ? name : `${name}.gz`), { force: true })
    },
    async abandon() {
      stream.destroy()
      file.destroy()
      await ended.catch(() => {})
      await rm(part, { force: true })
    },
  }
  return own
}

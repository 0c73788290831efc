import { FeedRefused, type FeedSource } from './record.ts'

/** A request's body as an async iterable: not every runtime lets one iterate a stream. */
export async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/**
 * The source as text, without a byte order mark.
 * @throws FeedRefused on bytes that are not UTF-8: guessing another encoding would write wrong words into the catalogue
 */
export async function* textOf(source: FeedSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let first = true
  const decoded = (bytes: Uint8Array | undefined): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch {
      throw new FeedRefused('not valid UTF-8: save the file as UTF-8')
    }
  }
  for await (const piece of source) {
    let text = typeof piece === 'string' ? piece : decoded(piece)
    if (text === '') continue
    if (first && text.startsWith('\ufeff')) text = text.slice(1)
    first = false
    yield text
  }
  const tail = decoded(undefined)
  if (tail !== '') yield tail
}

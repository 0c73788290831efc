import { Problem } from '../../shared/base/problem.ts'

/**
 * The body's bytes, read only as far as the limit.
 * @throws Problem `payload_too_large`
 */
export async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Problem('payload_too_large', { detail: `at most ${limitBytes} bytes` })
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limitBytes) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limitBytes) {
      await reader.cancel()
      throw tooLarge()
    }
    parts.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/**
 * Reads a body that is going to be refused, up to a limit: a connection that is closed while its sender still writes
 * shows the sender a broken pipe and not the answer.
 */
export async function discardBody(request: Request, limitBytes: number): Promise<void> {
  if (request.body === null) return
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (let size = 0; size <= limitBytes; ) {
    const { done, value } = await reader.read()
    if (done) return
    size += value.byteLength
  }
  await reader.cancel()
}

/**
 * The body as text, read only as far as the limit.
 * @throws Problem `payload_too_large`, or `invalid_json` when it is not UTF-8
 */
export async function readText(request: Request, limitBytes: number): Promise<string> {
  const bytes = await readBytes(request, limitBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new Problem('invalid_json', { detail: 'The body is not valid UTF-8' })
  }
}

/** What came of asking a platform for a resource. */
export type Fetched =
  | { kind: 'found'; body: unknown }
  /** The platform knows no such resource (any more). */
  | { kind: 'gone' }
  /** Try again, not before `retryAfterMs` when the platform says so. */
  | { kind: 'failed'; detail: string; retryAfterMs: number | null }

/** Reads what thin deliveries only name. */
export interface PlatformClient {
  product(api: { url: string; token: string }, id: string): Promise<Fetched>
}

export interface PlatformLimits {
  timeoutMs: number
  bodyBytes: number
}

/** A product of 600 variants, BigCommerce's limit, is about 1 MB. */
export const PLATFORM_LIMITS: PlatformLimits = { timeoutMs: 10_000, bodyBytes: 8 * 1024 * 1024 }

type Send = (url: string, init: RequestInit) => Promise<Response>

/**
 * BigCommerce's catalogue API, v3. Only https and only the address that was configured: a redirect would carry the token
 * to whom it names.
 */
export function createPlatformClient(send: Send, limits: PlatformLimits = PLATFORM_LIMITS): PlatformClient {
  return {
    async product(api, id) {
      if (!api.url.startsWith('https://')) return failed('the address is not https')
      const base = api.url.replace(/\/+$/, '')
      const url = `${base}/catalog/products/${encodeURIComponent(id)}?include=variants,images,custom_fields`
      try {
        const answer = await send(url, {
          headers: { 'x-auth-token': api.token, accept: 'application/json' },
          redirect: 'manual',
          signal: AbortSignal.timeout(limits.timeoutMs),
        })
        if (answer.status === 404 || answer.status === 410) {
          await answer.body?.cancel()
          return { kind: 'gone' }
        }
        if (answer.status !== 200) {
          await answer.body?.cancel()
          return { ...failed(`the platform answered ${answer.status}`), retryAfterMs: retryAfter(answer.headers) }
        }
        const text = await limited(answer, limits.bodyBytes)
        return text === null ? failed('the answer is too large') : { kind: 'found', body: JSON.parse(text) as unknown }
      } catch (error) {
        // Never the message: it may hold the address with whatever stands in it.
        return failed(`the platform did not answer (${error instanceof Error ? error.name : 'unknown'})`)
      }
    },
  }
}

const failed = (detail: string): Extract<Fetched, { kind: 'failed' }> => ({
  kind: 'failed',
  detail,
  retryAfterMs: null,
})

/** Seconds, or BigCommerce's own header in milliseconds. */
function retryAfter(headers: Headers): number | null {
  const reset = headers.get('x-rate-limit-time-reset-ms')
  if (reset !== null && /^\d{1,9}$/.test(reset)) return Number(reset)
  const seconds = headers.get('retry-after')
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null
}

/** The body as text; null beyond the limit. */
async function limited(answer: Response, limitBytes: number): Promise<string | null> {
  if (answer.body === null) return ''
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > limitBytes) {
      await reader.cancel()
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

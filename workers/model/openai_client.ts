import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai'
import type { ProviderConfig } from './config.ts'

/** Beyond any deadline of ours: the abort signal of each call is what ends it. */
const CLIENT_TIMEOUT_MS = 120_000

/** The SDK against any OpenAI-compatible server. It never tries again by itself: retries are decided in one place. */
export function createClient(provider: ProviderConfig, fetcher?: typeof fetch): OpenAI {
  return new OpenAI({
    apiKey: provider.key,
    baseURL: provider.base_url,
    maxRetries: 0,
    timeout: CLIENT_TIMEOUT_MS,
    defaultHeaders: provider.headers,
    logLevel: 'off',
    ...(fetcher === undefined ? {} : { fetch: fetcher }),
  })
}

/** What an exception of the SDK says of the call. */
export type CallFailure =
  /** The provider did not take it: nothing was done, nothing is owed. `final`: it never will, as it stands. */
  | { kind: 'not_taken'; final: boolean; busy: boolean; retryAfterMs: number | null }
  /** It may have been done, and paid for. */
  | { kind: 'unknown' }
  /** It was done, and its answer is no JSON. */
  | { kind: 'garbled' }

/** A gateway's word that the server behind it was reached and not heard again (520 and 524 are Cloudflare's). */
const MAYBE_DONE: ReadonlySet<number> = new Set([504, 520, 524])
/** The request itself is at fault: the same again gives the same. */
const FINAL: ReadonlySet<number> = new Set([400, 413, 422])

/** Whether somebody answered, whatever was said. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof APIError && typeof error.status === 'number')

export function failureOf(error: unknown): CallFailure {
  if (error instanceof APIUserAbortError) return { kind: 'unknown' }
  if (error instanceof APIConnectionError) {
    return wasRefused(error) ? { kind: 'not_taken', final: false, busy: true, retryAfterMs: null } : { kind: 'unknown' }
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    const status = error.status
    if (MAYBE_DONE.has(status)) return { kind: 'unknown' }
    const busy = status === 408 || status === 409 || status === 429 || status >= 500
    return { kind: 'not_taken', final: FINAL.has(status), busy, retryAfterMs: retryAfterMs(error.headers) }
  }
  if (error instanceof SyntaxError) return { kind: 'garbled' }
  return { kind: 'unknown' }
}

/** Node's codes for a connection that was never made; workerd does not tell. */
const REFUSED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/

function wasRefused(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && REFUSED.test(code)) return true
    const inner = (cause as { errors?: unknown }).errors
    if (Array.isArray(inner) && inner.length > 0 && inner.every((one) => one instanceof Error && wasRefused(one)))
      return true
  }
  return false
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date; null where there is none. */
function retryAfterMs(headers: Headers | undefined): number | null {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return exact
  const text = headers?.get('retry-after') ?? null
  if (text === null) return null
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000)
  const atMs = Date.parse(text)
  const sentMs = Date.parse(headers?.get('date') ?? '')
  // A date is only worth something against the sender's own clock.
  return Number.isNaN(atMs) || Number.isNaN(sentMs) ? null : Math.max(0, atMs - sentMs)
}

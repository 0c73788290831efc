import { setTimeout as pause } from 'node:timers/promises'
import type * as z from 'zod'
import { problemSchema } from './answers.ts'
import { CliFailure, EXIT, Interrupted, ServiceProblem } from './failure.ts'

/** A bulk write of 8 MiB on a loaded machine takes its time. */
const REQUEST_TIMEOUT_MS = 120_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 10_000
/** A service that asks for more patience than this is shown as it answered. */
const RETRY_AFTER_MAX_MS = 60_000
/** A command that a person waits for gives up early; an import does not. */
export const ATTEMPTS_INTERACTIVE = 2
export const ATTEMPTS_BULK = 7

export interface Call<T> {
  method?: 'GET' | 'PUT' | 'POST' | 'DELETE'
  path: string
  /** What is read of the answer. */
  answer: z.ZodType<T>
  json?: unknown
  /** Lines of an NDJSON body. */
  lines?: readonly string[]
}

/** One service and one key. Every call is safe to repeat: the API's writes are idempotent. */
export interface Client {
  readonly url: string
  readonly key: string | null
  /** @throws ServiceProblem, CliFailure (unreachable, not understood), Interrupted */
  call<T>(call: Call<T>): Promise<T>
  /** The answer as it came, for `--json`. */
  raw(call: Omit<Call<unknown>, 'answer'>): Promise<unknown>
  /** The same service with another key. */
  withKey(key: string | null): Client
}

export interface ClientOptions {
  url: string
  key: string | null
  attempts?: number
  signal?: AbortSignal | undefined
  /** Told before each repetition. */
  onRetry?: (why: string, waitMs: number) => void
  sleep?: (ms: number) => Promise<unknown>
  random?: () => number
}

/** Talks to the HTTP API; repeats network errors, 429, and 503 with Retry-After, and nothing else. */
export function createClient(options: ClientOptions): Client {
  const url = options.url.replace(/\/+$/, '')
  const { key, attempts = ATTEMPTS_INTERACTIVE, signal, random = Math.random } = options
  const sleep = options.sleep ?? ((ms: number) => pause(ms, undefined, signal ? { signal } : {}))

  const once = async (call: Omit<Call<unknown>, 'answer'>): Promise<Response> => {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
    const response = await fetch(`${url}${call.path}`, {
      method: call.method ?? 'GET',
      headers: headersOf(call, key),
      body: bodyOf(call),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    // Read here, so that a connection lost midway is repeated like one that was refused.
    const text = await response.text()
    return new Response(text === '' || response.status === 204 ? null : text, {
      status: response.status,
      headers: response.headers,
    })
  }

  const raw = async (call: Omit<Call<unknown>, 'answer'>): Promise<unknown> => {
    const name = `${call.method ?? 'GET'} ${call.path.split('?', 1)[0]}`
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted) throw new Interrupted()
      const answer = await once(call).catch((error: unknown) => error as Error)
      if (signal?.aborted) throw new Interrupted()
      const failed = answer instanceof Response ? null : answer
      const waitMs = answer instanceof Response ? waitAsked(answer) : 0
      const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS) * (0.75 + random() / 2)
      if (attempt >= attempts || waitMs === null || waitMs > RETRY_AFTER_MAX_MS) {
        if (failed) throw unreachable(url, failed)
        return decode(answer as Response, name, url)
      }
      const pauseMs = Math.max(waitMs, backoffMs)
      options.onRetry?.(failed ? reasonOf(failed) : `${name} answered ${(answer as Response).status}`, pauseMs)
      await sleep(pauseMs).catch(() => {})
    }
  }

  return {
    url,
    key,
    raw,
    async call<T>(call: Call<T>) {
      const parsed = call.answer.safeParse(await raw(call))
      if (parsed.success) return parsed.data
      const where = parsed.error.issues[0]
      throw new CliFailure(
        `${url}${call.path} answered something unexpected at /${where?.path.join('/') ?? ''}: is this a Shelfwise service of this version?`,
        EXIT.refused,
      )
    },
    withKey: (other) => createClient({ ...options, key: other }),
  }
}

function headersOf(call: Omit<Call<unknown>, 'answer'>, key: string | null): Record<string, string> {
  const type = call.lines ? 'application/x-ndjson' : call.json === undefined ? null : 'application/json'
  return {
    accept: 'application/json',
    ...(type === null ? {} : { 'content-type': type }),
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  }
}

function bodyOf(call: Omit<Call<unknown>, 'answer'>): string | null {
  if (call.lines) return `${call.lines.join('\n')}\n`
  return call.json === undefined ? null : JSON.stringify(call.json)
}

/** Milliseconds to wait before the call may be repeated; null when it may not. */
function waitAsked(response: Response): number | null {
  const after = response.headers.get('retry-after')
  if (response.status !== 429 && !(response.status === 503 && after !== null)) return null
  if (after === null) return 0
  const seconds = Number(after)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(after) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

async function decode(response: Response, name: string, url: string): Promise<unknown> {
  const text = await response.text()
  let body: unknown
  try {
    body = text === '' ? null : JSON.parse(text)
  } catch {
    body = undefined
  }
  if (response.ok && body !== undefined) return body
  const problem = problemSchema.safeParse(body)
  if (problem.success) throw new ServiceProblem(problem.data, name)
  throw new CliFailure(
    `${name} at ${url} answered ${response.status} without JSON: is this a Shelfwise service?`,
    EXIT.refused,
  )
}

/** fetch() says "fetch failed"; what happened is in its cause. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${REQUEST_TIMEOUT_MS / 1_000} s`
  const cause = error.cause as (Error & { code?: string }) | undefined
  return cause?.code ?? cause?.message ?? error.message
}

const unreachable = (url: string, error: Error): CliFailure =>
  new CliFailure(
    `${url} cannot be reached (${reasonOf(error)}); is it running? "shelfwise up" starts it here, --url or SHELFWISE_URL names another`,
    EXIT.refused,
    { cause: error },
  )

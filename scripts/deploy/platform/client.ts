import { DeployFailure } from '../failure.ts'
import { Refusal, Unanswered } from './errors.ts'
import { failureOf } from './refusals.ts'

/** What the platform answers a call with: `result`, or `errors` that say why not. */
interface Envelope {
  success: boolean
  errors?: ReadonlyArray<{ code: number; message: string }>
  result?: unknown
  result_info?: { total_pages?: number; total_count?: number; count?: number; per_page?: number } | null
}

export interface PlatformOptions {
  /** Such as `https://api.cloudflare.com/client/v4`. */
  base: string
  token: string
  fetch: typeof fetch
  sleep(ms: number): Promise<void>
}

/** The platform's REST API. Paths begin with a slash; `what` names the thing for people. */
export interface Platform {
  /** @throws DeployFailure */
  get<T>(path: string, what: string): Promise<T>
  /** Null where there is no such thing. @throws DeployFailure */
  find<T>(path: string, what: string): Promise<T | null>
  /** Every row of every page. @throws DeployFailure */
  list<T>(path: string, what: string): Promise<T[]>
  /** One call, repeated only where the platform said that it did nothing. @throws Refusal, Unanswered */
  write<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown): Promise<T>
}

const ATTEMPTS = 5
const CALL_MS = 30_000
const FIRST_WAIT_MS = 500
/** A longer wish than this is a matter for another day. */
const RETRY_AFTER_MAX_MS = 120_000
const PER_PAGE = 50
/** Ten thousand of one kind: the platform allows no more of most. */
const PAGES_MAX = 200

export function createPlatform({ base, token, fetch, sleep }: PlatformOptions): Platform {
  async function once(method: string, path: string, body?: unknown): Promise<{ response: Response; answer: Envelope }> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await fetch(`${base}${path}`, {
      ...{ method, headers, signal: AbortSignal.timeout(CALL_MS) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { response, answer: envelopeOf(text, response.status) }
  }

  /** @throws Refusal, Unanswered */
  async function call(method: string, path: string, body?: unknown): Promise<Envelope> {
    const reads = method === 'GET'
    for (let attempt = 1; ; attempt++) {
      const tried = await once(method, path, body).catch((error: unknown) => error as Error)
      if (!(tried instanceof Error)) {
        const { response, answer } = tried
        if (response.ok && answer.success) return answer
        const limited = response.status === 429
        if (!limited && response.status < 500) throw new Refusal(response.status, answer.errors ?? [])
        const last = attempt === ATTEMPTS || waitOf(response, attempt) > RETRY_AFTER_MAX_MS
        if (last || !(reads || limited))
          throw new Unanswered(`${method} ${shown(path)} was answered ${response.status}`)
        await sleep(waitOf(response, attempt))
        continue
      }
      if (!reads || attempt === ATTEMPTS)
        throw new Unanswered(`${method} ${shown(path)} was not answered: ${reasonOf(tried)}`, { cause: tried })
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1))
    }
  }

  async function read(path: string, what: string): Promise<Envelope | null> {
    try {
      return await call('GET', path)
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null
      throw failureOf(error, what)
    }
  }

  return {
    async get(path, what) {
      const answer = await read(path, what)
      if (answer === null) throw new DeployFailure('platform_refused', `${what}: there is none`)
      return answer.result as never
    },
    find: async (path, what) => ((await read(path, what))?.result ?? null) as never,
    async list(path, what) {
      const rows: unknown[] = []
      for (let page = 1; page <= PAGES_MAX; page++) {
        const answer = await read(`${path}${path.includes('?') ? '&' : '?'}page=${page}&per_page=${PER_PAGE}`, what)
        const part = (answer?.result ?? []) as unknown[]
        rows.push(...part)
        if (part.length === 0 || isLastPage(answer?.result_info, page, part.length, rows.length)) return rows as never
      }
      throw new DeployFailure('platform_refused', `${what}: more than ${PAGES_MAX * PER_PAGE} of them`)
    },
    write: async (method, path, body) => (await call(method, path, body)).result as never,
  }
}

/** Some lists tell their pages, some the number of rows, some nothing: then a page that is not full is the last. */
function isLastPage(info: Envelope['result_info'], page: number, count: number, sum: number): boolean {
  if (typeof info?.total_pages === 'number') return page >= info.total_pages
  if (typeof info?.total_count === 'number') return sum >= info.total_count
  return count < (info?.per_page ?? PER_PAGE)
}

function envelopeOf(text: string, status: number): Envelope {
  try {
    const value = JSON.parse(text) as Envelope | null
    if (typeof value === 'object' && value !== null && typeof value.success === 'boolean') return value
  } catch {
    // A page of a proxy on the way: its status is all that is known.
  }
  return { success: false, errors: [{ code: 0, message: `an answer that is not the platform's (status ${status})` }] }
}

function waitOf(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : FIRST_WAIT_MS * 2 ** (attempt - 1)
}

/** The account's id is no secret, but nobody needs it in a message. */
const shown = (path: string): string => path.replace(/\/accounts\/[^/?]+/, '/accounts/…').replace(/\?.*$/, '')

const reasonOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message)

import type * as z from 'zod'
import type { ShopEvent } from '../../shared/domain/event.ts'
import type { ItemDetails } from '../../shared/domain/item_details.ts'
import type { RecommendationResponse, recommendationRequestSchema } from '../../shared/domain/recommendation.ts'
import { type KeyValue, MEMORY_EVENTS, memoryIn } from './memory.ts'
import { ApiProblem, problemOf } from './problem.ts'

export { ApiProblem } from './problem.ts'

export type ShelfAsk = z.input<typeof recommendationRequestSchema>
export type { ItemDetails, RecommendationResponse, ShopEvent }

export interface ClientOptions {
  /** Where the API is, without a trailing slash; empty for the page's own origin. */
  baseUrl: string
  /** A publishable key (`pk_...`). */
  key: string
  /** Names the memory of recent events, for pages that serve several shops or shoppers. */
  memory?: string
  timeoutMs?: number
  fetch?: typeof fetch
  storage?: KeyValue | null
  now?: () => number
}

export interface CallOptions {
  signal?: AbortSignal
}

export interface Client {
  recommend(request: ShelfAsk, options?: CallOptions): Promise<RecommendationResponse>
  /** One item with what was understood of its text; null where the market does not show it. */
  item(id: string, where?: { market?: string; locale?: string }, options?: CallOptions): Promise<ItemDetails | null>
  /** Sends events and remembers them for the next request. Survives leaving the page (`keepalive`). */
  track(events: readonly ShopEvent[], options?: CallOptions): Promise<void>
  /** Empties the memory of recent events. */
  forget(): void
}

/** Longer than the API's own 800 ms deadline and a slow mobile round trip together. */
const TIMEOUT_MS = 1_500

const ownStorage = (): KeyValue | null => {
  try {
    return localStorage
  } catch {
    return null
  }
}

/**
 * A browser's door to the API. Every call rejects with `ApiProblem`, or with the reason of the caller's own abort.
 * A network error is tried once more: nothing was answered, and events carry ids, so nothing counts twice.
 */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, key, timeoutMs = TIMEOUT_MS, now = Date.now } = options
  const send = options.fetch ?? ((input, init) => fetch(input, init))
  const storage = options.storage === undefined ? ownStorage() : options.storage
  const memory = memoryIn(storage, `shelfwise.recent.${options.memory ?? ''}`)

  const post = (path: string, body: unknown, keepalive: boolean, signal?: AbortSignal): Promise<Response> =>
    call(
      path,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        keepalive,
      },
      signal,
    )

  async function call(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const limited = { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout }
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await send(baseUrl + path, limited)
        if (!response.ok) throw await problemOf(response)
        return response
      } catch (error) {
        if (error instanceof ApiProblem) throw error
        if (signal?.aborted) throw signal.reason
        if (timeout.aborted) throw new ApiProblem('timeout', 0, 'The answer took too long')
        if (attempt > 0) throw new ApiProblem('network', 0, 'No connection to the shop')
      }
    }
  }

  return {
    async recommend(request, { signal } = {}) {
      const recent = memory.recall()
      // `recent` says that nothing else needs to be known. A known user's past lies with the API, so it is sent once full.
      const tells = recent.length > 0 && (request.user_id === undefined || recent.length === MEMORY_EVENTS)
      const response = await post('/v1/recommendations', { ...(tells && { recent }), ...request }, false, signal)
      return read<RecommendationResponse>(response, signal)
    },
    async item(id, where = {}, { signal } = {}) {
      // With the key in the address a browser needs no preflight.
      const query = new URLSearchParams({ ...where, key })
      try {
        const response = await call(`/v1/items/${encodeURIComponent(id)}?${query}`, { method: 'GET' }, signal)
        return await read<ItemDetails>(response, signal)
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null
        throw error
      }
    },
    async track(events, { signal } = {}) {
      const stamped = events.map((event) => ({
        ...event,
        event_id: event.event_id ?? crypto.randomUUID(),
        occurred_at: event.occurred_at ?? new Date(now()).toISOString(),
      }))
      memory.keep(stamped)
      await post('/v1/events', { events: stamped }, true, signal)
    },
    forget: memory.forget,
  }
}

async function read<T>(response: Response, signal: AbortSignal | undefined): Promise<T> {
  try {
    return (await response.json()) as T
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw new ApiProblem('network', 0, 'The answer broke off', { detail: String(error) })
  }
}

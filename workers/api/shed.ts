import { type Bulkhead, createBulkhead } from '../../shared/base/bulkhead.ts'
import type { Clock } from '../../shared/base/clock.ts'
import { Problem, problemResponse } from '../../shared/base/problem.ts'
import { REQUEST_ID_HEADER } from '../http/caller.ts'

/** Under way at once in an isolate. More take each other's time until none is answered within its deadline. */
export const SHELVES_UNDER_WAY = 40
/** Apart from shelves: writes wait for a database that may be stalled, and must not take the shelves' places. */
export const WRITES_UNDER_WAY = 60
/** A place counts as free after this, because the platform ends requests without a word. */
const SHELF_HOLD_MS = 5_000
const WRITE_HOLD_MS = 30_000
const RETRY_SECONDS = 1

const SHELVES = /^\/v1\/(?:recommendations|rerank|search|explain)$/

type Serve = () => Response | Promise<Response>

/** Refuses what an isolate cannot answer in time, before it has cost anything. */
export interface Shedder {
  /** The answer, or 503 with Retry-After when as many requests of its kind are under way as may be. */
  serve(request: Request, requestId: () => string, answer: Serve): Promise<Response>
}

export function createShedder(clock: Clock): Shedder {
  const shelves = createBulkhead(clock, SHELVES_UNDER_WAY, 0)
  const writes = createBulkhead(clock, WRITES_UNDER_WAY, 0)
  const gateOf = ({ method, url }: Request): [Bulkhead, number] | null => {
    const { pathname } = new URL(url)
    // A signed delivery that is turned away costs the shop its subscription; what is not of the API costs next to nothing.
    if (method === 'OPTIONS' || !pathname.startsWith('/v1/')) return null
    return SHELVES.test(pathname) || method === 'GET' ? [shelves, SHELF_HOLD_MS] : [writes, WRITE_HOLD_MS]
  }
  return {
    async serve(request, requestId, answer) {
      const gate = gateOf(request)
      if (gate === null) return answer()
      const leave = await gate[0].enter(0, gate[1])
      if (leave === null) return refused(requestId())
      try {
        return await answer()
      } finally {
        leave()
      }
    },
  }
}

function refused(requestId: string): Response {
  const answer = problemResponse(new Problem('unavailable', { retryAfterSeconds: RETRY_SECONDS }), requestId)
  // A browser may read it from any page: it says nothing of anybody.
  answer.headers.set('access-control-allow-origin', '*')
  answer.headers.set('access-control-expose-headers', 'x-request-id, retry-after')
  answer.headers.set('x-content-type-options', 'nosniff')
  answer.headers.set(REQUEST_ID_HEADER, requestId)
  return answer
}

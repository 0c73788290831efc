import { HTTPException } from 'hono/http-exception'
import { Problem, problemResponse } from '../../shared/base/problem.ts'
import type { Log } from '../../shared/observe/log.ts'

/** Any failure as problem+json. What is not a Problem is ours: logged whole, shown as nothing but its request id. */
export function errorResponse(error: unknown, requestId: string, log: Log): Response {
  if (error instanceof Problem) return problemResponse(error, requestId)
  if (error instanceof HTTPException && error.status < 500)
    return problemResponse(new Problem('invalid_request'), requestId)
  log.error('unexpected', error, { request_id: requestId })
  return problemResponse(new Problem('internal'), requestId)
}

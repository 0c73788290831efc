/**
 * Every failure that a client can see (RFC 9457). The union is closed: a new code does not compile
 * until it has a status and a title here.
 */
export const PROBLEMS = {
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_request: { status: 400, title: 'The request does not fit its schema' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours, or is older than 30 minutes' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'This key may not do that' },
  origin_not_allowed: { status: 403, title: 'This key may not be used from that origin' },
  not_found: { status: 404, title: 'No such resource' },
  unknown_placement: { status: 404, title: 'No such placement' },
  method_not_allowed: { status: 405, title: 'This resource does not take that method' },
  conflict: { status: 409, title: 'The resource is newer than the request' },
  idempotency_key_in_use: { status: 409, title: 'A request with this Idempotency-Key is under way' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key came with another request' },
  payload_too_large: { status: 413, title: 'The body is larger than this resource takes' },
  unsupported_media_type: { status: 415, title: 'This resource does not take that content type' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'A part that this request needs is not available' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** One place in the request that is wrong: a JSON pointer (or a query parameter's name) and what is wrong there. */
export interface FieldError {
  pointer: string
  detail: string
}

export interface ProblemExtras {
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  allow?: readonly string[]
  /** What was used up, of a refusal for too many requests. */
  limit?: Quota
  /** The scheme that admits, of a refusal for who asks; `Bearer` when absent. */
  scheme?: string
}

/** So many requests of one kind in so many seconds. */
export interface Quota {
  name: string
  requests: number
  windowSeconds: number
}

/** A quota as draft-ietf-httpapi-ratelimit-headers writes it in `RateLimit-Policy`. */
export const policyText = ({ name, requests, windowSeconds }: Quota): string =>
  `"${name}";q=${requests};w=${windowSeconds}`

/** Thrown where a request cannot go on; turned into the wire form in one place per worker. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly extras: ProblemExtras
  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(extras.detail ?? PROBLEMS[code].title)
    this.name = 'Problem'
    this.code = code
    this.extras = extras
  }
}

/** The `application/problem+json` answer. Nothing of the cause leaves but what was said on purpose. */
export function problemResponse(problem: Problem, requestId: string): Response {
  const { status, title } = PROBLEMS[problem.code]
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (problem.extras.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(problem.extras.retryAfterSeconds))
  }
  if (problem.extras.allow) headers.set('allow', problem.extras.allow.join(', '))
  if (status === 401) headers.set('www-authenticate', `${problem.extras.scheme ?? 'Bearer'} realm="shelfwise"`)
  if (problem.extras.limit) {
    const { limit, retryAfterSeconds = limit.windowSeconds } = problem.extras
    headers.set('ratelimit-policy', policyText(limit))
    headers.set('ratelimit', `"${limit.name}";r=0;t=${retryAfterSeconds}`)
  }
  const body = {
    type: `/docs#problem-${problem.code}`,
    code: problem.code,
    title,
    status,
    ...(problem.extras.detail === undefined ? {} : { detail: problem.extras.detail }),
    ...(problem.extras.errors === undefined ? {} : { errors: problem.extras.errors }),
    request_id: requestId,
  }
  return new Response(JSON.stringify(body), { status, headers })
}

/** Doors that are broken on purpose, one for each of the checks: what each is there to find, it has to find. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DoorOptions } from '../credentials/door.ts'
import { KEYS } from '../credentials/keys.ts'
import type { Check } from './checks.ts'

export interface Control {
  /** What the broken handler does. */
  fault: string
  check: Check
  route: string
  door: DoorOptions
  /** So many requests as it takes to meet what is odd. */
  cases?: number
  deadlineMs?: number
}

const CASES_OF_ODD = 900
/** How late the late one is, and how late it may be. */
const LATE_MS = 300
const DEADLINE_MS = 200

type Between = NonNullable<DoorOptions['between']>

/** Answers as if it were `ingest`. */
const instead = (answer: (request: Request) => Response | undefined): Between => {
  return async (request, next) => answer(request) ?? next(request)
}
const json = (value: object, status = 200, headers: Record<string, string> = {}) =>
  Response.json(value, { status, headers })

/** Only for requests whose body holds the odd value: half a character, which no browser sends. */
const onOddValue =
  (odd: () => Promise<Response>): Between =>
  async (request, next) => {
    const text = await request.clone().text()
    return /\\ud[89a-f][0-9a-f]{2}/i.test(text) ? odd() : next(request)
  }

/** The answer, with something changed. */
const altered =
  (change: (answer: Response) => Response | Promise<Response>): Between =>
  async (request, next) =>
    change(await next(request))

const withHeaders = (answer: Response, change: (headers: Headers) => void): Response => {
  const headers = new Headers(answer.headers)
  change(headers)
  return new Response(answer.body, { status: answer.status, headers })
}

const GOOD_GATE = new Uint8Array(Buffer.from('{"click_micro":1,"margin":0.5,"currency":"EUR","cap_micro":10}'))

const withKey = (request: Request): Request => {
  if (request.headers.has('authorization')) return request
  const headers = new Headers(request.headers)
  headers.set('authorization', `Bearer ${KEYS.sk}`)
  return new Request(request, { headers })
}

export const CONTROLS: readonly Control[] = [
  {
    fault: 'fails on one odd value',
    check: 'not_a_server_error',
    route: 'PUT /v1/placements/{placement}',
    door: { between: onOddValue(() => Promise.reject(new Error('half a character'))) },
    cases: CASES_OF_ODD,
  },
  {
    fault: 'is late on one odd value',
    check: 'max_response_time',
    route: 'PUT /v1/placements/{placement}',
    door: { between: onOddValue(() => sleep(LATE_MS, json({ code: 'x' }, 400))) },
    ...{ cases: CASES_OF_ODD, deadlineMs: DEADLINE_MS },
  },
  {
    fault: 'answers a status of its own',
    check: 'status_code_conformance',
    route: 'GET /v1/gates:worth',
    door: {
      between: altered(
        (answer) => new Response(answer.body, { status: answer.ok ? 203 : answer.status, headers: answer.headers }),
      ),
    },
  },
  {
    fault: 'answers with text',
    check: 'content_type_conformance',
    route: 'GET /v1/gates:worth',
    door: { between: altered((answer) => withHeaders(answer, (headers) => headers.set('content-type', 'text/plain'))) },
  },
  {
    fault: 'names no id of the request',
    check: 'response_headers_conformance',
    route: 'GET /v1/gates:worth',
    door: { after: (answer) => withHeaders(answer, (headers) => headers.delete('x-request-id')) },
  },
  {
    fault: 'answers more than its schema has',
    check: 'response_schema_conformance',
    route: 'GET /v1/gates:worth',
    door: {
      between: altered(async (answer) => json({ ...((await answer.json()) as object), secret: 1 }, answer.status)),
    },
  },
  {
    fault: 'refuses with a code of its own',
    check: 'response_schema_conformance',
    route: 'GET /v1/ranker/{version}',
    door: {
      between: altered(async (answer) => {
        if (answer.status !== 404) return answer
        const body = { ...((await answer.json()) as object), code: 'conflict' }
        return new Response(JSON.stringify(body), { status: 404, headers: answer.headers })
      }),
    },
  },
  {
    fault: 'takes what its schema forbids',
    check: 'negative_data_rejection',
    route: 'PUT /v1/gates:worth',
    door: {
      between: (request, next) =>
        next(
          request.method === 'PUT'
            ? new Request(request.url, { method: 'PUT', headers: request.headers, body: GOOD_GATE })
            : request,
        ),
    },
  },
  {
    fault: 'refuses what its schema allows',
    check: 'positive_data_acceptance',
    route: 'GET /v1/items',
    door: {
      between: instead((request) => {
        if (!new URL(request.url).searchParams.has('limit')) return undefined
        const errors = [{ pointer: '/limit', detail: 'Invalid input: expected number, received string' }]
        const body = { type: 'x', code: 'invalid_request', title: 'x', status: 400, errors, request_id: 'x' }
        return json(body, 400, { 'content-type': 'application/problem+json' })
      }),
    },
  },
  {
    fault: 'takes lines that say not what they are',
    check: 'missing_required_header',
    route: 'POST /v1/events:bulk',
    door: {
      before: (request) => {
        if (request.headers.has('content-type')) return request
        const headers = new Headers(request.headers)
        headers.set('content-type', 'application/x-ndjson')
        return new Request(request, { headers })
      },
    },
  },
  {
    fault: 'takes a method that it does not name',
    check: 'unsupported_method',
    route: 'GET /v1/jobs',
    door: {
      before: (request) =>
        request.method === 'PATCH' ? new Request(request.url, { headers: request.headers }) : request,
    },
  },
  {
    fault: 'refuses a method and names none',
    check: 'allow_header',
    route: 'GET /v1/jobs',
    door: {
      after: (answer) => (answer.status === 405 ? withHeaders(answer, (headers) => headers.delete('allow')) : answer),
    },
  },
  {
    fault: 'asks for no key',
    check: 'ignored_auth',
    route: 'GET /v1/ranker',
    door: { before: withKey },
  },
  {
    fault: 'says that it deleted, and does not',
    check: 'use_after_free',
    route: '/v1/webhooks/{source}',
    door: {
      between: instead((request) => {
        if (request.method !== 'DELETE') return undefined
        return json({ source: new URL(request.url).pathname.split('/').at(-1)!, removed: true })
      }),
    },
  },
  {
    fault: 'says that it wrote, and does not',
    check: 'ensure_resource_availability',
    route: '/v1/items/{id}',
    door: {
      between: instead((request) => {
        if (request.method !== 'PUT') return undefined
        return json({ id: decodeURIComponent(new URL(request.url).pathname.split('/').at(-1)!), outcome: 'created' })
      }),
    },
  },
]

import { PROBLEMS, type ProblemCode } from '../../shared/base/problem.ts'
import { type Operation, problemsOf } from './operation.ts'

type Json = Record<string, unknown>

const header = (description: string, schema: Json, required = true): Json => ({ description, required, schema })
const TEXT = { type: 'string', minLength: 1 }

const REQUEST_ID = {
  'X-Request-Id': header("The request's id: the sender's own where it gave one, as logs name it", TEXT),
}
const RETRY_AFTER = { 'Retry-After': header('Seconds to wait', { type: 'integer', minimum: 1 }) }
/** Structured fields of draft-ietf-httpapi-ratelimit-headers. */
const POLICY = 'The limit that was counted: `q` requests in `w` seconds'
const LIMITED = {
  RateLimit: header('What is left (`r`) and for how many seconds (`t`)', TEXT),
  'RateLimit-Policy': header(POLICY, TEXT),
}

/** What a refusal says beside its body. */
const OF_STATUS: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': header('What admits', TEXT) },
  429: { ...RETRY_AFTER, ...LIMITED },
  503: RETRY_AFTER,
}

/** Every answer of an operation: its successes, and one for each status of its problems, with their codes. */
export function answersOf(operation: Operation, schema: Json): Record<string, Json> {
  const { key, answer } = operation
  const counted = key === 'pk_or_sk' ? { 'RateLimit-Policy': header(`${POLICY}; for browser keys`, TEXT, false) } : {}
  const success = (description: string): Json => ({
    description,
    headers: { ...REQUEST_ID, ...counted },
    content: { 'application/json': { schema } },
  })
  return {
    [answer.status]: success(answer.description),
    ...Object.fromEntries(Object.entries(answer.others ?? {}).map(([status, text]) => [status, success(text)])),
    ...problemAnswers(problemsOf(operation)),
  }
}

function problemAnswers(codes: readonly ProblemCode[]): Record<string, Json> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code])
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      String(status),
      { description: names.join(', '), 'x-codes': names, headers: { ...REQUEST_ID, ...OF_STATUS[status] }, content },
    ]),
  )
}

import type * as z from 'zod'
import { PROBLEMS, type ProblemCode } from '../../shared/base/problem.ts'

type Json = Record<string, unknown>
type Key = 'none' | 'pk_or_sk' | 'sk' | 'sk_or_admin' | 'admin'

/** One method of one path, as the OpenAPI document tells it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete'
  /** As OpenAPI writes it, with parameters in braces. */
  path: string
  tag: string
  summary: string
  description?: string
  key: Key
  query?: Json[]
  /** `others`: content types of the same in other forms, which are text. */
  body?: {
    type: 'application/json' | 'application/x-ndjson'
    schema: z.ZodType
    others?: readonly string[]
    /** Without a body it does something too. */
    optional?: true
  }
  /** `others`: statuses of success beside the usual one, with the same body. */
  answer: { status: number; description: string; schema: z.ZodType; others?: Record<number, string> }
  /** Those beyond what its key and the type of its body bring. */
  problems?: readonly ProblemCode[]
}

const OF_SECRET_KEY = ['unauthorized', 'forbidden', 'origin_not_allowed', 'rate_limited', 'unavailable'] as const
/** What every route of a key may answer. A browser key is known, counted and bound to its page wherever keys of shops are read. */
const OF_KEY: Record<Key, readonly ProblemCode[]> = {
  none: [],
  pk_or_sk: ['unauthorized', 'origin_not_allowed', 'rate_limited', 'unavailable'],
  sk: OF_SECRET_KEY,
  sk_or_admin: OF_SECRET_KEY,
  admin: ['unauthorized', 'unavailable'],
}

/** What every route with a key may answer to a body. */
const OF_BODY: Record<NonNullable<Operation['body']>['type'], readonly ProblemCode[]> = {
  'application/json': ['invalid_json', 'invalid_request', 'payload_too_large'],
  'application/x-ndjson': ['invalid_json', 'invalid_request', 'payload_too_large', 'unsupported_media_type'],
}

/** Every problem that an operation may answer with, in the order of `PROBLEMS`. */
export function problemsOf({ key, path, query, body, problems = [] }: Operation): ProblemCode[] {
  const ofBody = key === 'none' || body === undefined ? [] : OF_BODY[body.type]
  const hasParameters = key !== 'none' && (path.includes('{') || query !== undefined)
  const ofParameters = hasParameters ? (['invalid_request'] as const) : []
  const codes = new Set([...OF_KEY[key], ...ofParameters, ...ofBody, ...problems])
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code))
}

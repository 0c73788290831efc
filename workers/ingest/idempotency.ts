import type { Context } from 'hono'
import { base64url, lengthPrefixed, sha256 } from '../../shared/base/hash.ts'
import { PROBLEMS, Problem } from '../../shared/base/problem.ts'
import { BULK_KEYS, readIdempotencyKey } from '../../shared/domain/bulk_request.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import type { BulkClaim, BulkRun } from '../../shared/store/operations/bulk_requests.ts'
import { readBytes } from '../http/body.ts'
import type { IngestApp } from './context.ts'

const KEY_HEADER = 'idempotency-key'
/** Set on the answer to a request that came before. */
const REPLAYED_HEADER = 'idempotency-replayed'

/**
 * Does a bulk write that may name itself with an Idempotency-Key, as the IETF draft of that name says: the same request
 * again is done with the clock and the names of the first time, which changes nothing that is done and tells the same.
 * What was refused before anything was written does not use up its key.
 * @param itemsOf how many items a request may tell of
 * @param work gets the request, and its run where there is a key
 * @throws Problem `idempotency_key_in_use`, `idempotency_key_reused`, `rate_limited`, `invalid_request`,
 *   `payload_too_large`, and what the work throws
 */
export async function repeatable(
  c: Context<IngestApp>,
  shop: string,
  itemsOf: (request: Request, body: Uint8Array) => number,
  work: (request: Request, run: BulkRun | null) => Promise<Response>,
): Promise<Response> {
  const { deps } = c.var
  const header = c.req.header(KEY_HEADER)
  if (header === undefined) return work(c.req.raw, null)
  const key = readIdempotencyKey(header)
  if (key === null)
    throw new Problem('invalid_request', {
      errors: [{ pointer: '/Idempotency-Key', detail: `1 to ${BULK_KEYS.chars} printable ASCII characters` }],
    })
  const bytes = await readBytes(c.req.raw, LIMITS.bulkBodyBytes)
  const fingerprint = await fingerprintOf(c.req.raw, bytes)
  const nowMs = deps.clock.now()
  const items = itemsOf(c.req.raw, bytes)
  const claim = await deps.bulkRequests.claim(shop, await sha256(key), fingerprint, deps.unique(), nowMs, items)
  if (claim.kind !== 'granted') throw refusal(claim, nowMs)
  const { run } = claim
  // Whoever cannot let go is let go of in half a minute.
  const letGo = (end: 'release' | 'withdraw') =>
    deps.bulkRequests[end](run).catch((error: unknown) => deps.log.error('bulk_key_not_released', error, { shop }))
  try {
    const { url, method, headers } = c.req.raw
    const answer = await work(new Request(url, { method, headers, body: bytes }), run)
    if (run.isAgain) answer.headers.set(REPLAYED_HEADER, 'true')
    await letGo('release')
    return answer
  } catch (error) {
    const isRefused = error instanceof Problem && PROBLEMS[error.code].status < 500
    await letGo(isRefused && !run.isAgain ? 'withdraw' : 'release')
    throw error
  }
}

function refusal(claim: Exclude<BulkClaim, { kind: 'granted' }>, nowMs: number): Problem {
  if (claim.kind === 'reused') return new Problem('idempotency_key_reused')
  const retryAfterSeconds = Math.max(1, Math.ceil((claim.untilMs - nowMs) / 1_000))
  if (claim.kind === 'under_way') return new Problem('idempotency_key_in_use', { retryAfterSeconds })
  const { perShop, itemsPerShop, ttlMs } = BULK_KEYS
  const detail = `at most ${perShop} Idempotency-Keys, and ${itemsPerShop} items sent with one, in ${ttlMs / 3_600_000} hours`
  return new Problem('rate_limited', { detail, retryAfterSeconds })
}

/** A hash of everything that a bulk write depends on. */
async function fingerprintOf(request: Request, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { pathname, searchParams } = new URL(request.url)
  searchParams.sort()
  const body = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
  return sha256(lengthPrefixed([pathname, String(searchParams), request.headers.get('content-type') ?? '', body]))
}

import type { Context } from 'hono'
import { Problem } from '../../shared/base/problem.ts'
import { CALLER_HEADER, type Caller, REQUEST_ID_HEADER, writeCaller } from '../http/caller.ts'
import type { Principal } from './auth.ts'
import type { ApiApp } from './context.ts'

/** What of a sender's headers `ingest` needs; everything else stays here, a caller header above all. */
const PASSED = ['content-type', 'content-length', 'idempotency-key', 'authorization']

/**
 * Hands a write to `ingest` with its bytes untouched. By fetch, because only fetch is placed beside the database.
 * @param principal null for the admin routes, whose key `ingest` checks itself
 */
export async function forward(c: Context<ApiApp>, principal: Principal | null): Promise<Response> {
  const headers = new Headers({ [REQUEST_ID_HEADER]: c.var.requestId })
  for (const name of PASSED) {
    const value = c.req.header(name)
    if (value !== undefined && (name !== 'authorization' || principal === null)) headers.set(name, value)
  }
  if (principal !== null) {
    const caller: Caller = { role: 'shop', shop: principal.shop.shop, kind: principal.kind }
    headers.set(CALLER_HEADER, writeCaller(caller))
  }
  return answerOf(c, headers)
}

/** What of a platform's headers stays here: keys and cookies of ours, and what the platform's network said of the sender. */
const KEPT_BACK =
  /^(?:authorization|cookie|host|connection|x-request-id|x-shelfwise-.*|x-forwarded-.*|x-real-ip|true-client-ip|cf-.*|cdn-loop)$/
/** A platform whose delivery could not be handed on comes again after this. */
const RETRY_SECONDS = 10

/**
 * Hands a platform's delivery to `ingest`: the signed bytes untouched, and every header that a source may sign or name.
 * No limit of ours counts here: a signed delivery that is turned away costs the shop its subscription.
 * @throws Problem `unavailable` when `ingest` cannot be reached: the platform keeps the delivery
 */
export async function forwardDelivery(c: Context<ApiApp>): Promise<Response> {
  const headers = new Headers({ [REQUEST_ID_HEADER]: c.var.requestId })
  for (const [name, value] of c.req.raw.headers) if (!KEPT_BACK.test(name)) headers.append(name, value)
  try {
    return await answerOf(c, headers)
  } catch (error) {
    c.var.deps.log.error('webhook_not_forwarded', error, { request_id: c.var.requestId })
    throw new Problem('unavailable', { retryAfterSeconds: RETRY_SECONDS })
  }
}

async function answerOf(c: Context<ApiApp>, headers: Headers): Promise<Response> {
  const { method } = c.req.raw
  // A body that came with a reading says nothing, and fetch refuses to send one.
  const body = method === 'GET' || method === 'HEAD' ? null : c.req.raw.body
  if (body === null) headers.delete('content-length')
  const answer = await c.var.deps.ingest.fetch(c.req.url, { method, headers, body: body as never, redirect: 'manual' })
  return new Response(answer.body as ReadableStream | null, {
    status: answer.status,
    headers: new Headers(answer.headers as unknown as Headers),
  })
}

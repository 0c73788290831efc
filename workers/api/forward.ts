import type { Context } from 'hono'
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
  const { method, body } = c.req.raw
  const answer = await c.var.deps.ingest.fetch(c.req.url, { method, headers, body: body as never, redirect: 'manual' })
  return new Response(answer.body as ReadableStream | null, {
    status: answer.status,
    headers: new Headers(answer.headers as unknown as Headers),
  })
}

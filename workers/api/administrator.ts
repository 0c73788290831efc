import type { Context } from 'hono'
import { PROBLEMS, Problem, type ProblemCode } from '../../shared/base/problem.ts'
import { REQUEST_ID_HEADER } from '../http/caller.ts'
import type { Principal } from './auth.ts'
import type { ApiApp } from './context.ts'

/**
 * An administrator in the place of a shop's secret key. `ingest` alone can check the admin key, so it is asked for the shop.
 * @throws Problem as `ingest` answers, `not_found`
 */
export async function administrator(c: Context<ApiApp>, shop: string): Promise<Principal> {
  const { deps, requestId } = c.var
  const headers = { authorization: c.req.header('authorization') ?? '', [REQUEST_ID_HEADER]: requestId }
  const answer = await deps.ingest.fetch(new URL(`/v1/shops/${encodeURIComponent(shop)}`, c.req.url).href, { headers })
  if (!answer.ok) {
    const { code } = (await answer.json()) as { code?: string }
    throw new Problem(code !== undefined && Object.hasOwn(PROBLEMS, code) ? (code as ProblemCode) : 'internal')
  }
  const config = await deps.configs.again(shop)
  if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
  return { shop: config, kind: 'sk', hash: 'admin' }
}

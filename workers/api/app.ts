import { type Context, Hono } from 'hono'
import { Problem, policyText, type Quota } from '../../shared/base/problem.ts'
import { parseJson } from '../../shared/domain/decode.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import { readText } from '../http/body.ts'
import { REQUEST_ID_HEADER } from '../http/caller.ts'
import { errorResponse } from '../http/errors.ts'
import { administrator } from './administrator.ts'
import { authenticate, keyText, type Principal } from './auth.ts'
import type { ApiApp } from './context.ts'
import { allowOrigin, preflight } from './cors.ts'
import type { ApiDeps } from './deps.ts'
import { forward, forwardDelivery } from './forward.ts'
import { bodyFromQuery } from './query_request.ts'
import { serveAudience } from './routes/audience.ts'
import { serveExplanation } from './routes/explain.ts'
import { serveItem } from './routes/items.ts'
import { serveModelCall, serveModelCallAgain } from './routes/model_calls.ts'
import { serveRerank, serveShelf } from './routes/recommendations.ts'
import { serveRulesPreview } from './routes/rules_preview.ts'
import { ROUTES, WRITE_ROUTES } from './routes.ts'
import { VERSION } from './version.ts'

type ApiContext = Context<ApiApp>

/** What one address may ask with one browser key, as the rate limit binding of the toml counts it. */
export const BROWSER_QUOTA: Quota = { name: 'browser', requests: 600, windowSeconds: 60 }

/** The one public door. */
export function createApiApp(depsOf: (env: unknown) => ApiDeps) {
  const app = new Hono<ApiApp>()
  app.use(async (c, next) => {
    const deps = depsOf(c.env)
    // The sender's own id is kept when it is harmless, so that both sides can find the same request.
    const given = c.req.header(REQUEST_ID_HEADER)
    const requestId = given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : crypto.randomUUID()
    c.set('deps', deps)
    c.set('requestId', requestId)
    c.set('defer', (label, work) =>
      c.executionCtx.waitUntil(
        work().catch((error: unknown) => deps.log.error('deferred_failed', error, { label, request_id: requestId })),
      ),
    )
    await next()
    c.header(REQUEST_ID_HEADER, requestId)
    c.header('x-content-type-options', 'nosniff')
    if (c.var.quota !== undefined) c.header('ratelimit-policy', policyText(c.var.quota))
  })
  app.options('/v1/*', preflight)
  app.use('/v1/*', allowOrigin)

  app.get('/health', (c) => c.json({ status: 'ok', version: VERSION }))
  app.get('/v1/recommendations', async (c) => {
    const url = new URL(c.req.url)
    const principal = await principalOf(c, url.searchParams.get('key') ?? undefined)
    return answer(c, await serveShelf(bodyFromQuery(url.searchParams), principal, c.var.deps, c.var.defer))
  })
  app.post('/v1/recommendations', async (c) => {
    const principal = await principalOf(c, undefined)
    const body = parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes))
    return answer(c, await serveShelf(body, principal, c.var.deps, c.var.defer))
  })
  app.post('/v1/rerank', async (c) => {
    const principal = await principalOf(c, undefined)
    const body = parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes))
    return answer(c, await serveRerank(body, principal, c.var.deps, c.var.defer))
  })
  app.get('/v1/explain', async (c) => {
    const url = new URL(c.req.url)
    const principal = await principalOf(c, url.searchParams.get('key') ?? undefined)
    return answer(c, await serveExplanation(bodyFromQuery(url.searchParams), principal, c.var.deps, c.var.defer))
  })
  app.get('/v1/items/:id', async (c) => {
    const { searchParams } = new URL(c.req.url)
    const principal = await principalOf(c, searchParams.get('key') ?? undefined)
    return answer(c, await serveItem(c.req.param('id'), searchParams, principal, c.var.deps))
  })
  app.get('/v1/items/:id/audience', async (c) => {
    const principal = await principalOf(c, undefined)
    return answer(c, await serveAudience(c.req.param('id'), principal, c.var.deps))
  })
  app.post('/v1/shops/:shop/rules/preview', async (c) => {
    const principal = isAdmin(c) ? await administrator(c, c.req.param('shop')) : await principalOf(c, undefined)
    const body = parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes))
    return answer(c, await serveRulesPreview(c.req.param('shop'), body, principal, c.var.deps, c.var.defer))
  })
  app.get('/v1/model/calls/:key', async (c) => {
    const principal = await principalOf(c, undefined)
    return answer(c, await serveModelCall(c.req.param('key'), principal, c.var.deps))
  })
  app.post('/v1/model/calls/:key/again', async (c) => {
    const principal = await principalOf(c, undefined)
    return answer(c, await serveModelCallAgain(c.req.param('key'), principal, c.var.deps))
  })
  // Addresses with nothing to fill in come first, with every method: they are never taken for the name of a thing.
  for (const isNamed of [false, true]) {
    for (const { method, path, needs } of WRITE_ROUTES) {
      if (path.includes('/:') !== isNamed) continue
      app.on(method, path, async (c) => {
        if (needs === 'signature') return forwardDelivery(c)
        const asAdmin = needs === 'admin' || (needs === 'sk_or_admin' && isAdmin(c))
        return forward(c, asAdmin ? null : await principalOf(c, undefined))
      })
    }
    for (const [path, methods] of ROUTES) {
      if (path.includes('/:') !== isNamed) continue
      app.all(path, () => {
        throw new Problem('method_not_allowed', { allow: methods })
      })
    }
  }
  app.notFound((c) => {
    const { assets, log } = c.var.deps
    // On the platform static files are served before the worker; where they are not, this is the same.
    if (assets && (c.req.method === 'GET' || c.req.method === 'HEAD') && !c.req.path.startsWith('/v1/')) {
      return assets.fetch(c.req.raw as never) as unknown as Promise<Response>
    }
    return errorResponse(new Problem('not_found'), c.var.requestId, log)
  })
  app.onError((error, c) => errorResponse(error, c.var.requestId ?? crypto.randomUUID(), depsOf(c.env).log))
  return app
}

/** Whether the key says so; only `ingest` can tell whether that is true. */
const isAdmin = (c: ApiContext): boolean => keyText(c.req.raw, undefined)?.startsWith('ak_') === true

async function principalOf(c: ApiContext, queryKey: string | undefined): Promise<Principal> {
  const { deps } = c.var
  const principal = await authenticate(keyText(c.req.raw, queryKey), c.req.header('origin') ?? null, deps, c.var.defer)
  if (principal.kind === 'pk') {
    // A shop's browser key is every shopper's: what is counted is one address with one key. The platform always names it.
    const address = c.req.header('cf-connecting-ip')
    if (address !== undefined) {
      const { success } = await deps.limit.limit({ key: `${principal.hash} ${address}` })
      if (!success)
        throw new Problem('rate_limited', { retryAfterSeconds: BROWSER_QUOTA.windowSeconds, limit: BROWSER_QUOTA })
      // The binding does not tell what is left: the limit alone is told until there is nothing.
      c.set('quota', BROWSER_QUOTA)
    }
  }
  return principal
}

const answer = (c: ApiContext, body: object) => c.json(body, 200, { 'cache-control': 'no-store' })

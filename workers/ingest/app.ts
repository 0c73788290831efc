import { Hono } from 'hono'
import { Problem } from '../../shared/base/problem.ts'
import { REQUEST_ID_HEADER } from '../http/caller.ts'
import { errorResponse } from '../http/errors.ts'
import { callerOf } from './admin.ts'
import type { IngestApp } from './context.ts'
import type { IngestDeps } from './deps.ts'
import { deadLetterRoutes } from './routes/dead_letters.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/export.ts'
import { gateRoutes } from './routes/gates.ts'
import { itemRoutes } from './routes/items.ts'
import { rankerRoutes } from './routes/ranker.ts'
import { ruleRoutes } from './routes/rules.ts'
import { shopRoutes } from './routes/shops.ts'
import { statusRoutes } from './routes/status.ts'
import { userRoutes } from './routes/users.ts'
import { webhookSourceRoutes } from './routes/webhook_sources.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** D1's own errors, and those of the network before it, which come without its name. */
const D1_UNWELL = /D1_|SQLITE_|Network connection lost|D1 DB|object to be reset/

/** All writes. Its only caller is `api`, which has proved who is asking; platforms prove themselves. */
export function createIngestApp(depsOf: (env: unknown) => IngestDeps) {
  const app = new Hono<IngestApp>()
  app.use(async (c, next) => {
    const deps = depsOf(c.env)
    c.set('deps', deps)
    c.set('defer', (work) =>
      c.executionCtx.waitUntil(work.catch((error: unknown) => deps.log.error('deferred_failed', error))),
    )
    await next()
  })
  // Platforms have no key of ours: their signature is what admits them.
  app.route('/', webhookRoutes())
  app.use(async (c, next) => {
    c.set('caller', await callerOf(c.req.raw.headers, c.var.deps))
    await next()
  })
  app.route('/', itemRoutes())
  app.route('/', eventRoutes())
  app.route('/', exportRoutes())
  app.route('/', userRoutes())
  app.route('/', shopRoutes())
  app.route('/', ruleRoutes())
  app.route('/', rankerRoutes())
  app.route('/', gateRoutes())
  app.route('/', statusRoutes())
  app.route('/', webhookSourceRoutes())
  app.route('/', deadLetterRoutes())
  app.notFound((c) => errorResponse(new Problem('not_found'), c.req.header(REQUEST_ID_HEADER) ?? '', c.var.deps.log))
  app.onError((error, c) => {
    const { log } = depsOf(c.env)
    const requestId = c.req.header(REQUEST_ID_HEADER) ?? ''
    // D1 refusing a write is said as such: the sender keeps the data and comes again. What can never be written is not.
    if (error instanceof Error && /TOOBIG|too big/i.test(error.message)) {
      return errorResponse(
        new Problem('payload_too_large', { detail: 'One value is larger than a database row may be' }),
        requestId,
        log,
      )
    }
    if (error instanceof Error && D1_UNWELL.test(error.message) && !/CONSTRAINT/.test(error.message)) {
      log.error('write_refused', error, { request_id: requestId })
      return errorResponse(new Problem('unavailable', { retryAfterSeconds: 2 }), requestId, log)
    }
    return errorResponse(error, requestId, log)
  })
  return app
}

import type { Context, MiddlewareHandler } from 'hono'

const DAY_SECONDS = '86400'

/**
 * Browsers may call from any page: the key, not the origin, is what admits them, and a key bound to origins is checked
 * when it is used. No credentials are ever allowed, so nothing of a shopper's other sessions travels along.
 */
export const allowOrigin: MiddlewareHandler = async (c, next) => {
  await next()
  if (c.req.header('origin') === undefined) return
  c.header('access-control-allow-origin', '*')
  c.header('access-control-expose-headers', 'x-request-id, retry-after, ratelimit, ratelimit-policy, www-authenticate')
}

export const preflight = (c: Context): Response =>
  c.body(null, 204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers': 'authorization, content-type, x-request-id',
    'access-control-max-age': DAY_SECONDS,
  })

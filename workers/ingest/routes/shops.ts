import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { placementNameSchema, shopIdSchema } from '../../../shared/domain/ids.ts'
import { hashKey, keyBodySchema, makeKey } from '../../../shared/domain/key.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { placementBodySchema, shopBodySchema } from '../../../shared/domain/shop.ts'
import { readText } from '../../http/body.ts'
import { requireAdmin, requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'

export function shopRoutes() {
  const routes = new Hono<IngestApp>()

  routes.put('/v1/shops/:shop', async (c) => {
    const { deps } = c.var
    requireAdmin(c.var.caller)
    const shop = decode(shopIdSchema, c.req.param('shop'))
    const body = decode(shopBodySchema, await jsonOf(c.req.raw))
    if (!body.markets.some((own) => own.market === body.market)) {
      throw new Problem('invalid_request', { errors: [{ pointer: '/market', detail: 'is not one of the markets' }] })
    }
    const created = await deps.shops.put(shop, body, deps.clock.now())
    c.var.defer(publish(shop, deps))
    return c.json({ shop, created }, created ? 201 : 200)
  })

  routes.post('/v1/shops/:shop/keys', async (c) => {
    const { deps } = c.var
    requireAdmin(c.var.caller)
    const shop = decode(shopIdSchema, c.req.param('shop'))
    const body = decode(keyBodySchema, await jsonOf(c.req.raw))
    if ((await deps.shops.config(shop)) === null) throw new Problem('not_found', { detail: 'There is no such shop' })
    const key = makeKey(body.kind, shop, body.secret ?? crypto.randomUUID().replaceAll('-', ''))
    const expiresAtMs = body.expires_at === undefined ? null : Date.parse(body.expires_at)
    const stored = {
      hash: await hashKey(key),
      kind: body.kind,
      label: body.label,
      origins: body.origins ?? [],
      expiresAtMs,
    }
    try {
      await deps.shops.addKey(shop, stored, deps.clock.now())
    } catch (error) {
      if (error instanceof Error && /UNIQUE/.test(error.message))
        throw new Problem('conflict', { detail: 'This key exists already' })
      throw error
    }
    c.var.defer(publish(shop, deps))
    return c.json({ key, hash: stored.hash, kind: body.kind, label: body.label }, 201)
  })

  routes.delete('/v1/shops/:shop/keys/:hash', async (c) => {
    const { deps } = c.var
    requireAdmin(c.var.caller)
    const shop = decode(shopIdSchema, c.req.param('shop'))
    if (!(await deps.shops.revokeKey(shop, c.req.param('hash'), deps.clock.now()))) {
      throw new Problem('not_found', { detail: 'There is no such live key' })
    }
    c.var.defer(publish(shop, deps))
    return c.json({ revoked: true })
  })

  routes.put('/v1/placements/:placement', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const placement = decode(placementNameSchema, c.req.param('placement'))
    const body = decode(placementBodySchema, await jsonOf(c.req.raw))
    await deps.shops.putPlacement(shop, placement, body, deps.clock.now())
    c.var.defer(publish(shop, deps))
    return c.json({ placement, ...body })
  })
  return routes
}

const jsonOf = async (request: Request): Promise<unknown> => parseJson(await readText(request, LIMITS.jsonBodyBytes))

/** The copy that is read while D1 is down. */
export async function publish(shop: string, deps: IngestDeps): Promise<void> {
  const config = await deps.shops.config(shop)
  if (config !== null) await deps.cache.putShop(config)
}

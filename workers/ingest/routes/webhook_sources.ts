import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { sourceNameSchema, webhookSourceBodySchema } from '../../../shared/domain/webhook_source.ts'
import type { SourceView } from '../../../shared/store/operations/webhook_sources.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import { limitOf } from '../../http/query.ts'
import type { IngestApp } from '../context.ts'
import { requireMarket } from '../markets.ts'
import { decodeCursor, encodeCursor, filterOf, ROWS } from '../paging.ts'

export function webhookSourceRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/webhooks', async (c) => {
    const shop = requireSecret(c.var.caller)
    const sources = await c.var.deps.webhooks.store.list(shop)
    return c.json({ sources: sources.map((view) => sourceAnswer(shop, view)) })
  })

  // Before the sources themselves: none can have this name.
  routes.get('/v1/webhooks/deliveries', async (c) => {
    const shop = requireSecret(c.var.caller)
    const limit = limitOf(c.req.query('limit'), ROWS)
    const source = filterOf(sourceNameSchema, c.req.query('source'), 'source')
    const before = decodeCursor<[number, string, string]>(c.req.query('cursor'), ['number', 'string', 'string'])
    const rows = await c.var.deps.webhooks.deliveries.list({
      ...{ shop, source, limit: limit + 1 },
      before: before === null ? null : { receivedAtMs: before[0], source: before[1], id: before[2] },
    })
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return c.json({
      deliveries: page.map(({ receivedAtMs, ...row }) => ({
        ...row,
        received_at: new Date(receivedAtMs).toISOString(),
      })),
      cursor: rows.length > limit && last ? encodeCursor([last.receivedAtMs, last.source, last.id]) : null,
    })
  })

  routes.put('/v1/webhooks/:source', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const source = decode(sourceNameSchema, c.req.param('source'))
    const body = decode(webhookSourceBodySchema, parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes)))
    const config = await deps.shops.config(shop)
    if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
    requireMarket(config, body.market, '/market')
    const created = await deps.webhooks.store.put(shop, source, body, deps.clock.now())
    deps.webhooks.memory.forget(shop, source)
    const view = await deps.webhooks.store.view(shop, source)
    if (view === null) throw new Problem('conflict', { detail: 'The source was deleted meanwhile' })
    return c.json(sourceAnswer(shop, view), created ? 201 : 200)
  })

  routes.get('/v1/webhooks/:source', async (c) => {
    const shop = requireSecret(c.var.caller)
    const view = await c.var.deps.webhooks.store.view(shop, decode(sourceNameSchema, c.req.param('source')))
    if (view === null) throw new Problem('not_found', { detail: 'There is no such source' })
    return c.json(sourceAnswer(shop, view))
  })

  routes.delete('/v1/webhooks/:source', async (c) => {
    const { webhooks } = c.var.deps
    const shop = requireSecret(c.var.caller)
    const source = decode(sourceNameSchema, c.req.param('source'))
    const removed = await webhooks.store.remove(shop, source)
    webhooks.memory.forget(shop, source)
    if (!removed) throw new Problem('not_found', { detail: 'There is no such source' })
    return c.json({ source, removed: true })
  })
  return routes
}

/** A source as it may be shown: its secrets by number and fingerprint alone. */
function sourceAnswer(shop: string, { source, config, fingerprints, createdAtMs, updatedAtMs }: SourceView) {
  const { apiUrl, ...shown } = config
  return {
    source,
    path: `/webhooks/${source}/${shop}`,
    ...shown,
    secrets: fingerprints.map((fingerprint) => ({ fingerprint })),
    api: apiUrl === null ? null : { url: apiUrl },
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: new Date(updatedAtMs).toISOString(),
  }
}

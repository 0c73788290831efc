import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { eventLines } from '../../../shared/ingest/feeds/event_line.ts'
import type { EventPlace } from '../../../shared/store/event_reads.ts'
import { requireSecret, requireShop } from '../../http/caller.ts'
import { flagOf, limitOf } from '../../http/query.ts'
import type { IngestApp } from '../context.ts'
import { decodeCursor, encodeCursor } from '../paging.ts'
import { sealedCursors } from '../sealed_cursor.ts'

/** Items of a page: with 2,048 variants in many markets each they are still a few megabytes. */
const ITEMS = { usual: 200, most: 500 }
/** Events of a page. */
const EVENTS = { usual: 1_000, most: 5_000 }

/** A shop's data as it would be sent again, page by page. */
export function exportRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/items', async (c) => {
    const shop = requireSecret(c.var.caller)
    const cursor = decodeCursor<[string]>(c.req.query('cursor'), ['string'])
    const limit = limitOf(c.req.query('limit'), ITEMS)
    const withDeleted = flagOf(c.req.query('deleted'), 'deleted')
    const { lines, last } = await c.var.deps.itemReads.page(shop, cursor?.[0] ?? null, limit, withDeleted)
    return c.json({ items: lines, next_cursor: last === null ? null : encodeCursor([last]) })
  })

  routes.get('/v1/events', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { eventReads, signingSecret } = c.var.deps
    const cursors = sealedCursors<EventPlace>(['event cursor', shop], signingSecret)
    const place = await cursors.open(c.req.query('cursor'))
    const limit = limitOf(c.req.query('limit'), EVENTS)
    const { interactions, waiting, next } = await eventReads.page(shop, place, limit)
    const cursor = next === null ? null : await cursors.seal(next)
    return c.json({ events: eventLines(interactions), waiting, next_cursor: cursor })
  })

  routes.get('/v1/shops/:shop', async (c) => {
    const { deps } = c.var
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const config = await deps.shops.config(shop)
    if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
    const { name, locale, market, markets } = config
    return c.json({ shop, name, locale, market, markets })
  })
  return routes
}

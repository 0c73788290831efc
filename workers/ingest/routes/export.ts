import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { eventLines } from '../../../shared/ingest/feeds/event_line.ts'
import type { EventPlace } from '../../../shared/store/event_reads.ts'
import { requireSecret, requireShop } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import { decodeCursor, encodeCursor } from '../paging.ts'

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
    const withDeleted = c.req.query('deleted') === 'true'
    const { lines, last } = await c.var.deps.itemReads.page(shop, cursor?.[0] ?? null, limit, withDeleted)
    return c.json({ items: lines, next_cursor: last === null ? null : encodeCursor([last]) })
  })

  routes.get('/v1/events', async (c) => {
    const shop = requireSecret(c.var.caller)
    const place = placeOf(c.req.query('cursor'))
    const limit = limitOf(c.req.query('limit'), EVENTS)
    const { interactions, waiting, next } = await c.var.deps.eventReads.page(shop, place, limit)
    return c.json({ events: eventLines(interactions), waiting, next_cursor: next === null ? null : cursorOf(next) })
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

/** @throws Problem `invalid_request` */
function limitOf(text: string | undefined, { usual, most }: { usual: number; most: number }): number {
  if (text === undefined) return usual
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > most)
    throw new Problem('invalid_request', { errors: [{ pointer: '/limit', detail: `1 to ${most}` }] })
  return limit
}

const cursorOf = (place: EventPlace): string =>
  encodeCursor([place.phase, place.firstWaiting ?? -1, place.readThrough, place.object, place.offset])

function placeOf(text: string | undefined): EventPlace | null {
  const values = decodeCursor<[string, number, number, string, number]>(text, [
    'string',
    'number',
    'number',
    'string',
    'number',
  ])
  if (values === null) return null
  const [phase, firstWaiting, readThrough, object, offset] = values
  if (phase !== 'waiting' && phase !== 'archive')
    throw new Problem('invalid_request', { errors: [{ pointer: '/cursor', detail: 'is not one of ours' }] })
  return {
    phase,
    firstWaiting: firstWaiting < 0 ? null : firstWaiting,
    readThrough,
    object,
    offset: Math.max(0, offset),
  }
}

import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { type Acceptance, acceptEvents } from '../../../shared/ingest/accept_events.ts'
import type { BulkRun } from '../../../shared/store/operations/bulk_requests.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import { readBulkQuery } from '../bulk_query.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { isFeed, readFeedBody } from '../feed_body.ts'
import { repeatable } from '../idempotency.ts'
import { readLines } from '../lines.ts'
import { resolveItems } from '../resolve_items.ts'

const LENGTH = `a list of 1 to ${LIMITS.eventsPerRequest} events`
/** Each event is judged by itself: one that is wrong keeps no other from being taken. */
const batchSchema = z.strictObject({
  events: z.array(z.unknown(), LENGTH).min(1, LENGTH).max(LIMITS.eventsPerRequest, LENGTH),
})

export function eventRoutes() {
  const routes = new Hono<IngestApp>()

  routes.post('/v1/events', async (c) => {
    const { deps, caller } = c.var
    if (caller.role !== 'shop') throw new Problem('forbidden', { detail: "Events are sent with a shop's key" })
    const body = parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes))
    const { events } = decode(batchSchema, body)
    const accepted = await accept(caller.shop, caller.kind, events, deps, deps.clock.now())
    if (accepted.accepted > 0) c.var.defer(deps.signalEvents(caller.shop))
    return c.json(accepted, 202)
  })

  routes.post('/v1/events:bulk', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { dryRun } = readBulkQuery(c.req.query())
    const write = (request: Request, run: BulkRun | null) => writeBulk(c, shop, request, run, dryRun)
    return dryRun ? write(c.req.raw, null) : repeatable(c, shop, () => 0, write)
  })
  return routes
}

async function writeBulk(
  c: Context<IngestApp>,
  shop: string,
  request: Request,
  run: BulkRun | null,
  dryRun: boolean,
): Promise<Response> {
  const { deps } = c.var
  const sentAtMs = run?.startedAtMs ?? deps.clock.now()
  const { events, lineOf, broken, ...feed } = await bulkEvents(request, shop, deps, sentAtMs)
  const stores = dryRun ? { ...deps, inbox: dryInbox, live: dryLive } : deps
  const result = await accept(shop, 'sk', events, stores, sentAtMs, run)
  if (!dryRun && result.accepted > 0) c.var.defer(deps.signalEvents(shop))
  const rejected = [...broken, ...result.rejected.map(({ index, errors }) => ({ line: lineOf[index]!, errors }))]
  const warnings = [...feed.warnings, ...result.warnings.map(({ index, detail }) => ({ line: lineOf[index]!, detail }))]
  return c.json({
    accepted: result.accepted,
    duplicates: result.duplicates,
    rejected: rejected.sort((a, b) => a.line - b.line),
    warnings,
    ...(feed.ignored === 0 ? {} : { ignored: feed.ignored }),
  })
}

interface Stores {
  inbox: Pick<IngestDeps['inbox'], 'accept' | 'acceptedBy'>
  live: Pick<IngestDeps['live'], 'append'>
}

function accept(
  shop: string,
  kind: 'pk' | 'sk',
  events: readonly unknown[],
  deps: Stores & Pick<IngestDeps, 'signingSecret' | 'unique' | 'log'>,
  nowMs: number,
  run: BulkRun | null = null,
): Promise<Acceptance> {
  const { inbox, live, signingSecret, unique } = deps
  const onLiveFailure = (error: unknown) => deps.log.error('live_write_failed', error, { shop })
  const repeat = run === null ? {} : { repeat: { run, acceptedBy: inbox.acceptedBy } }
  return acceptEvents(shop, kind, events, { inbox, live, signingSecret, unique, onLiveFailure, ...repeat }, nowMs)
}

/** A dry run takes everything that is valid for new: which ids were seen is not asked. */
const dryInbox: Stores['inbox'] = {
  accept: async (_, events) => ({ kept: new Set(events.map((event) => event.eventId)), forgotten: 0 }),
  acceptedBy: async () => new Set(),
}
const dryLive: Stores['live'] = { append: async () => {} }

interface BulkEvents {
  events: unknown[]
  /** The body's line of each event. */
  lineOf: number[]
  broken: Array<{ line: number; errors: Acceptance['rejected'][number]['errors'] }>
  warnings: Array<{ line: number; detail: string }>
  /** Lines that are valid and say nothing that is kept. */
  ignored: number
}

/** The API's own lines, or a history in another form. Histories name items by SKU: those are found in the catalogue. */
async function bulkEvents(request: Request, shop: string, deps: IngestDeps, sentAtMs: number): Promise<BulkEvents> {
  const isHistory = isFeed(request)
  const bulk = isHistory
    ? await historyEvents(request, shop, deps, sentAtMs)
    : parseLines(await readEventLines(request))
  const resolves = isHistory || new URL(request.url).searchParams.get('resolve') === 'sku'
  return resolves ? { ...bulk, events: await resolveItems(shop, bulk.events, deps.itemReads) } : bulk
}

const readEventLines = (request: Request) => readLines(request, LIMITS.bulkEventLines)

async function historyEvents(request: Request, shop: string, deps: IngestDeps, nowMs: number): Promise<BulkEvents> {
  const config = await deps.shops.config(shop)
  if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
  const { signingSecret } = deps
  const feed = await readFeedBody(request, 'events', config, { nowMs, signingSecret })
  return {
    events: feed.values.map(({ value }) => value),
    lineOf: feed.values.map(({ line }) => line),
    broken: feed.rejects.map(({ line, errors }) => ({ line, errors })),
    warnings: feed.warnings,
    ignored: feed.ignored,
  }
}

function parseLines(lines: readonly string[]): BulkEvents {
  const events: unknown[] = []
  const lineOf: number[] = []
  const broken: BulkEvents['broken'] = []
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    try {
      events.push(JSON.parse(text))
      lineOf.push(index + 1)
    } catch {
      broken.push({ line: index + 1, errors: [{ pointer: '', detail: 'not valid JSON' }] })
    }
  }
  return { events, lineOf, broken, warnings: [], ignored: 0 }
}

import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { parseJson } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { type Acceptance, acceptEvents } from '../../../shared/ingest/accept_events.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { readLines } from '../lines.ts'

export function eventRoutes() {
  const routes = new Hono<IngestApp>()

  routes.post('/v1/events', async (c) => {
    const { deps, caller } = c.var
    if (caller.role !== 'shop') throw new Problem('forbidden', { detail: "Events are sent with a shop's key" })
    const body = parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes))
    const events = typeof body === 'object' && body !== null ? (body as { events?: unknown }).events : undefined
    if (!Array.isArray(events) || events.length === 0 || events.length > LIMITS.eventsPerRequest) {
      throw new Problem('invalid_request', {
        errors: [{ pointer: '/events', detail: `a list of 1 to ${LIMITS.eventsPerRequest} events` }],
      })
    }
    const accepted = await accept(caller.shop, caller.kind, events, deps)
    if (accepted.accepted > 0) c.var.defer(deps.signalEvents(caller.shop))
    return c.json(accepted, 202)
  })

  routes.post('/v1/events:bulk', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const lines = await readLines(c.req.raw, LIMITS.bulkEventLines)
    const { events, lineOf, broken } = parseLines(lines)
    const dryRun = c.req.query('dry_run') === 'true'
    const result = await accept(shop, 'sk', events, dryRun ? { ...deps, inbox: dryInbox, live: dryLive } : deps)
    if (!dryRun && result.accepted > 0) c.var.defer(deps.signalEvents(shop))
    const rejected = [...broken, ...result.rejected.map(({ index, errors }) => ({ line: lineOf[index]!, errors }))]
    const warnings = result.warnings.map(({ index, detail }) => ({ line: lineOf[index]!, detail }))
    return c.json({
      accepted: result.accepted,
      duplicates: result.duplicates,
      rejected: rejected.sort((a, b) => a.line - b.line),
      warnings,
    })
  })
  return routes
}

function accept(
  shop: string,
  kind: 'pk' | 'sk',
  events: readonly unknown[],
  deps: Pick<IngestDeps, 'inbox' | 'live' | 'clock' | 'signingSecret' | 'unique' | 'log'>,
): Promise<Acceptance> {
  const { inbox, live, signingSecret, unique } = deps
  const onLiveFailure = (error: unknown) => deps.log.error('live_write_failed', error, { shop })
  return acceptEvents(shop, kind, events, { inbox, live, signingSecret, unique, onLiveFailure }, deps.clock.now())
}

/** A dry run takes everything that is valid for new: which ids were seen is not asked. */
const dryInbox = {
  accept: async (_shop: string, events: ReadonlyArray<{ eventId: string }>) =>
    new Set(events.map((event) => event.eventId)),
} as unknown as IngestDeps['inbox']
const dryLive = { append: async () => {} } as unknown as IngestDeps['live']

function parseLines(lines: readonly string[]) {
  const events: unknown[] = []
  const lineOf: number[] = []
  const broken: Array<{ line: number; errors: Acceptance['rejected'][number]['errors'] }> = []
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    try {
      events.push(JSON.parse(text))
      lineOf.push(index + 1)
    } catch {
      broken.push({ line: index + 1, errors: [{ pointer: '', detail: 'not valid JSON' }] })
    }
  }
  return { events, lineOf, broken }
}

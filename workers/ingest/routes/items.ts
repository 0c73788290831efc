import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { idSchema } from '../../../shared/domain/ids.ts'
import { itemBodySchema, itemDeletionSchema } from '../../../shared/domain/item.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import type { ShopConfig } from '../../../shared/domain/shop.ts'
import type { StoredWrite } from '../../../shared/domain/stored_write.ts'
import { ItemRefused, toItemWrite, toTombstone } from '../../../shared/ingest/item_write.ts'
import { repeatableWriter } from '../../../shared/ingest/repeatable_writer.ts'
import { countOutcomes, type LineResult, writeItemLines } from '../../../shared/ingest/write_items.ts'
import type { BulkRun } from '../../../shared/store/operations/bulk_requests.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import { readBulkQuery } from '../bulk_query.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { isFeed, readFeedBody } from '../feed_body.ts'
import { repeatable } from '../idempotency.ts'
import { readLines } from '../lines.ts'

export function itemRoutes() {
  const routes = new Hono<IngestApp>()

  routes.put('/v1/items/:id', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const id = decode(idSchema, c.req.param('id'))
    const body = decode(itemBodySchema, parseJson(await readText(c.req.raw, LIMITS.bulkLineBytes)))
    const locale = await localeOf(shop, deps)
    const write = told(() => toItemWrite({ ...body, id }, locale, deps.clock.now()))
    return c.json(await writeOne(shop, write, deps, c.var.defer))
  })

  routes.delete('/v1/items/:id', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const deletion = decode(itemDeletionSchema, {
      id: c.req.param('id'),
      deleted: true,
      ...(c.req.query('updated_at') === undefined ? {} : { updated_at: c.req.query('updated_at') }),
    })
    await localeOf(shop, deps)
    const write = told(() => toTombstone(deletion, deps.clock.now()))
    return c.json(await writeOne(shop, write, deps, c.var.defer))
  })

  routes.post('/v1/items:bulk', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const { dryRun } = readBulkQuery(c.req.query())
    const write = async (request: Request, run: BulkRun | null) => {
      const writer = dryRun
        ? { apply: deps.items.preview }
        : run === null
          ? deps.items
          : repeatableWriter(deps.items, run)
      const { results, warnings } = await writeBulk(request, shop, writer, deps, run)
      const counts = countOutcomes(results)
      if (!dryRun && counts.created + counts.updated + counts.deleted > 0) c.var.defer(deps.signalOutbox(shop))
      return c.json({ counts, results, ...(warnings.length === 0 ? {} : { warnings }) })
    }
    return dryRun ? write(c.req.raw, null) : repeatable(c, shop, itemsOf, write)
  })
  return routes
}

/** At most so many: a feed says how many items it has only when it is read. */
function itemsOf(request: Request, body: Uint8Array): number {
  if (isFeed(request)) return LIMITS.bulkItemLines
  let lines = 1
  for (const byte of body) if (byte === NEWLINE) lines += 1
  return Math.min(lines, LIMITS.bulkItemLines)
}
const NEWLINE = 0x0a

/** What an item's own rules refuse, as the sender is told it. @throws Problem `invalid_request` */
function told(make: () => StoredWrite): StoredWrite {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ItemRefused)) throw error
    throw new Problem('invalid_request', { errors: [{ pointer: error.pointer, detail: error.message }] })
  }
}

/** The API's own lines, or a feed in another form; results name the lines of the body. */
async function writeBulk(
  request: Request,
  shop: string,
  writer: Pick<IngestDeps['items'], 'apply'>,
  deps: IngestDeps,
  run: BulkRun | null,
) {
  const nowMs = deps.clock.now()
  const sentAtMs = run?.startedAtMs ?? nowMs
  if (!isFeed(request)) {
    const lines = await readLines(request, LIMITS.bulkItemLines)
    const results = await writeItemLines(shop, lines, await localeOf(shop, deps), writer, nowMs, sentAtMs)
    return { results, warnings: [] }
  }
  const config = await configOf(shop, deps)
  const feed = await readFeedBody(request, 'items', config, { nowMs: sentAtMs, signingSecret: deps.signingSecret })
  const lines = feed.values.map(({ value }) => JSON.stringify(value))
  const written = await writeItemLines(shop, lines, config.locale, writer, nowMs, sentAtMs)
  const results: LineResult[] = [
    ...written.map((result) => ({ ...result, line: feed.values[result.line - 1]!.line })),
    ...feed.rejects.map(({ line, id, errors }) => ({ line, id, outcome: 'rejected' as const, errors })),
  ]
  return { results: results.sort((a, b) => a.line - b.line), warnings: feed.warnings }
}

async function configOf(shop: string, deps: IngestDeps): Promise<ShopConfig> {
  const config = await deps.shops.config(shop)
  if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
  return config
}

/** The language of items that name none; and proof that the shop is there, before anything refers to it. */
async function localeOf(shop: string, deps: IngestDeps): Promise<string> {
  return (await configOf(shop, deps)).locale
}

async function writeOne(shop: string, write: StoredWrite, deps: IngestDeps, defer: (work: Promise<unknown>) => void) {
  const [outcome] = await deps.items.apply(shop, [write], deps.clock.now())
  if (outcome!.outcome !== 'unchanged' && outcome!.outcome !== 'stale') defer(deps.signalOutbox(shop))
  return outcome!
}

import { Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { idSchema } from '../../../shared/domain/ids.ts'
import { itemBodySchema, itemDeletionSchema } from '../../../shared/domain/item.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import type { StoredWrite } from '../../../shared/domain/stored_write.ts'
import { ItemRefused, toItemWrite, toTombstone } from '../../../shared/ingest/item_write.ts'
import { countOutcomes, writeItemLines } from '../../../shared/ingest/write_items.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { readLines } from '../lines.ts'

export function itemRoutes() {
  const routes = new Hono<IngestApp>()

  routes.put('/v1/items/:id', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const id = decode(idSchema, c.req.param('id'))
    const body = decode(itemBodySchema, parseJson(await readText(c.req.raw, LIMITS.bulkLineBytes)))
    try {
      return c.json(
        await writeOne(
          shop,
          toItemWrite({ ...body, id }, await localeOf(shop, deps), deps.clock.now()),
          deps,
          c.var.defer,
        ),
      )
    } catch (error) {
      if (error instanceof ItemRefused)
        throw new Problem('invalid_request', { errors: [{ pointer: error.pointer, detail: error.message }] })
      throw error
    }
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
    return c.json(await writeOne(shop, toTombstone(deletion, deps.clock.now()), deps, c.var.defer))
  })

  routes.post('/v1/items:bulk', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const lines = await readLines(c.req.raw, LIMITS.bulkItemLines)
    const dryRun = c.req.query('dry_run') === 'true'
    const writer = dryRun ? { apply: deps.items.preview } : deps.items
    const results = await writeItemLines(shop, lines, await localeOf(shop, deps), writer, deps.clock.now())
    const counts = countOutcomes(results)
    if (!dryRun && counts.created + counts.updated + counts.deleted > 0) c.var.defer(deps.signalOutbox(shop))
    return c.json({ counts, results })
  })
  return routes
}

/** The language of items that name none; and proof that the shop is there, before anything refers to it. */
async function localeOf(shop: string, deps: IngestDeps): Promise<string> {
  const config = await deps.shops.config(shop)
  if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
  return config.locale
}

async function writeOne(shop: string, write: StoredWrite, deps: IngestDeps, defer: (work: Promise<unknown>) => void) {
  const [outcome] = await deps.items.apply(shop, [write], deps.clock.now())
  if (outcome!.outcome !== 'unchanged' && outcome!.outcome !== 'stale') defer(deps.signalOutbox(shop))
  return outcome!
}

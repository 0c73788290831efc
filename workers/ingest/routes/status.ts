import { Hono } from 'hono'
import * as z from 'zod'
import { mapConcurrent } from '../../../shared/base/batch.ts'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { shopIdSchema } from '../../../shared/domain/ids.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { budgetBodySchema } from '../../../shared/domain/shop_budget.ts'
import { readText } from '../../http/body.ts'
import { requireAdmin, requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import { statusAnswer } from '../status_answer.ts'

/** Shops of one page, and those that are read at once. */
const SHOPS_PER_PAGE = 50
const SHOPS_AT_ONCE = 3

const pageSchema = z.strictObject({ after: z.union([shopIdSchema, z.literal('')]).default('') })

export function statusRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/jobs', async (c) => {
    const shop = requireSecret(c.var.caller)
    const nowMs = c.var.deps.clock.now()
    return c.json(statusAnswer(shop, await c.var.deps.status.of(shop, nowMs), nowMs))
  })

  routes.get('/admin/jobs', async (c) => {
    requireAdmin(c.var.caller)
    const { deps } = c.var
    const { after } = decode(pageSchema, c.req.query())
    const nowMs = deps.clock.now()
    const shops = await deps.status.shops(after, SHOPS_PER_PAGE)
    const answers = await mapConcurrent(shops, SHOPS_AT_ONCE, async (shop) =>
      statusAnswer(shop, await deps.status.of(shop, nowMs), nowMs),
    )
    return c.json({ shops: answers, next: shops.length === SHOPS_PER_PAGE ? shops.at(-1)! : null })
  })

  routes.post('/v1/enrichment:retry', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    const { forgottenCalls, items, quarantined } = await deps.enrichment.retry(shop, deps.clock.now())
    c.var.defer(deps.signalOutbox(shop))
    return c.json({ shop, forgotten_calls: forgottenCalls, items, quarantined }, 202)
  })

  routes.put('/v1/shops/:shop/budget', async (c) => {
    requireAdmin(c.var.caller)
    const { deps } = c.var
    const shop = decode(shopIdSchema, c.req.param('shop'))
    const { daily } = decode(budgetBodySchema, parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes)))
    if ((await deps.shops.config(shop)) === null) throw new Problem('not_found', { detail: 'There is no such shop' })
    await deps.enrichment.setBudget(shop, Math.round(daily * 1e6))
    return c.json({ shop, daily })
  })
  return routes
}

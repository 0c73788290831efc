import { type Context, Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { idSchema } from '../../../shared/domain/ids.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { type UserPage, userNamesSchema } from '../../../shared/domain/user_answers.ts'
import { type ExportPlace, exportShopper } from '../../../shared/ingest/export_shopper.ts'
import { shopperNames, withEmailHashes } from '../../../shared/ingest/shopper_names.ts'
import type { Receipt } from '../../../shared/store/operations/erasures.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import { sealedCursors } from '../sealed_cursor.ts'

/** Who asks: platforms have sources of their own. No source can have this name. */
const SOURCE = 'api:users'

/** All that is held of a shopper, and forgetting one. */
export function userRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/users/:id', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const id = decode(idSchema, c.req.param('id'))
    const cursors = sealedCursors<ExportPlace>(['shopper cursor', shop, id], deps.signingSecret)
    const place = await cursors.open(c.req.query('cursor'))
    const also = { anonymous_ids: c.req.queries('anonymous_id'), session_ids: c.req.queries('session_id') }
    const given = shopperNames(id, decode(userNamesSchema, withoutGaps(also)))
    const names = await withEmailHashes(shop, given, deps.signingSecret)
    const { page, next } = await exportShopper(shop, names, place, deps.users)
    const next_cursor = next === null ? null : await cursors.seal(next)
    return c.json({ user_id: id, ...page, next_cursor } satisfies UserPage)
  })

  routes.delete('/v1/users/:id', async (c) => {
    const { deps } = c.var
    const shop = requireSecret(c.var.caller)
    const names = shopperNames(decode(idSchema, c.req.param('id')), await alsoOf(c))
    const shoppers = await withEmailHashes(shop, names, deps.signingSecret)
    const { erasures } = deps
    // Asked for again before it has begun, it is the same request.
    const ref = (await erasures.waitingFor(shop, SOURCE, shoppers)) ?? deps.unique()
    await erasures.ask(shop, SOURCE, ref, shoppers, deps.clock.now())
    c.var.defer(deps.signalErase(shop))
    return c.json(receiptAnswer(await receiptOf(c, shop, ref)), 202)
  })

  routes.get('/v1/erasures/:erasure', async (c) =>
    c.json(receiptAnswer(await receiptOf(c, requireSecret(c.var.caller), c.req.param('erasure')))),
  )
  return routes
}

const withoutGaps = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Further names, in a body that may be absent: an address would name them to every proxy on the way. */
async function alsoOf(c: Context<IngestApp>) {
  const text = await readText(c.req.raw, LIMITS.jsonBodyBytes)
  return text === '' ? {} : decode(userNamesSchema, parseJson(text))
}

async function receiptOf(c: Context<IngestApp>, shop: string, ref: string): Promise<Receipt> {
  const receipt = await c.var.deps.erasures.receipt(shop, SOURCE, ref)
  if (receipt === null) throw new Problem('not_found', { detail: 'There is no such erasure' })
  return receipt
}

const receiptAnswer = ({ ref, state, counts, createdAtMs, finishedAtMs, error }: Receipt) => ({
  ...{ erasure: ref, state },
  asked_at: new Date(createdAtMs).toISOString(),
  finished_at: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString(),
  ...{ removed: counts, error },
})

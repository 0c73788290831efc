import { Hono } from 'hono'
import * as z from 'zod'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { type LinearOrder, PURPOSES, type Ranker } from '../../../shared/domain/ranker.ts'
import {
  type RankerStateAnswer,
  type RankerVersionAnswer,
  rankerRollbackBodySchema,
} from '../../../shared/domain/ranker_answers.ts'
import { DEFAULT_RANKER, orderFor } from '../../../shared/rank/defaults.ts'
import type { RankerState, RankerVersion, StoredRanker } from '../../../shared/store/catalogue/rankers.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { publish } from './shops.ts'

const versionSchema = z.string().min(1).max(80)

/** The base order of a shop: what was learned, what is in force, and the way back. */
export function rankerRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/ranker', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { state, kept } = await read(shop, c.var.deps)
    const versions = kept.map(({ version, createdAtMs, report }) => ({
      ...{ version, in_force: version === state.version, learned_at: isoOf(createdAtMs), report },
    }))
    return c.json({ ...told(state, kept), versions })
  })

  routes.get('/v1/ranker/:version', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    const version = learnedName(decode(versionSchema, c.req.param('version')))
    const [state, stored] = await Promise.all([
      deps.rankers.state(shop),
      version === null ? null : deps.rankers.get(shop, version),
    ])
    if (version !== null && stored === null) throw unknown(version)
    return c.json(toldOrders(stored, version === state.version))
  })

  routes.post('/v1/ranker:rollback', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    const body = decode(rankerRollbackBodySchema, parseJson(await readText(c.req.raw, LIMITS.jsonBodyBytes)))
    const { state, kept } = await read(shop, deps)
    const asked = body.version === undefined ? previousOf(state, kept) : body.version
    if (asked === undefined)
      throw new Problem('conflict', { detail: 'The shipped order is in force: there is nothing to go back to' })
    const version = learnedName(asked)
    if (!(await deps.rankers.choose(shop, version, deps.clock.now()))) throw unknown(version!)
    c.var.defer(publish(shop, deps))
    return c.json(told({ version, held: true }, kept))
  })

  routes.post('/v1/ranker:release', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    await deps.rankers.release(shop, deps.clock.now())
    const { state, kept } = await read(shop, deps)
    c.var.defer(publish(shop, deps))
    return c.json(told(state, kept))
  })
  return routes
}

/** Also names the shipped order, where a learned one is expected. */
const SHIPPED = 'shipped'

/** Null: the shipped order. */
const learnedName = (asked: string | null): string | null =>
  asked === SHIPPED || asked === DEFAULT_RANKER.version ? null : asked

const unknown = (version: string) => new Problem('not_found', { detail: `There is no version "${version}"` })
const isoOf = (ms: number): string => new Date(ms).toISOString()

async function read(shop: string, { rankers }: IngestDeps): Promise<{ state: RankerState; kept: RankerVersion[] }> {
  const [state, kept] = await Promise.all([rankers.state(shop), rankers.list(shop)])
  return { state, kept }
}

/** The version learned before the one in force, null for the shipped order, undefined where that is in force. */
function previousOf({ version }: RankerState, kept: readonly RankerVersion[]): string | null | undefined {
  if (version === null) return undefined
  const place = kept.findIndex((one) => one.version === version)
  return kept[place + 1]?.version ?? null
}

function told(state: RankerState, kept: readonly RankerVersion[]): RankerStateAnswer {
  const previous = previousOf(state, kept)
  return {
    version: state.version ?? DEFAULT_RANKER.version,
    shipped: state.version === null,
    held: state.held,
    previous: previous === undefined ? null : (previous ?? DEFAULT_RANKER.version),
  }
}

function toldOrders(stored: StoredRanker | null, inForce: boolean): RankerVersionAnswer {
  const ranker: Ranker = stored?.ranker ?? DEFAULT_RANKER
  const orders = PURPOSES.map((purpose) => [
    purpose,
    {
      learned: stored !== null && ranker.orders[purpose] !== undefined,
      features: weightiestFirst(orderFor(ranker, purpose)),
    },
  ])
  return {
    version: ranker.version,
    in_force: inForce,
    learned_at: stored === null ? null : isoOf(stored.createdAtMs),
    report: stored?.report ?? {},
    orders: Object.fromEntries(orders) as RankerVersionAnswer['orders'],
  }
}

const weightiestFirst = (order: LinearOrder) =>
  Object.entries(order)
    .map(([feature, [mean, deviation, weight]]) => ({ feature, mean, deviation, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.feature < b.feature ? -1 : 1))

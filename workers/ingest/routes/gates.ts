import { Hono } from 'hono'
import { DAY_MS } from '../../../shared/base/clock.ts'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { NO_EVIDENCE } from '../../../shared/domain/gate.ts'
import {
  type GateAnswer,
  type GatesAnswer,
  gateBodySchema,
  type WorthAnswer,
  worthBodySchema,
} from '../../../shared/domain/gate_answers.ts'
import { placementNameSchema } from '../../../shared/domain/ids.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { GATE } from '../../../shared/gate/limits.ts'
import type { StoredGate } from '../../../shared/store/catalogue/gates.ts'
import { dayOf } from '../../../shared/store/keys.ts'
import { readText } from '../../http/body.ts'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { publish } from './shops.ts'

/** Where a language model's order serves: what evidence decided, and a person's word over it. */
export function gateRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/gates', async (c) => c.json(await read(requireSecret(c.var.caller), c.var.deps)))

  routes.put('/v1/gates/:placement', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    const placement = await known(shop, c.req.param('placement'), deps)
    const { mode, crossing } = decode(gateBodySchema, await jsonOf(c.req.raw))
    await deps.gates.fix(shop, placement, mode, crossing, deps.clock.now())
    c.var.defer(publish(shop, deps))
    return c.json(await readOne(shop, placement, deps))
  })

  routes.delete('/v1/gates/:placement', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { deps } = c.var
    const placement = await known(shop, c.req.param('placement'), deps)
    await deps.gates.release(shop, placement, deps.clock.now())
    return c.json(await readOne(shop, placement, deps))
  })

  routes.get('/v1/gates:worth', async (c) => {
    const shop = requireSecret(c.var.caller)
    return c.json({ worth: await c.var.deps.gates.worth(shop) } satisfies WorthAnswer)
  })

  routes.put('/v1/gates:worth', async (c) => {
    const shop = requireSecret(c.var.caller)
    const worth = decode(worthBodySchema, await jsonOf(c.req.raw))
    await c.var.deps.gates.putWorth(shop, worth)
    return c.json({ worth } satisfies WorthAnswer)
  })

  routes.delete('/v1/gates:worth', async (c) => {
    const shop = requireSecret(c.var.caller)
    await c.var.deps.gates.putWorth(shop, null)
    return c.json({ worth: null } satisfies WorthAnswer)
  })
  return routes
}

/** What the ledger calls orders, and over how many days it is asked what they took. */
const PURPOSE = 'rerank'
const SPENT_DAYS = 28

const jsonOf = async (request: Request): Promise<unknown> => parseJson(await readText(request, LIMITS.jsonBodyBytes))

/** A placement of the shop: a gate of another would never be asked. @throws Problem `unknown_placement` */
async function known(shop: string, name: string, { shops }: IngestDeps): Promise<string> {
  const placement = decode(placementNameSchema, name)
  const names = Object.keys((await shops.config(shop))?.placements ?? {})
  if (!names.includes(placement))
    throw new Problem('unknown_placement', { detail: `this shop has ${names.sort().join(', ')}` })
  return placement
}

async function read(shop: string, { shops, gates, gateTallies, clock }: IngestDeps): Promise<GatesAnswer> {
  const nowMs = clock.now()
  const [config, stored, worth, micro] = await Promise.all([
    shops.config(shop),
    gates.list(shop),
    gates.worth(shop),
    gateTallies.spent(shop, PURPOSE, dayOf(nowMs - (SPENT_DAYS - 1) * DAY_MS), dayOf(nowMs)),
  ])
  return {
    gates: Object.keys(config?.placements ?? {})
      .sort()
      .map((placement) => told(placement, stored.get(placement))),
    default_crossing: GATE.defaultCrossing,
    spent: { days: SPENT_DAYS, micro },
    worth,
  }
}

const readOne = async (shop: string, placement: string, { gates }: IngestDeps): Promise<GateAnswer> =>
  told(placement, (await gates.list(shop)).get(placement))

/** @param gate undefined: nothing was ever decided, and it is off */
function told(placement: string, gate: StoredGate | undefined): GateAnswer {
  const { mode, crossing, held, evidence } = gate ?? { mode: 'off', crossing: null, held: false, evidence: NO_EVIDENCE }
  const { restUntil, cost, ...rest } = evidence
  return {
    ...{ placement, mode, crossing, held, since: gate?.since ?? null },
    evidence: { ...rest, rest_until: restUntil, cost: evidence.unit === 'clicks' ? null : cost },
  }
}

import { hash32 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import type { RecommendationResponse } from '../../../shared/domain/recommendation.ts'
import { shopBodySchema } from '../../../shared/domain/shop.ts'
import { serve } from '../../../tests/support/ask.ts'
import { createWorld, type ShelfParts } from '../../../tests/support/world.ts'
import type { ShelfContext, SimulatedEvent } from '../types.ts'
import { type Arm, eligible } from './arm.ts'
import { MARKET } from './shop.ts'
import { SHOP, type Stage } from './stage.ts'

/** The product as a policy: its routes' verbs, its live store, its nightly learning, in one process. */
export interface ShippedArm extends Arm {
  /** By shopper: whether the product had them in the holdout, from its impression records. */
  readonly held: Map<string, boolean>
}

const body = shopBodySchema.parse({
  name: 'Simulated',
  locale: 'en-GB',
  market: MARKET.market,
  markets: [{ ...MARKET, locale: 'en-GB' }],
})

/**
 * A shop with its own stores, and one isolate that answers.
 * @param past events before the first day
 * @param adapt what is shown of the answer
 */
async function productArm(
  stage: Stage,
  past: readonly SimulatedEvent[],
  name: string,
  limitOf: (context: ShelfContext) => number,
  adapt: (response: RecommendationResponse, context: ShelfContext) => Promise<readonly string[]>,
): Promise<ShippedArm> {
  const world = await createWorld(
    { shop: SHOP, body, items: stage.lines, events: [...past], newestMs: stage.startMs },
    stage.startMs,
  )
  const parts: ShelfParts = (await world.location()).isolate()
  const held = new Map<string, boolean>()
  const at = (nowMs: number) => world.clock.set(Math.max(nowMs, world.clock.now()))
  return {
    name,
    held,
    async shelf(context) {
      at(context.atMs)
      const { response, impressions } = await serve(parts, world.config, {
        ...requestFor(context),
        limit: limitOf(context),
      })
      if (response.served.rung !== 'L2' || response.served.degraded.length > 0)
        throw new Error(`a shelf came from ${response.served.rung}, without ${response.served.degraded.join(', ')}`)
      held.set(context.shopper, impressions[0]!.holdout)
      return adapt(response, context)
    },
    async tell(events, nowMs) {
      at(nowMs)
      const { rejected } = await world.sendEvents(events)
      if (rejected.length > 0) throw new Error(`events refused: ${JSON.stringify(rejected[0])}`)
    },
    async night(nowMs) {
      at(nowMs)
      await world.catchUp()
    },
  }
}

const idsOf = (response: RecommendationResponse) => response.items.map((item) => item.id)

/** The shelf as the product answers it. */
export const shippedArm = (stage: Stage, past: readonly SimulatedEvent[]): Promise<ShippedArm> =>
  productArm(
    stage,
    past,
    'shipped',
    (context) => context.limit,
    async (response) => idsOf(response),
  )

/**
 * Negative control: the product with its scores shuffled. Every item of the shop has the score of another one, the same
 * one for everybody; on a category page chance orders what the product answers.
 */
export function shuffledArm(stage: Stage, past: readonly SimulatedEvent[], seed: number): Promise<ShippedArm> {
  const { catalogue } = stage.world
  const ids = catalogue.items.map((item) => item.id)
  const other = seededRng(hash32('other', seed)).shuffle(ids)
  const otherOf = new Map(ids.map((id, index) => [id, other[index]!]))
  return productArm(
    stage,
    past,
    'shuffled',
    () => LIMITS.shelfLimit,
    async (response, context) => {
      const rng = seededRng(hash32(`${context.sessionId} ${context.atMs}`, seed))
      const answered = idsOf(response)
      const mixed = context.category === undefined ? answered.map((id) => otherOf.get(id)!) : rng.shuffle(answered)
      const allowed = new Set(eligible(catalogue, context).map((item) => item.id))
      return mixed.filter((id) => allowed.has(id)).slice(0, context.limit)
    },
  )
}

/** Two policies in one shop: the product's own assignment sends the holdout to `baseline`, and both learn from everything. */
export function splitArm(treatment: ShippedArm, baseline: Arm): ShippedArm {
  return {
    name: `${treatment.name} against ${baseline.name}`,
    held: treatment.held,
    async shelf(context) {
      const ids = await treatment.shelf(context)
      return treatment.held.get(context.shopper) === true ? baseline.shelf(context) : ids
    },
    async tell(events, nowMs) {
      await treatment.tell(events, nowMs)
      await baseline.tell(events, nowMs)
    },
    async night(nowMs) {
      await treatment.night(nowMs)
      await baseline.night(nowMs)
    },
  }
}

function requestFor(context: ShelfContext) {
  const who = context.shopper.startsWith('a') ? { anonymous_id: context.shopper } : { user_id: context.shopper }
  const about =
    context.placement === 'product'
      ? { placement: 'product', item_ids: [context.seedItemId!] }
      : context.placement === 'category'
        ? { placement: 'generic', filter: { field: 'category', op: 'eq', value: context.category } }
        : { placement: context.placement }
  return {
    ...who,
    ...about,
    session_id: context.sessionId,
    market: context.market,
    explain: 'none',
    ...(context.cartItemIds.length > 0 ? { cart_item_ids: context.cartItemIds } : {}),
  }
}

import { mapConcurrent } from '../../base/batch.ts'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/clock.ts'
import type { FieldError } from '../../base/problem.ts'
import type { SourceContext } from '../../domain/webhook_source.ts'
import type { Log } from '../../observe/log.ts'
import type { ClaimedEffect, DeliveryStore } from '../../store/catalogue/deliveries_store.ts'
import type { DeadLetterStore } from '../../store/operations/dead_letters.ts'
import { type ApplyDeps, commitEffects, prepareEffects, type Signals } from './apply.ts'
import type { Effect } from './effects.ts'
import type { PlatformClient } from './platform_client.ts'
import { type Fetch, type Refund, refundEvents, unknownShopper } from './refunds.ts'
import type { SourceMemory } from './source_memory.ts'

/**
 * A fetched product in the product's terms; the adapter's second door.
 * @param fetchedAtMs when the asking began: a platform's clock of whole seconds, or one that stock does not move, does
 *   not tell which of two answers is the newer; what was asked for later saw whatever the earlier asking saw
 */
export type ReadFetched = (
  body: unknown,
  context: SourceContext,
  fetchedAtMs: number,
) => { effects: readonly Effect[] } | { errors: readonly FieldError[] }

export interface WaitingDeps extends ApplyDeps {
  clock: Clock
  log: Log
  deliveries: Pick<DeliveryStore, 'claim' | 'done' | 'later'>
  letters: Pick<DeadLetterStore, 'put'>
  sources: Pick<SourceMemory, 'get'>
  platform: PlatformClient
  readFetched: ReadFetched
}

/** A refund whose order does not come within this is counted without its shopper. */
export const REFUND_WAITS_MS = 3 * DAY_MS
/** A platform that does not give a product for this long is a person's business. */
export const FETCH_WAITS_MS = 48 * HOUR_MS
/** What fails on our side for this long fails for ever; longer than either waits for others. */
export const FAILING_WAITS_MS = 5 * DAY_MS
/** Longer than a claim's work can take: a run that died lets go after this. */
const CLAIM_MS = 2 * MINUTE_MS
const CLAIMED = 20
const WIDTH = 4
/** Of one signal; what is left is found by the next. */
const ROUNDS = 50

/** Doubling pauses: of a fetch from half a minute to an hour, of a refund from a minute to six hours. */
const pauseMs = (kind: ClaimedEffect['kind'], attempts: number): number =>
  kind === 'fetch'
    ? Math.min(30 * SECOND_MS * 2 ** (attempts - 1), HOUR_MS)
    : Math.min(MINUTE_MS * 2 ** (attempts - 1), 6 * HOUR_MS)

/** Does what taken deliveries still owe and is due. Repeatable: what is done twice has one effect. */
export async function drainWaiting(deps: WaitingDeps): Promise<{ done: number; shops: ReadonlyMap<string, Signals> }> {
  const shops = new Map<string, Signals>()
  let done = 0
  for (let round = 0; round < ROUNDS; round++) {
    const nowMs = deps.clock.now()
    const claimed = await deps.deliveries.claim(nowMs, nowMs + CLAIM_MS, CLAIMED)
    if (claimed.length === 0) break
    await mapConcurrent(claimed, WIDTH, async (effect) => {
      try {
        const signals = await attempt(effect, deps, nowMs)
        if (signals === null) return
        done += 1
        const before = shops.get(effect.shop)
        shops.set(effect.shop, {
          outbox: signals.outbox || (before?.outbox ?? false),
          events: signals.events || (before?.events ?? false),
          inbox: false,
        })
      } catch (error) {
        // One effect's trouble must not keep the others waiting; it is due again after its pause.
        deps.log.error('waiting_effect_failed', error, { shop: effect.shop, key: effect.key })
        if (nowMs - effect.createdAtMs >= FAILING_WAITS_MS)
          await bury(effect, 'failed', 'it failed each time it was tried', deps, nowMs)
        else await deps.deliveries.later(effect, nowMs + pauseMs(effect.kind, effect.attempts), 'failed')
      }
    })
  }
  return { done, shops }
}

/** @returns what it changed; null when it has to wait on */
async function attempt(effect: ClaimedEffect, deps: WaitingDeps, nowMs: number): Promise<Signals | null> {
  const live = await deps.sources.get(effect.shop, effect.source)
  if (live === null) {
    await bury(effect, 'source_removed', 'its source is no longer configured', deps, nowMs)
    return null
  }
  return effect.kind === 'refund'
    ? settleRefund(effect, live.context, deps, nowMs)
    : fetchProduct(effect, live, deps, nowMs)
}

async function settleRefund(effect: ClaimedEffect, context: SourceContext, deps: WaitingDeps, nowMs: number) {
  const refund = JSON.parse(effect.effect) as Refund
  const known = (await deps.orders.shoppers(effect.shop, effect.source, [refund.order])).get(refund.order)
  if (known === undefined && nowMs - effect.createdAtMs < REFUND_WAITS_MS) {
    const endMs = effect.createdAtMs + REFUND_WAITS_MS
    const dueMs = Math.min(nowMs + pauseMs('refund', effect.attempts), endMs)
    await deps.deliveries.later(effect, dueMs, 'its order is not known yet')
    return null
  }
  const shopper = known ?? unknownShopper(effect.source, refund.order)
  const events = await refundEvents(effect.source, refund, shopper)
  return applyNow([{ kind: 'events', events }], effect, context, deps, nowMs)
}

async function fetchProduct(
  effect: ClaimedEffect,
  { context, api }: { context: SourceContext; api: { url: string; token: string } | null },
  deps: WaitingDeps,
  nowMs: number,
): Promise<Signals | null> {
  const { id } = JSON.parse(effect.effect) as Fetch
  const fetched =
    api === null
      ? ({ kind: 'failed', detail: 'the source has no api to fetch from', retryAfterMs: null } as const)
      : await deps.platform.product(api, id)
  switch (fetched.kind) {
    case 'found': {
      const read = deps.readFetched(fetched.body, context, nowMs)
      if ('effects' in read) return applyNow(read.effects, effect, context, deps, nowMs)
      await bury(effect, 'unreadable', tell(read.errors), deps, nowMs)
      return null
    }
    case 'gone': {
      // What the platform no longer has was deleted, at the latest when the delivery spoke of it.
      const clock = { updated_at: new Date(effect.atMs).toISOString(), version: nowMs }
      const deletion = { id, deleted: true, ...clock } as const
      return applyNow([{ kind: 'delete', deletion }], effect, context, deps, nowMs)
    }
    case 'failed': {
      if (nowMs - effect.createdAtMs >= FETCH_WAITS_MS) {
        await bury(effect, 'fetch_failed', fetched.detail, deps, nowMs)
        return null
      }
      const pause = Math.max(pauseMs('fetch', effect.attempts), Math.min(fetched.retryAfterMs ?? 0, HOUR_MS))
      await deps.deliveries.later(effect, nowMs + pause, fetched.detail)
      return null
    }
  }
}

async function applyNow(
  effects: readonly Effect[],
  effect: ClaimedEffect,
  context: SourceContext,
  deps: WaitingDeps,
  nowMs: number,
): Promise<Signals | null> {
  const prepared = await prepareEffects(effects, context, effect.key, deps, nowMs)
  await commitEffects(prepared, context, null, deps, nowMs)
  if (prepared.problems.length > 0) {
    await bury(effect, 'rejected', tell(prepared.problems), deps, nowMs)
    return prepared.signals
  }
  await deps.deliveries.done(effect, nowMs)
  return prepared.signals
}

const tell = (errors: readonly FieldError[]) =>
  errors
    .slice(0, 20)
    .map(({ pointer, detail }) => `${pointer} ${detail}`.trim())
    .join('\n')

/** Gives an effect up to a person. The letter is there before the effect is gone. */
async function bury(effect: ClaimedEffect, code: string, detail: string, deps: WaitingDeps, nowMs: number) {
  const { shop, source, key, kind } = effect
  await deps.letters.put(
    {
      ...{ shop, code, detail, kind: 'effect', topic: kind, ref: key, origin: `webhook:${source}`, headers: {} },
      body: new TextEncoder().encode(effect.effect),
    },
    nowMs,
  )
  await deps.deliveries.done(effect, nowMs)
}

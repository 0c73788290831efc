import type { FieldError } from '../../base/problem.ts'
import type { StoredWrite } from '../../domain/stored_write.ts'
import type { SourceContext } from '../../domain/webhook_source.ts'
import type { DeliveryRow, WaitingEffect } from '../../store/catalogue/deliveries.ts'
import { type Beside, type ItemWriter, WRITES_PER_BATCH } from '../../store/catalogue/item_writes.ts'
import type { ErasureStore } from '../../store/operations/erasures.ts'
import type { OrderStore } from '../../store/operations/orders.ts'
import type { Acceptance } from '../accept_events.ts'
import { deletionWrite, lineWrite } from './effect_writes.ts'
import type { Effect } from './effects.ts'
import { type Refund, refundEvents, shopperText, waitingFetch, waitingRefund } from './refunds.ts'

export interface ApplyDeps {
  items: Pick<ItemWriter, 'apply'>
  orders: Pick<OrderStore, 'put' | 'shoppers'>
  erasures: Pick<ErasureStore, 'ask'>
  /** `acceptEvents` with a secret key's rights. */
  accept(shop: string, events: readonly unknown[], nowMs: number): Promise<Acceptance>
}

/** Who has work because of what was committed. */
export interface Signals {
  outbox: boolean
  events: boolean
  inbox: boolean
}

type Level = Beside['levels'][number]
type Inventory = Beside['inventory'][number]

/** Effects of which everything in `operations` is committed, and what is left to be committed in the catalogue. */
export interface Prepared {
  writes: ReadonlyArray<{ write: StoredWrite; inventory: readonly Inventory[] }>
  levels: readonly Level[]
  waiting: readonly WaitingEffect[]
  /** Orders that refunds may have waited for. */
  orders: readonly string[]
  problems: readonly FieldError[]
  notices: readonly string[]
  counts: Record<string, number>
  /** Effects that were, or are about to be, applied. */
  applied: number
  signals: Signals
}

const ofKind = <K extends Effect['kind']>(effects: readonly Effect[], kind: K) =>
  effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)

/**
 * Commits what is idempotent by itself (orders, events, requests to forget) and checks the rest.
 * @param ref the delivery; names its requests
 * @param nowMs what clocks may not run ahead of: now, and not when it came, so that what was too early once can be sent
 *   again; the adapters have dated everything
 */
export async function prepareEffects(
  effects: readonly Effect[],
  context: SourceContext,
  ref: string,
  deps: ApplyDeps,
  nowMs: number,
): Promise<Prepared> {
  const { shop, source } = context
  const orders = ofKind(effects, 'order').map(({ order, shopper }) => ({ order, shopper: shopperText(shopper) }))
  if (orders.length > 0) await deps.orders.put(shop, source, orders, nowMs)
  const { known, unknown } = await splitRefunds(ofKind(effects, 'refund'), context, deps)
  const events = [...ofKind(effects, 'events').flatMap((effect) => effect.events), ...known]
  const accepted = events.length === 0 ? null : await deps.accept(shop, events, nowMs)
  for (const [index, { shoppers }] of ofKind(effects, 'erase').entries())
    await deps.erasures.ask(shop, source, index === 0 ? ref : `${ref}#${index}`, shoppers, nowMs)

  const problems = (accepted?.rejected ?? []).flatMap(({ index, errors }) =>
    errors.map((error) => ({ pointer: `/events/${index}${error.pointer}`, detail: error.detail })),
  )
  const writes: Array<{ write: StoredWrite; inventory: readonly Inventory[] }> = []
  for (const effect of effects) {
    if (effect.kind !== 'item' && effect.kind !== 'delete') continue
    const parsed =
      effect.kind === 'item' ? lineWrite(effect.line, context.locale, nowMs) : deletionWrite(effect.deletion, nowMs)
    if (!parsed.ok) problems.push(...parsed.errors)
    else
      writes.push({
        write: parsed.write,
        inventory: effect.kind === 'item' ? inventoryOf(parsed.write.id, effect.inventory) : [],
      })
  }
  const levels = ofKind(effects, 'level').map(({ kind: _kind, ...level }) => level)
  const waiting = [
    ...unknown.map((refund) => waitingRefund(source, refund, nowMs)),
    ...ofKind(effects, 'fetch').map((effect) => waitingFetch(source, effect, nowMs)),
  ]
  const notices = ofKind(effects, 'notice').map((effect) => effect.detail)
  const erasures = ofKind(effects, 'erase').length
  const taken = events.length - (accepted?.rejected.length ?? 0)
  const deletes = writes.filter(({ write }) => write.deleted).length
  return {
    ...{ writes, levels, waiting, problems, notices },
    orders: orders.map((own) => own.order),
    counts: withoutZeroes({
      ...{ items: writes.length - deletes, deletes, levels: levels.length, events: taken, orders: orders.length },
      ...{ waiting: waiting.length, erasures, notices: notices.length, problems: problems.length },
    }),
    applied: writes.length + levels.length + taken + orders.length + erasures + notices.length,
    signals: {
      outbox: writes.length + levels.length > 0,
      events: (accepted?.accepted ?? 0) > 0,
      inbox: waiting.length + orders.length > 0,
    },
  }
}

const inventoryOf = (item: string, links: ReadonlyArray<Omit<Inventory, 'item'>>): Inventory[] =>
  links.map((link) => ({ ...link, item }))

const withoutZeroes = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))

/** Refunds whose shopper is known, as events, and those that have to wait for their order. */
async function splitRefunds(refunds: readonly Refund[], context: SourceContext, deps: ApplyDeps) {
  if (refunds.length === 0) return { known: [], unknown: [] }
  const { shop, source } = context
  const orders = [...new Set(refunds.map((refund) => refund.order))]
  const shoppers = await deps.orders.shoppers(shop, source, orders)
  const known: unknown[] = []
  const unknown: Refund[] = []
  for (const refund of refunds) {
    const shopper = shoppers.get(refund.order)
    if (shopper === undefined) unknown.push(refund)
    else known.push(...(await refundEvents(source, refund, shopper)))
  }
  return { known, unknown }
}

/** Characters of a batch's writes: their facts travel as one value, and D1 takes 2 MB. */
const CHARS_PER_BATCH = 400_000

/**
 * Commits what stands in the catalogue. Items come in batches in which each stands once; the last batch carries the
 * memory of the delivery, so that a delivery is known only when all of it is there.
 * @param delivery null: nothing to remember, a waiting effect was done
 */
export async function commitEffects(
  prepared: Pick<Prepared, 'writes' | 'levels' | 'waiting'>,
  context: SourceContext,
  delivery: DeliveryRow | null,
  deps: Pick<ApplyDeps, 'items'>,
  nowMs: number,
): Promise<void> {
  const { shop, source } = context
  const batches = batchesOf(prepared.writes)
  const last = batches.pop() ?? []
  const beside = (batch: Prepared['writes']) => ({
    ...{ source, levels: [], waiting: [], delivery: null },
    inventory: batch.flatMap((entry) => entry.inventory),
  })
  const writesOf = (batch: Prepared['writes']) => batch.map((entry) => entry.write)
  for (const batch of batches) await deps.items.apply(shop, writesOf(batch), nowMs, beside(batch))
  const { levels, waiting } = prepared
  if (last.length === 0 && levels.length === 0 && waiting.length === 0 && delivery === null) return
  await deps.items.apply(shop, writesOf(last), nowMs, { ...beside(last), levels, waiting, delivery })
}

function batchesOf(writes: Prepared['writes']): Array<Array<Prepared['writes'][number]>> {
  const batches: Array<Array<Prepared['writes'][number]>> = []
  let [ids, chars] = [new Set<string>(), 0]
  for (const entry of writes) {
    const size = JSON.stringify(entry.write).length
    const full = ids.size === WRITES_PER_BATCH || chars + size > CHARS_PER_BATCH || ids.has(entry.write.id)
    if (batches.length === 0 || full) {
      batches.push([])
      ids = new Set()
      chars = 0
    }
    batches.at(-1)!.push(entry)
    ids.add(entry.write.id)
    chars += size
  }
  return batches
}

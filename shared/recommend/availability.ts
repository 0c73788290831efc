import type { Clock } from '../base/clock.ts'
import { FRESHNESS } from '../domain/limits.ts'
import type { VetoSnapshot } from '../store/cache.ts'
import type { AvailabilityReader } from '../store/catalogue/availability.ts'

/**
 * What an isolate knows of a shop's availability: which items cannot be sold where, which changed lately,
 * and up to which moment that is certain.
 */
export interface AvailabilityKnowledge {
  epoch: number
  asOfMs: number
  /** When it came into this isolate; a KV snapshot is held at most 30 s. */
  heldSinceMs: number
  from: 'd1' | 'kv'
  /** By market: ids whose offer there cannot be sold. */
  unsellable: Map<string, Set<string>>
  /** The epoch of each item's last change, for items changed while the isolate looked. */
  changedAt: Map<string, number>
}

/** One per isolate; bounded by the number of shops that the isolate serves. */
export interface AvailabilityMemory {
  get(shop: string): AvailabilityKnowledge | undefined
  /** Knowledge from D1 no older than `maxAgeMs`; reads what changed when it is older. Rejects when D1 does. */
  fresh(shop: string, maxAgeMs: number): Promise<AvailabilityKnowledge>
  /** Takes a KV snapshot when it knows more than the isolate does. */
  adopt(shop: string, snapshot: VetoSnapshot): AvailabilityKnowledge
  /** D1 answered a shelf with this epoch at this moment: what is known up to that epoch holds until then. */
  confirm(shop: string, epoch: number, asOfMs: number): void
}

/** Shops known to one isolate. */
const SHOPS_MAX = 200
/** Remembered changes of one shop; older ones only cost cached shelves a recomputation. */
const CHANGES_MAX = 20_000

export function createAvailabilityMemory(reader: AvailabilityReader, clock: Clock): AvailabilityMemory {
  const known = new Map<string, AvailabilityKnowledge>()
  const underWay = new Map<string, Promise<AvailabilityKnowledge>>()

  const remember = (shop: string, knowledge: AvailabilityKnowledge) => {
    known.delete(shop)
    known.set(shop, knowledge)
    if (known.size > SHOPS_MAX) known.delete(known.keys().next().value!)
    return knowledge
  }
  const loadAll = async (shop: string) => {
    const state = await reader.all(shop)
    const unsellable = new Map<string, Set<string>>()
    for (const [item, market] of state.unsellable) markUnsellable(unsellable, market, item)
    return remember(shop, {
      epoch: state.epoch,
      asOfMs: state.asOfMs,
      heldSinceMs: clock.now(),
      from: 'd1',
      unsellable,
      changedAt: new Map(),
    })
  }
  const load = async (shop: string): Promise<AvailabilityKnowledge> => {
    const before = known.get(shop)
    if (before?.from !== 'd1') return loadAll(shop)
    const delta = await reader.since(shop, before.epoch)
    // An epoch that went backwards means a restored database: start afresh.
    if (!delta.complete || delta.epoch < before.epoch) return loadAll(shop)
    for (const change of delta.changes) {
      for (const items of before.unsellable.values()) items.delete(change.id)
      for (const offer of change.offers) if (!offer.sellable) markUnsellable(before.unsellable, offer.market, change.id)
      before.changedAt.set(change.id, change.epoch)
    }
    while (before.changedAt.size > CHANGES_MAX) before.changedAt.delete(before.changedAt.keys().next().value!)
    before.epoch = Math.max(before.epoch, delta.epoch)
    before.asOfMs = Math.max(before.asOfMs, delta.asOfMs)
    before.heldSinceMs = clock.now()
    return remember(shop, before)
  }
  const single = (shop: string) => {
    let work = underWay.get(shop)
    if (!work) {
      work = load(shop).finally(() => underWay.delete(shop))
      underWay.set(shop, work)
    }
    return work
  }
  return {
    get: (shop) => known.get(shop),
    async fresh(shop, maxAgeMs) {
      const current = known.get(shop)
      return current?.from === 'd1' && clock.now() - current.asOfMs <= maxAgeMs ? current : single(shop)
    },
    adopt(shop, snapshot) {
      const before = known.get(shop)
      if (
        before &&
        (before.epoch > snapshot.epoch || (before.epoch === snapshot.epoch && before.asOfMs >= snapshot.asOfMs))
      )
        return before
      const unsellable = new Map(Object.entries(snapshot.unsellable).map(([market, ids]) => [market, new Set(ids)]))
      return remember(shop, {
        epoch: snapshot.epoch,
        asOfMs: snapshot.asOfMs,
        heldSinceMs: clock.now(),
        from: 'kv',
        unsellable,
        changedAt: new Map(),
      })
    },
    confirm(shop, epoch, asOfMs) {
      const before = known.get(shop)
      if (before && before.epoch === epoch) before.asOfMs = Math.max(before.asOfMs, asOfMs)
    },
  }
}

function markUnsellable(table: Map<string, Set<string>>, market: string, item: string): void {
  let items = table.get(market)
  if (!items) {
    items = new Set()
    table.set(market, items)
  }
  items.add(item)
}

/**
 * Whether what is known forbids showing an item: its offer cannot be sold, or the market has meanwhile got an offer
 * of its own that cannot.
 * @param offerMarket the market whose offer the item's card was made from
 */
export function vetoed(knowledge: AvailabilityKnowledge, id: string, offerMarket: string, market: string): boolean {
  return knowledge.unsellable.get(offerMarket)?.has(id) === true || knowledge.unsellable.get(market)?.has(id) === true
}

/** How old what is known may be before an item is dropped while D1 is down. */
export const isTooStale = (asOfMs: number, nowMs: number): boolean => nowMs - asOfMs > FRESHNESS.stalenessMs

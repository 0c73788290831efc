import type { Clock } from '../base/clock.ts'
import { entryOf } from '../base/maps.ts'
import { withinWindow } from '../domain/card.ts'
import { FRESHNESS } from '../domain/limits.ts'
import type { VetoSnapshot } from '../store/cache.ts'
import type { AvailabilityReader, OfferWindow } from '../store/catalogue/availability.ts'

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
  /** By market: when offers with a window may be sold. Empty in what comes from KV, which lists what is outside. */
  windows: Map<string, Map<string, OfferWindow>>
  /** The epoch of each item's last change, for items changed while the isolate looked: after `changesSince`. */
  changedAt: Map<string, number>
  changesSince: number
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

  const remember = (shop: string, knowledge: AvailabilityKnowledge) => {
    known.delete(shop)
    known.set(shop, knowledge)
    if (known.size > SHOPS_MAX) known.delete(known.keys().next().value!)
    return knowledge
  }
  const loadAll = async (shop: string) => {
    const state = await reader.all(shop)
    const current = known.get(shop)
    // A load that was overtaken must not undo what its successor learned.
    if (current?.from === 'd1' && current.epoch >= state.epoch && current.asOfMs >= state.asOfMs) return current
    const windows: AvailabilityKnowledge['windows'] = new Map()
    for (const [item, market, window] of state.windows) entryOf(windows, market, newMap).set(item, window)
    const unsellable: AvailabilityKnowledge['unsellable'] = new Map()
    for (const [item, market] of state.unsellable)
      if (!windows.get(market)?.has(item)) entryOf(unsellable, market, newSet).add(item)
    return remember(shop, {
      epoch: state.epoch,
      asOfMs: state.asOfMs,
      heldSinceMs: clock.now(),
      from: 'd1',
      unsellable,
      windows,
      changedAt: new Map(),
      changesSince: state.epoch,
    })
  }
  const load = async (shop: string): Promise<AvailabilityKnowledge> => {
    const before = known.get(shop)
    if (before?.from !== 'd1') return loadAll(shop)
    const sinceEpoch = before.epoch
    const delta = await reader.since(shop, sinceEpoch)
    const current = known.get(shop)
    if (current !== before || before.epoch !== sinceEpoch) return current?.from === 'd1' ? current : loadAll(shop)
    if (delta.epoch < before.epoch) {
      // A replica that is further behind than the last one tells nothing new.
      if (delta.asOfMs <= before.asOfMs) return before
      // A later moment with an earlier epoch means a restored database: start afresh.
      known.delete(shop)
      return loadAll(shop)
    }
    if (!delta.complete) return loadAll(shop)
    for (const change of delta.changes) {
      for (const items of before.unsellable.values()) items.delete(change.id)
      for (const items of before.windows.values()) items.delete(change.id)
      for (const { market, sellable, window } of change.offers) {
        if (!sellable) entryOf(before.unsellable, market, newSet).add(change.id)
        else if (window !== null) entryOf(before.windows, market, newMap).set(change.id, window)
      }
      // Set anew, so that the oldest change stands first.
      before.changedAt.delete(change.id)
      before.changedAt.set(change.id, change.epoch)
    }
    while (before.changedAt.size > CHANGES_MAX) {
      const [id, epoch] = before.changedAt.entries().next().value!
      before.changedAt.delete(id)
      before.changesSince = epoch
    }
    before.epoch = delta.epoch
    before.asOfMs = Math.max(before.asOfMs, delta.asOfMs)
    before.heldSinceMs = clock.now()
    return remember(shop, before)
  }
  return {
    get: (shop) => known.get(shop),
    async fresh(shop, maxAgeMs) {
      const current = known.get(shop)
      return current?.from === 'd1' && clock.now() - current.asOfMs <= maxAgeMs ? current : load(shop)
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
        windows: new Map(),
        changedAt: new Map(),
        changesSince: snapshot.epoch,
      })
    },
    confirm(shop, epoch, asOfMs) {
      const before = known.get(shop)
      if (before && before.epoch === epoch) before.asOfMs = Math.max(before.asOfMs, asOfMs)
    },
  }
}

const newSet = () => new Set<string>()
const newMap = () => new Map<string, OfferWindow>()

/**
 * Whether what is known forbids showing an item: its offer cannot be sold now, or the market has meanwhile got an offer
 * of its own that cannot.
 * @param offerMarket the market whose offer the item's card was made from
 */
export function vetoed(
  knowledge: AvailabilityKnowledge,
  id: string,
  offerMarket: string,
  market: string,
  nowMs: number,
): boolean {
  const closed = (own: string) => {
    const window = knowledge.windows.get(own)?.get(id)
    return knowledge.unsellable.get(own)?.has(id) === true || (window !== undefined && !withinWindow(window, nowMs))
  }
  return closed(offerMarket) || closed(market)
}

/** How old what is known may be before an item is dropped while D1 is down. */
export const isTooStale = (asOfMs: number, nowMs: number): boolean => nowMs - asOfMs > FRESHNESS.stalenessMs

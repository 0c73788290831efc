import { hash32 } from '../../base/hash.ts'
import type { Interaction } from '../../domain/event.ts'
import { type Archive, ObjectGone } from '../../store/archive.ts'
import { coveredObjects } from '../../store/event_objects.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { byTime } from './weights.ts'

/** What one reading of the partitions tells of every shopper. */
export interface Activity {
  events: number
  lastMs: number
}
export interface Activities {
  shoppers: Map<string, Activity>
  newestMs: number
  /** 1 when all were counted, else one shopper of so many. */
  oneIn: number
}

/** Being shown something is nothing that a shopper did. */
const isDeed = (one: Interaction) => one.type !== 'impression'

/**
 * Counts every shopper's events, one partition at a time. A shop of more shoppers than fit is counted in shares: whom
 * this run counts follows from its salt, so that later runs come to the others.
 */
export const countActivities = (
  shop: string,
  archive: EventArchive,
  salt: string,
  keep: () => Promise<void>,
  shoppersMax: number = PROFILE_LIMITS.shoppersCounted,
): Promise<Activities> => throughout(() => countOnce(shop, archive, salt, keep, shoppersMax))

async function countOnce(
  shop: string,
  archive: EventArchive,
  salt: string,
  keep: () => Promise<void>,
  shoppersMax: number,
): Promise<Activities> {
  const shoppers = new Map<string, Activity>()
  let newestMs = 0
  let oneIn = 1
  const counted = (shopper: string) => oneIn === 1 || hash32(`${salt} ${shopper}`) % oneIn === 0
  for (const name of await objectsOf(shop, archive)) {
    for (const one of await archive.readEvents(name)) {
      newestMs = Math.max(newestMs, one.atMs)
      if (!isDeed(one) || !counted(one.shopper)) continue
      const own = shoppers.get(one.shopper)
      if (own === undefined) shoppers.set(one.shopper, { events: 1, lastMs: one.atMs })
      else {
        own.events += 1
        own.lastMs = Math.max(own.lastMs, one.atMs)
      }
      while (shoppers.size > shoppersMax) {
        // A multiple of the share so far: whoever stays was counted from the first event on.
        oneIn *= 2
        for (const shopper of shoppers.keys()) if (!counted(shopper)) shoppers.delete(shopper)
      }
    }
    await keep()
  }
  return { shoppers, newestMs, oneIn }
}

/** The newest events of the named shoppers, oldest first; the same whatever the order they are stored in. */
export const readHistories = (
  shop: string,
  archive: EventArchive,
  shoppers: ReadonlySet<string>,
  keep: () => Promise<void>,
): Promise<Map<string, Interaction[]>> => throughout(() => readOnce(shop, archive, shoppers, keep))

async function readOnce(
  shop: string,
  archive: EventArchive,
  shoppers: ReadonlySet<string>,
  keep: () => Promise<void>,
): Promise<Map<string, Interaction[]>> {
  const histories = new Map<string, Interaction[]>()
  const most = PROFILE_LIMITS.eventsPerShopper
  for (const name of await objectsOf(shop, archive)) {
    for (const one of await archive.readEvents(name)) {
      if (!isDeed(one) || !shoppers.has(one.shopper)) continue
      const own = histories.get(one.shopper)
      if (own === undefined) histories.set(one.shopper, [one])
      else if (own.push(one) >= 2 * most) histories.set(one.shopper, newest(own, most))
    }
    await keep()
  }
  for (const [shopper, events] of histories) histories.set(shopper, newest(events, most))
  return histories
}

type EventArchive = Pick<Archive, 'eventObjects' | 'readEvents'>

const READINGS = 3

/** Objects may be joined, or emptied by an erasure, while all of them are read: then what there is now is read. */
async function throughout<T>(read: () => Promise<T>): Promise<T> {
  for (let left = READINGS - 1; ; left--) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof ObjectGone) || left === 0) throw error
    }
  }
}

/** Each event stands in one of them. */
async function objectsOf(shop: string, archive: Pick<Archive, 'eventObjects'>): Promise<string[]> {
  const names = await archive.eventObjects(shop, null)
  const covered = coveredObjects(names)
  return names.filter((name) => !covered.has(name))
}

const newest = (events: readonly Interaction[], most: number) => events.toSorted(byTime).slice(-most)

import { chunk, chunkBySize } from '../base/batch.ts'
import { DAY_MS, SECOND_MS } from '../base/clock.ts'
import { coveredObjects } from '../store/event_objects.ts'
import { dayIn, dayOf } from '../store/keys.ts'
import type { Partition } from '../store/learning_artefacts.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { alone, QUICK_LEASE_MS } from './run.ts'

/** An object of this size is worth a call of its own. */
const SMALL_BYTES = 1024 * 1024
/** So many small ones side by side are joined while their day goes on: each joining reads and writes all of them. */
const MANY = 16
/** Days that no longer go on: orders come up to three days late, and then two are many. */
const SETTLED_MS = 4 * DAY_MS
/** Of one joined object; it stands in memory. */
const JOINED_BYTES = 8 * 1024 * 1024
/** Read within one hold of the lease. */
const JOINED_OBJECTS = 200
/** Of one turn: nobody folds meanwhile. */
const OBJECTS_PER_TURN = 400
/** Longer than an object of this size takes to be read and written; no longer than a dead joining may hold up a fold. */
const JOIN_TAKES_MS = 15 * SECOND_MS

/**
 * Joins the small objects that folds have put, by days: whoever reads a shop's events pays a call an object, and a busy
 * shop gets one every few seconds. Nobody folds meanwhile, and no erasure of the shop is under way: one that is asked for
 * later takes its turn at the inbox first, for which it needs the same lease, and so lists the objects after they were
 * joined. A joining that dies leaves objects that hold the same events: readers take the wider one, and the next joining
 * removes the others.
 * @returns the partitions, each event in one; null where there was more to join than one turn does
 */
export async function joinEvents(shop: string, outer: EnrichDeps): Promise<Partition[] | null> {
  const startedAtMs = outer.clock.now()
  const before = await workFor(shop, outer)
  const listingMs = outer.clock.now() - startedAtMs
  if (before.covered.length + before.groups.length === 0) return before.partitions
  let joined = 0
  const work = async (keep: Keep, deps: EnrichDeps): Promise<boolean> => {
    if (await deps.erasures.waits(shop)) return true
    await keep(2 * listingMs)
    // Once more: nobody but this run changes what is listed from now on.
    const { covered, groups } = await workFor(shop, deps)
    await deps.archive.removeEvents(covered)
    joined += covered.length
    for (const group of groups) {
      if (joined >= OBJECTS_PER_TURN) return false
      const names = group.map(({ name }) => name)
      const keepOn = () => keep(JOIN_TAKES_MS)
      await keepOn()
      // Reading may take longer than the lease lasts: who was forgotten meanwhile must not come back with what was read.
      await deps.archive.joinEvents(shop, dayIn(group[0]!), names, keepOn)
      await keepOn()
      await deps.archive.removeEvents(names)
      joined += names.length
    }
    return true
  }
  const isAll = await alone('fold', outer, work, QUICK_LEASE_MS)
  if (joined > 0) outer.log.info('events_joined', { shop, objects: joined })
  return isAll === false ? null : outer.artefacts.partitions(shop)
}

interface Work {
  partitions: Partition[]
  /** Objects whose events others hold as well. */
  covered: string[]
  /** Objects that become one, each. */
  groups: Partition[][]
}

async function workFor(shop: string, { artefacts, clock }: Pick<EnrichDeps, 'artefacts' | 'clock'>): Promise<Work> {
  const objects = await artefacts.objects(shop)
  const covered = coveredObjects(objects.map(({ name }) => name))
  const partitions = objects.filter(({ name }) => !covered.has(name))
  return { partitions, covered: [...covered], groups: smallGroups(partitions, dayOf(clock.now() - SETTLED_MS)) }
}

/** Small objects that stand side by side, so that what they become covers nothing else. */
function smallGroups(objects: readonly Partition[], settledBefore: string): Partition[][] {
  const groups: Partition[][] = []
  let previous: Partition | null = null
  for (const own of objects) {
    const goesOn = previous !== null && isSmall(previous) && isSmall(own) && dayIn(previous) === dayIn(own)
    if (goesOn) groups.at(-1)!.push(own)
    else if (isSmall(own)) groups.push([own])
    previous = own
  }
  return groups
    .filter((group) => group.length >= (dayIn(group[0]!) < settledBefore ? 2 : MANY))
    .flatMap((group) => chunkBySize(group, JOINED_BYTES, ({ bytes }) => bytes))
    .flatMap((group) => chunk(group, JOINED_OBJECTS))
    .filter((group) => group.length > 1)
}

const isSmall = ({ bytes }: Partition) => bytes < SMALL_BYTES

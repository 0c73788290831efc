/** Doubles that break the freshness statement on purpose: a simulation that does not notice them proves nothing. */
import type { D1Database } from '@cloudflare/workers-types'
import type { AvailabilityKnowledge, AvailabilityMemory } from '../../shared/recommend/availability.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import type { ShelfParts } from '../support/world.ts'
import type { FreshnessReport } from './freshness.ts'

const withAvailability = (
  parts: ShelfParts,
  change: (memory: AvailabilityMemory) => AvailabilityMemory,
): ShelfParts => ({
  ...parts,
  memory: { ...parts.memory, availability: change(parts.memory.availability) },
})

const blind = (knowledge: AvailabilityKnowledge): AvailabilityKnowledge => ({
  ...knowledge,
  unsellable: new Map(),
  windows: new Map(),
})

/** The rungs below D1 read the veto snapshot and forget what it forbids. */
function vetoIgnored(parts: ShelfParts): ShelfParts {
  return withAvailability(parts, (memory) => ({
    ...memory,
    get: (shop) => {
      const held = memory.get(shop)
      return held && blind(held)
    },
    adopt: (shop, snapshot) => blind(memory.adopt(shop, snapshot)),
  }))
}

/** Shared shelves are believed whatever has changed since. */
function sharedUnchecked(parts: ShelfParts): ShelfParts {
  const nothingChanged = (): AvailabilityKnowledge => ({
    epoch: 0,
    asOfMs: parts.clock.now(),
    heldSinceMs: parts.clock.now(),
    from: 'd1',
    unsellable: new Map(),
    windows: new Map(),
    changedAt: new Map(),
    changesSince: 0,
  })
  return withAvailability(parts, (memory) => ({ ...memory, get: nothingChanged, fresh: async () => nothingChanged() }))
}

/** A replica passes for the primary, so that nobody looks at its pulse. */
function pulseIgnored(parts: ShelfParts, db: D1Database): ShelfParts {
  const posing = {
    withSession: (constraint?: string) => {
      const session = db.withSession(constraint)
      const batch = async (...args: Parameters<typeof session.batch>) =>
        (await session.batch(...args)).map((one) => ({ ...one, meta: { ...one.meta, served_by_primary: true } }))
      return { prepare: session.prepare.bind(session), batch }
    },
  }
  return { ...parts, reads: createShelfReads(posing as unknown as D1Database, 'replica') }
}

export interface Control {
  name: string
  adapt: (parts: ShelfParts, db: D1Database) => ShelfParts
  /** Whether the simulation noticed. */
  caught: (report: FreshnessReport) => boolean
}

export const CONTROLS: readonly Control[] = [
  {
    name: 'the veto snapshot ignored in the lower rungs',
    adapt: vetoIgnored,
    caught: ({ breaches, worstLateS }) => breaches.c > 0 && worstLateS.withoutD1 > 90,
  },
  {
    name: 'shared shelves without the availability check',
    adapt: sharedUnchecked,
    caught: ({ breaches, worstLateS }) => breaches.b > 0 && worstLateS.shared > 10,
  },
  {
    name: 'the pulse of the replica ignored',
    adapt: pulseIgnored,
    caught: ({ breaches, worstLateS }) => breaches.b > 0 && Math.max(worstLateS.d1, worstLateS.shared) > 10,
  },
]

export const breachCount = (report: FreshnessReport): number =>
  Object.values(report.breaches).reduce((sum, count) => sum + count, 0)

import { hash32 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { visitTimes } from './calendar.ts'
import { buildCatalogue, type Catalogue } from './catalogue.ts'
import { choiceModel } from './choice.ts'
import { Memory } from './memory.ts'
import { exploratoryPolicy, Popularity } from './policy.ts'
import { simulateSession } from './session.ts'
import { population, type Shopper } from './shopper.ts'
import type { ShelfPolicy, SimulatedEvent, SimulatorConfig } from './types.ts'

/** A simulated shop with its hidden truth; build it once and judge several policies on the same shoppers. */
export interface World {
  config: SimulatorConfig
  catalogue: Catalogue
  shoppers: Shopper[]
}

export function buildWorld(items: readonly ItemLine[], config: SimulatorConfig): World {
  const catalogue = buildCatalogue(items, config.seed)
  return { config, catalogue, shoppers: population(config, catalogue) }
}

/** Events in order of time, as a shop without a recommender would have logged them. The same seed gives the same bytes. */
export function simulateHistory(items: readonly ItemLine[], config: SimulatorConfig): SimulatedEvent[] {
  return playWorld(buildWorld(items, config)).events
}

export interface Played {
  events: SimulatedEvent[]
  /** Minor units per market: currencies are never added together. */
  revenueMinor: Map<string, number>
  sessions: number
  examined: number
  /** What each shopper remembers at the end, by id. */
  memories: Map<string, Memory>
}

/**
 * Plays every session of the period against a policy (the exploratory one unless given). Each session has its own random
 * stream, named by shopper and visit: two policies meet the same visits and the same arrivals (common random numbers), which narrows
 * the difference between them.
 * @param untilMs visits that start later are left out, and no event is later
 */
export function playWorld(world: World, policy?: ShelfPolicy, untilMs = world.config.endsAt): Played {
  const { config, catalogue, shoppers } = world
  const model = choiceModel(catalogue, config.complements, config.strengths)
  const popularity = new Popularity()
  const shelfOf = policy ?? exploratoryPolicy(catalogue, popularity, seededRng(hash32('policy', config.seed)))
  const memories = new Map(shoppers.map((shopper) => [shopper.id, new Memory()]))
  const played: Played = { events: [], revenueMinor: new Map(), sessions: 0, examined: 0, memories }
  for (const [index, { shopper, atMs }] of visitsOf(world).entries()) {
    if (atMs >= untilMs) break
    const sessionId = `s-${String(index + 1).padStart(5, '0')}`
    const rng = seededRng(hash32(`session ${shopper.id} ${atMs}`, config.seed))
    const visit = { model, memory: memories.get(shopper.id)!, sessionId, startMs: atMs, endsAt: untilMs }
    const outcome = simulateSession(shopper, shelfOf, rng, visit)
    popularity.add(outcome.events)
    played.events.push(...outcome.events)
    played.sessions += 1
    played.examined += outcome.examined
    const { market } = shopper.market
    played.revenueMinor.set(market, (played.revenueMinor.get(market) ?? 0) + outcome.revenueMinor)
  }
  // Sessions overlap; the sort is stable, so equal seconds keep the order in which they were played.
  played.events.sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : a.occurred_at > b.occurred_at ? 1 : 0))
  return played
}

/** Every visit of the period, in order of time. */
export function visitsOf({ config, shoppers }: World): { shopper: Shopper; atMs: number }[] {
  const visits = shoppers.flatMap((shopper) => {
    const rng = seededRng(hash32(`visits ${shopper.id}`, config.seed))
    const times = visitTimes(rng, shopper.sessions, config.days, config.endsAt, shopper.market.utcOffsetHours)
    return times.map((atMs) => ({ shopper, atMs }))
  })
  return visits.sort((a, b) => a.atMs - b.atMs || (a.shopper.id < b.shopper.id ? -1 : 1))
}

import { chunk } from '../../base/batch.ts'
import { MINUTE_MS } from '../../base/clock.ts'
import { createLru, type Lru } from '../../base/lru.ts'
import type { StoredItem } from '../../domain/card.ts'
import type { Interaction } from '../../domain/event.ts'
import type { Archive } from '../../store/archive.ts'
import { dayOf } from '../../store/keys.ts'
import type { Profile, ProfileStore, StoredProfile } from '../../store/live/profiles.ts'
import type { EnrichDeps } from '../deps.ts'
import { type Asked, askModel } from './ask_model.ts'
import { type Activities, countActivities, readHistories } from './histories.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { representativesOf } from './representatives.ts'
import { profileOf, textOf } from './tastes.ts'
import { compare, type ItemWeight, itemWeights } from './weights.ts'

/** What the rules' own form is called; another version is another form. */
export const RULES_RECIPE = 'rules@1'

export interface ProfileDeps extends Pick<EnrichDeps, 'clock' | 'log'> {
  archive: Pick<Archive, 'eventObjects' | 'readEvents'>
  catalogue: Pick<EnrichDeps['catalogue'], 'storedItems'>
  model: Pick<EnrichDeps['model'], 'completer' | 'complete'>
  profiles: Pick<ProfileStore, 'eventsOf' | 'fence' | 'put'>
}

export interface Refreshed {
  refreshed: number
  /** Due and not reached in this run. */
  left: number
  modelCalls: number
}

/** What one run may still ask, and the items that it has read: shoppers of one shop want much the same. */
interface Purse {
  model: string | null
  calls: number
  waitLeftMs: number
  items: Lru<StoredItem>
}

/**
 * Makes the profiles that are due, the most active shoppers first: those with enough events whose number has grown
 * enough since. Bounded in memory and in work; what is left is done by later runs.
 * @param keep renews the run's lease, and throws when it is lost
 */
export async function refreshProfiles(shop: string, deps: ProfileDeps, keep: () => Promise<void>): Promise<Refreshed> {
  // Before anything is read: who is erased from here on is not written back.
  const fence = await deps.profiles.fence(shop)
  const activities = await countActivities(shop, deps.archive, dayOf(deps.clock.now()), keep)
  const due = await dueShoppers(shop, activities, deps)
  const purse: Purse = {
    model: (await deps.model.completer())?.model ?? null,
    calls: 0,
    waitLeftMs: PROFILE_LIMITS.modelTimeMs,
    items: createLru(PROFILE_LIMITS.itemsHeld, ITEMS_HELD_MS),
  }
  const rounds = chunk(due, PROFILE_LIMITS.shoppersPerRound).slice(0, PROFILE_LIMITS.rounds)
  let refreshed = 0
  for (const round of rounds) {
    const histories = await readHistories(shop, deps.archive, new Set(round), keep)
    for (const shoppers of chunk(round, PROFILE_LIMITS.shoppersPerRead)) {
      const rows = await profilesOf(shop, shoppers, histories, activities, purse, deps, keep)
      await keep()
      if (rows.length > 0 && !(await deps.profiles.put(shop, rows, fence, deps.clock.now()))) {
        deps.log.info('profiles_given_up', { shop, refreshed })
        return { refreshed, left: due.length - refreshed, modelCalls: purse.calls }
      }
      refreshed += rows.length
    }
  }
  const left = Math.max(0, due.length - rounds.length * PROFILE_LIMITS.shoppersPerRound)
  if (due.length > 0)
    deps.log.info('profiles', { shop, refreshed, left, modelCalls: purse.calls, oneIn: activities.oneIn })
  return { refreshed, left, modelCalls: purse.calls }
}

/** Whether a profile of so many events is to be made anew. */
export function hasGrown(events: number, before: number | undefined): boolean {
  if (before === undefined) return true
  const { growthEvents, growthShare, growthShareMin } = PROFILE_LIMITS
  return events - before >= Math.max(Math.min(growthEvents, before * growthShare), before * growthShareMin)
}

async function dueShoppers(shop: string, { shoppers, newestMs }: Activities, deps: ProfileDeps): Promise<string[]> {
  const active = [...shoppers].filter(
    ([, own]) => own.events >= PROFILE_LIMITS.eventsMin && newestMs - own.lastMs < PROFILE_LIMITS.absentMs,
  )
  const known = await deps.profiles.eventsOf(
    shop,
    active.map(([shopper]) => shopper),
  )
  return active
    .filter(([shopper, own]) => hasGrown(own.events, known.get(shopper)))
    .sort((a, b) => b[1].events - a[1].events || b[1].lastMs - a[1].lastMs || compare(a[0], b[0]))
    .map(([shopper]) => shopper)
}

async function profilesOf(
  shop: string,
  shoppers: readonly string[],
  histories: ReadonlyMap<string, Interaction[]>,
  activities: Activities,
  purse: Purse,
  deps: ProfileDeps,
  keep: () => Promise<void>,
): Promise<StoredProfile[]> {
  const weighed = shoppers.map((shopper) => {
    const history = histories.get(shopper) ?? []
    return { shopper, history, weights: strongestOf(itemWeights(history)) }
  })
  const ids = [...new Set(weighed.flatMap(({ weights }) => weights.map((own) => own.item)))]
  const items = await itemsOf(shop, ids, purse.items, deps)
  const rows: StoredProfile[] = []
  for (const { shopper, history, weights } of weighed) {
    // Read away between the two readings: an erasure is under way.
    if (history.length === 0) continue
    const { events } = activities.shoppers.get(shopper)!
    const profile = profileOf(weights, items, history)
    rows.push({ shopper, events, ...(await withModel(shop, profile, weights, items, purse, deps)) })
    if (purse.model !== null) await keep()
  }
  return rows
}

/** The items that count most, either way; items by name again. */
const strongestOf = (weights: readonly ItemWeight[]): ItemWeight[] =>
  weights
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || compare(a.item, b.item))
    .slice(0, PROFILE_LIMITS.itemsPerShopper)
    .sort((a, b) => compare(a.item, b.item))

/** Items of one statement. */
const ITEMS_PER_READ = 100

/** A run is shorter; an item that changes meanwhile changes the next profile. */
const ITEMS_HELD_MS = 15 * MINUTE_MS

async function itemsOf(
  shop: string,
  ids: readonly string[],
  held: Lru<StoredItem>,
  deps: ProfileDeps,
): Promise<Map<string, StoredItem>> {
  const nowMs = deps.clock.now()
  const items = new Map<string, StoredItem>()
  const missing: string[] = []
  for (const id of ids) {
    const item = held.get(id, nowMs)
    if (item === undefined) missing.push(id)
    else items.set(id, item)
  }
  for (const part of chunk(missing, ITEMS_PER_READ)) {
    for (const item of await deps.catalogue.storedItems(shop, part, nowMs)) {
      items.set(item.id, item)
      held.set(item.id, item, nowMs)
    }
  }
  return items
}

/** The rules' form, with topics and representatives of a model where one answers and the history bears it out. */
async function withModel(
  shop: string,
  profile: Profile,
  weights: readonly ItemWeight[],
  items: ReadonlyMap<string, StoredItem>,
  purse: Purse,
  deps: ProfileDeps,
): Promise<Pick<StoredProfile, 'profile' | 'representatives' | 'recipe'>> {
  const byRules = { profile, representatives: representativesOf(weights, items), recipe: RULES_RECIPE }
  if (purse.model === null || purse.calls >= PROFILE_LIMITS.modelCallsPerRun) return byRules
  if (purse.waitLeftMs <= 0) return byRules
  purse.calls += 1
  const askedAtMs = deps.clock.now()
  const asked = await askModel(shop, purse.model, deps.model, weights, items).catch((error: unknown): Asked => {
    // A door that does not answer costs nobody the form that rules make.
    deps.log.error('model_not_reached', error, { shop })
    return { kind: 'stop' }
  })
  purse.waitLeftMs -= deps.clock.now() - askedAtMs
  if (asked.kind === 'stop') purse.model = null
  if (asked.kind !== 'answered') return byRules
  const { topics, representatives, recipe, dropped } = asked.profile
  if (dropped > 0) deps.log.info('profile_claims_dropped', { shop, dropped })
  const told = { ...profile, topics }
  return {
    profile: { ...told, text: textOf(told) },
    // One number is no choice: the rules' covers more.
    representatives: representatives.length > 1 ? representatives : byRules.representatives,
    recipe,
  }
}

import type { Card } from '../../domain/card.ts'
import type { EventType } from '../../domain/event.ts'
import type { Change, WhyNotItem } from '../../domain/explanation.ts'
import { predicateOf } from '../../domain/filter.ts'
import { leafCategory } from '../../domain/item.ts'
import { LIMITS } from '../../domain/limits.ts'
import { RULE_LIMITS, type Rule, type RuleAction } from '../../domain/rule.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import { underDraft } from '../rules_preview.ts'
import { type Absence, gapOf, rankedIn } from './causes.ts'
import { failingClauses, withoutClause } from './failing_clause.ts'
import { linksTo } from './links.ts'
import { freeRuleId, type Runs, stocked, withRule } from './runs.ts'

/** A change that was made on the shelf, and the place that the item had then. */
export interface Verified {
  change: Change
  shown: number
}

/** An absent item, why it is absent, and the pipeline to try changes with. */
export interface Trial {
  absence: Absence
  cause: WhyNotItem
  runs: Runs
  deps: ShelfDeps
  /** Its place on the longest page, once that was asked for. */
  widest?: Promise<number | null>
}

/** Tries one kind of change; null where it does not show the item, or no more shelves may be made. */
export type Attempt = (trial: Trial) => Promise<Verified | null>

/** The place of the item on a changed request's page, counted from 1; null where it is not there. */
async function placeOn(
  { absence, runs }: Trial,
  request: ShelfRequest,
  adapt?: (deps: ShelfDeps) => ShelfDeps,
): Promise<number | null> {
  const made = await runs.of(request, adapt)
  // A shelf that something failed for proves nothing of one for which nothing does.
  const answer = made?.degraded.every((stage) => absence.base.degraded.includes(stage)) ? made : null
  const at = answer?.shown.slice(0, request.limit).findIndex(({ card }) => card.id === absence.id) ?? -1
  return at === -1 ? null : at + 1
}

async function tried(trial: Trial, change: Change, request: ShelfRequest, adapt?: (deps: ShelfDeps) => ShelfDeps) {
  const shown = await placeOn(trial, request, adapt)
  return shown === null ? null : { change, shown }
}

/** Enough that no rule about low stock takes it for low. */
export const putInStock: Attempt = async (trial) => {
  const { request, standing } = trial.absence
  const needed = request.shop.rules.rules.map(({ action }) => (action.kind === 'stock' ? action.below : 1))
  const units = Math.max(1, ...needed)
  const card = trial.cause.lacks === 'stock' ? (standing?.offer?.card(units) ?? null) : null
  if (card === null) return null
  const passes = request.filter === null ? () => true : predicateOf(request.filter)
  return tried(trial, { kind: 'put_in_stock', units }, request, stocked(card, passes))
}

export const removeExclusion: Attempt = async (trial) => {
  const { request, id } = trial.absence
  const { list } = trial.cause
  if (list === undefined) return null
  const without = (ids: readonly string[]) => ids.filter((one) => one !== id)
  const lists = {
    exclude_item_ids: () => ({ ...request, exclude: without(request.exclude) }),
    item_ids: () => ({ ...request, seeds: without(request.seeds) }),
    cart_item_ids: () => ({ ...request, cart: without(request.cart) }),
  }
  return tried(trial, { kind: 'remove_exclusion', list }, lists[list]())
}

/** The innermost part that fails, then what holds it: another part beside it may fail as well. */
export const removeFilterClause: Attempt = async (trial) => {
  const { request, standing, base, id } = trial.absence
  const card = base.made?.cards.get(id) ?? standing?.offer?.card(1)
  if (request.filter === null || !card) return null
  for (const filter of failingClauses(request.filter, card).reverse()) {
    const left = withoutClause(request.filter, filter.pointer)
    const found = await tried(trial, { kind: 'remove_filter_clause', filter }, { ...request, filter: left })
    if (found !== null) return found
  }
  return null
}

/** The item's place among as many as a page may have: about as long the page would have to be. */
const widestPlace = (trial: Trial): Promise<number | null> => {
  trial.widest ??= placeOn(trial, { ...trial.absence.request, limit: LIMITS.shelfLimit })
  return trial.widest
}

const limitUpTo =
  (most: (limit: number) => number): Attempt =>
  async (trial) => {
    const { request } = trial.absence
    const place = request.limit < LIMITS.shelfLimit ? await widestPlace(trial) : null
    if (place === null || place > most(request.limit)) return null
    const limit = Math.max(place, request.limit + 1)
    const exact = await tried(trial, { kind: 'larger_limit', limit }, { ...request, limit })
    // Variety over fewer items may choose others; the longest page is known to have it.
    const widest = { kind: 'larger_limit' as const, limit: LIMITS.shelfLimit }
    return exact ?? (most(request.limit) < LIMITS.shelfLimit ? null : { change: widest, shown: place })
  }

/** A page that is at most twice as long: beyond that other changes are the smaller ones. */
export const largerLimit: Attempt = limitUpTo((limit) => Math.min(LIMITS.shelfLimit - 1, 2 * limit))
export const largestLimit: Attempt = limitUpTo(() => LIMITS.shelfLimit)

/** Halvings that look for the most variety that still shows the item. */
const HALVINGS = 2

export const lowerDiversity: Attempt = async (trial) => {
  const { request } = trial.absence
  if (request.diversity === 0) return null
  const at = (diversity: number) => tried(trial, { kind: 'lower_diversity', diversity }, { ...request, diversity })
  let found = await at(0)
  if (found === null) return null
  let [least, most] = [0, request.diversity]
  for (let round = 0; round < HALVINGS; round++) {
    const middle = Math.floor(50 * (least + most)) / 100
    if (middle <= least) break
    const better = await at(middle)
    if (better === null) most = middle
    else [found, least] = [better, middle]
  }
  return found
}

/** The placement's own caps, where items of the page use them up. */
export const raiseOwnCap: Attempt = async (trial) => {
  const { request, base, id } = trial.absence
  const card = base.ranked.find((one) => one.card.id === id)?.card
  if (card === undefined) return null
  const { max_per_brand, max_per_category } = request.placement
  const leaves = new Set(card.categories.map(leafCategory))
  const count = (alike: (other: Card) => boolean) => base.shown.filter((one) => alike(one.card)).length
  const brands = card.brand === null ? 0 : count((other) => other.brand === card.brand)
  const fullest = Math.max(
    0,
    ...[...leaves].map((leaf) => count((other) => other.categories.some((path) => leafCategory(path) === leaf))),
  )
  const raised = [
    ['brand', 'max_per_brand', max_per_brand, brands],
    ['category', 'max_per_category', max_per_category, fullest],
  ] as const
  for (const [per, field, cap, used] of raised) {
    if (used < cap || cap >= LIMITS.shelfLimit) continue
    const placement = { ...request.placement, [field]: cap + 1 }
    const found = await tried(trial, { kind: 'raise_cap', rule: null, per, to: cap + 1 }, { ...request, placement })
    if (found !== null) return found
  }
  return null
}

const ruleOf = ({ absence, cause }: Trial): Rule | undefined =>
  absence.request.shop.rules.rules.find(({ id }) => id === cause.rule)

const withRules = (request: ShelfRequest, change: (rule: Rule) => Rule[]): ShelfRequest =>
  underDraft(request, request.shop.rules.rules.flatMap(change))

export const raiseRuleCap: Attempt = async (trial) => {
  const own = ruleOf(trial)
  if (own?.action.kind !== 'cap' || own.action.at_most >= LIMITS.shelfLimit) return null
  const { per, at_most } = own.action
  const action: RuleAction = { ...own.action, at_most: at_most + 1 }
  const request = withRules(trial.absence.request, (rule) => [rule === own ? { ...rule, action } : rule])
  return tried(trial, { kind: 'raise_cap', rule: own.id, per, to: at_most + 1 }, request)
}

export const removeRule: Attempt = async (trial) => {
  const own = ruleOf(trial)
  if (own === undefined) return null
  const request = withRules(trial.absence.request, (rule) => (rule === own ? [] : [rule]))
  return tried(trial, { kind: 'remove_rule', rule: own.id }, request)
}

/** A little more than what the order alone would need: variety may want more, and then is given it. */
const BOOST_MARGIN = 1.02
const BOOST_STEPS = [1, 3, 12]

/** A rule that multiplies the item's score, stronger than what buries it. */
export const boost: Attempt = async (trial) => {
  const { absence } = trial
  const { request, id, base } = absence
  // Rules come after reading: an item that is not among those that are read gets nowhere by them.
  if (rankedIn(base, id) === undefined) return null
  const gap = await gapOf(absence)
  const above = (ruleOf(trial)?.priority ?? -1) + 1
  const { rules } = request.shop.rules
  if (gap === null || above > RULE_LIMITS.priority || rules.length >= RULE_LIMITS.rules) return null
  const { max } = RULE_LIMITS.factor
  const least = Math.max(1.01, Math.exp(gap) * BOOST_MARGIN)
  if (least > max) return null
  const factors = BOOST_STEPS.map((step) => Math.min(max, Math.ceil(least * step * 100) / 100))
  for (const factor of new Set(factors)) {
    const rule: Rule = {
      ...{ id: freeRuleId(request, 'forward'), name: 'Forward', enabled: true, priority: above },
      when: { placements: [request.placementName] },
      items: { field: 'id', op: 'eq', value: id },
      action: { kind: 'boost', factor },
    }
    const found = await tried(trial, { kind: 'boost', factor, rule }, withRule(request, rule))
    if (found !== null) return found
  }
  return null
}

/** Items that link to it, as many as are tried. */
const LINKS_TRIED = 3

/** What the page is about, or what the shopper does next: an item whose neighbours include this one. */
export const link: Attempt = async (trial) => {
  const { request, id, base } = trial.absence
  const { made } = base
  if (made === undefined) return null
  const known = new Set([id, ...made.wave.anchors.map((anchor) => anchor.id)])
  const links = (await linksTo(request.shop.shop, id, trial.deps)).filter((one) => !known.has(one))
  const asSeed = request.seeds.length > 0 || request.placement.strategy === 'product'
  for (const other of links.slice(0, LINKS_TRIED)) {
    const found =
      asSeed && request.seeds.length < LIMITS.seedItems
        ? await tried(trial, { kind: 'seed', item_id: other }, { ...request, seeds: [...request.seeds, other] })
        : await afterEvent(trial, other, 'view')
    if (found !== null) return found
  }
  return null
}

/** As if the shopper had just done it. */
function afterEvent(trial: Trial, other: string, type: EventType): Promise<Verified | null> {
  const { request, base, nowMs } = trial.absence
  const past = base.made?.wave.past ?? []
  // Beside items that only their order tells apart a moment would be no order.
  const untimed = past.length > 0 && past.every(({ atMs }) => atMs === null)
  const event = { id: other, type, atMs: untimed ? null : (request.asOfMs ?? nowMs), value: null }
  return tried(trial, { kind: 'recent_event', item_id: other, type }, { ...request, past: [...past, event] })
}

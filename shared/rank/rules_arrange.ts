import type { Card } from '../domain/card.ts'
import { RULE_LIMITS, type RuleEffect } from '../domain/rule.ts'
import type { CapLimits } from './caps.ts'
import { type CompiledRule, capKeys, hides, isKind, type RuleOf } from './rules_compile.ts'
import type { RulesInForce } from './rules_in_force.ts'
import { marginOf } from './rules_margin.ts'

export interface Rulable {
  card: Card
  score: number
}

/** The page that is cut. */
export interface RulePage<T> extends CapLimits {
  /** Items wanted: the page, and those that are kept behind it. */
  count: number
  /** Picks at most so many entries, which come best first. */
  select(entries: readonly T[], limit: number): T[]
}

export interface Arranged<T> {
  shelf: T[]
  /** By item: what rules did to it, whether it is shown or not. */
  effects: ReadonlyMap<string, readonly RuleEffect[]>
}

/** What the rules say of one item. */
interface Verdict<T> {
  entry: T
  factor: number
  /** The strongest rule that keeps it back or off, where no stronger one brings it forward. */
  bury: CompiledRule | null
  hide: CompiledRule | null
  caps: Array<CompiledRule<RuleOf<'cap'>>>
  effects: RuleEffect[]
}

/**
 * A page of ranked items as the rules want it. Pinned items take their positions, hidden ones are gone, scores are
 * multiplied, and what is left is picked as ever. Caps yield where the page would come out short, after the buried;
 * nothing that is hidden comes back. Only ranked items are ever shown: what cannot be sold is not among them.
 * @param ranked best first
 */
export function arrange<T extends Rulable>(ranked: readonly T[], force: RulesInForce, page: RulePage<T>): Arranged<T> {
  if (force.judged.length === 0 && force.pins.length === 0)
    return { shelf: page.select(ranked, page.count), effects: new Map() }
  const verdicts = ranked.map((entry) => judge(entry, force))
  const pinned = placePins(verdicts, force)
  const placed = new Set(pinned.values())
  const caps = new PageCaps(placed.size === 0 ? null : page)
  for (const verdict of placed) caps.take(verdict, true)
  const floor = ranked.reduce((least, one) => Math.min(least, one.score), 0)
  const free = verdicts.filter((one) => one.hide === null && !placed.has(one))
  const [main, buried] = [free.filter((one) => one.bury === null), free.filter((one) => one.bury !== null)]
  const tiers: [T[], T[], T[], T[]] = [[], [], [], []]
  for (const [at, part] of [main, buried].entries()) {
    for (const one of part.map((verdict) => rescored(verdict, floor)).sort(byScore))
      tiers[caps.take(one, false) ? at : at + 2]!.push(one.entry)
  }
  const rest: T[] = []
  const wanted = page.count - placed.size
  for (const tier of tiers)
    if (rest.length < wanted && tier.length > 0) rest.push(...page.select(tier, wanted - rest.length))
  return { shelf: interleaved(pinned, rest, page.count), effects: effectsOf(verdicts) }
}

function judge<T extends Rulable>(entry: T, force: RulesInForce): Verdict<T> {
  const { card } = entry
  const verdict: Verdict<T> = { entry, factor: 1, bury: null, hide: null, caps: [], effects: [] }
  let forward = Number.NEGATIVE_INFINITY
  force.eachOf(card, (one) => {
    const { id: rule, action, priority } = one.rule
    if (hides(one)) verdict.hide = stronger(verdict.hide, one)
    else if (action.kind === 'bury' || action.kind === 'stock') verdict.bury = stronger(verdict.bury, one)
    else if (isKind(one, 'cap')) verdict.caps.push(one)
    else if (action.kind === 'boost') {
      verdict.factor *= action.factor
      if (action.factor > 1) forward = Math.max(forward, priority)
      verdict.effects.push({ rule, effect: 'boosted' })
    } else if (action.kind === 'margin') {
      const margin = marginOf(action.from, card)
      if (margin === null || margin === 0) return
      verdict.factor *= 1 + action.strength * margin
      verdict.effects.push({ rule, effect: 'margin' })
    }
  })
  // Of equal strength, what keeps back wins.
  if (verdict.bury !== null && forward > verdict.bury.rule.priority) verdict.bury = null
  return verdict
}

const stronger = (held: CompiledRule | null, one: CompiledRule): CompiledRule =>
  held !== null && held.place < one.place ? held : one

/** Pins by their strength: each gives its positions that are still free to those of its items that may be shown, in order. */
function placePins<T extends Rulable>(
  verdicts: ReadonlyArray<Verdict<T>>,
  force: RulesInForce,
): Map<number, Verdict<T>> {
  const places = new Map<number, Verdict<T>>()
  if (force.pins.length === 0) return places
  const byId = new Map(verdicts.map((verdict) => [verdict.entry.card.id, verdict]))
  const placed = new Set<Verdict<T>>()
  for (const { compiled, positions } of force.pins) {
    const { id: rule, priority, action } = compiled.rule
    const open = positions.filter((position) => !places.has(position))
    for (const id of action.item_ids) {
      const verdict = byId.get(id)
      if (open.length === 0) break
      if (verdict === undefined || placed.has(verdict) || !compiled.matches(verdict.entry.card)) continue
      const against = Math.max(verdict.hide?.rule.priority ?? -Infinity, verdict.bury?.rule.priority ?? -Infinity)
      if (priority <= against) continue
      places.set(open.shift()!, verdict)
      placed.add(verdict)
      Object.assign(verdict, { hide: null, bury: null })
      verdict.effects.unshift({ rule, effect: 'pinned' })
    }
  }
  return places
}

/** Multiplied above the lowest score, so that more is better whatever the scores are; the product stays within bounds. */
function rescored<T extends Rulable>(verdict: Verdict<T>, floor: number): Verdict<T> {
  const { min, max } = RULE_LIMITS.factor
  const factor = Math.min(max, Math.max(min, verdict.factor))
  if (factor !== 1) verdict.entry = { ...verdict.entry, score: floor + (verdict.entry.score - floor) * factor }
  return verdict
}

const byScore = (a: Verdict<Rulable>, b: Verdict<Rulable>) =>
  b.entry.score - a.entry.score || (a.entry.card.id < b.entry.card.id ? -1 : 1)

/** What of each cap is used up. Pins count, and are never turned away. */
class PageCaps {
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #own: ReadonlyArray<readonly [per: string, atMost: number]>

  /** @param page the placement's own caps, counted here where pinned items use them up; null where selection alone does */
  constructor(page: CapLimits | null) {
    this.#own =
      page === null
        ? []
        : [
            ['brand', page.maxPerBrand],
            ['category', page.maxPerCategory],
          ]
  }

  /** Counts the item where it fits; else notes the rules that are full. */
  take(verdict: Verdict<Rulable>, always: boolean): boolean {
    const { card } = verdict.entry
    const used: Array<readonly [Map<string, number>, readonly string[]]> = []
    let fits = true
    const look = (name: string, per: string, atMost: number): boolean => {
      const counts = this.#counts.get(name) ?? new Map<string, number>()
      this.#counts.set(name, counts)
      const keys = capKeys(per, card)
      used.push([counts, keys])
      return keys.every((key) => (counts.get(key) ?? 0) < atMost)
    }
    for (const [per, atMost] of this.#own) fits = look(`${per} `, per, atMost) && fits
    for (const { rule } of verdict.caps) {
      if (look(rule.id, rule.action.per, rule.action.at_most)) continue
      fits = false
      if (!always) verdict.effects.push({ rule: rule.id, effect: 'capped' })
    }
    if (fits || always)
      for (const [counts, keys] of used) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    return fits
  }
}

/** Pinned items at their positions; where the others run out, those behind move up. */
function interleaved<T>(pinned: ReadonlyMap<number, Verdict<T>>, rest: readonly T[], count: number): T[] {
  const shelf: T[] = []
  let next = 0
  for (let position = 0; position < count; position++) {
    const pin = pinned.get(position)
    if (pin !== undefined) shelf.push(pin.entry)
    else if (next < rest.length) shelf.push(rest[next++]!)
  }
  return shelf
}

function effectsOf<T extends Rulable>(verdicts: ReadonlyArray<Verdict<T>>): Map<string, RuleEffect[]> {
  const all = new Map<string, RuleEffect[]>()
  for (const { entry, hide, bury, effects } of verdicts) {
    if (hide !== null) all.set(entry.card.id, [{ rule: hide.rule.id, effect: 'hidden' }])
    else if (bury !== null) all.set(entry.card.id, [{ rule: bury.rule.id, effect: 'buried' }, ...effects])
    else if (effects.length > 0) all.set(entry.card.id, effects)
  }
  return all
}

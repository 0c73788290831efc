import type { Card } from '../domain/card.ts'
import { RULE_LIMITS, type Rule } from '../domain/rule.ts'
import type { WhyNot } from '../domain/rule_answers.ts'
import { type CompiledRule, type CompiledRules, isKind, type RuleOf } from './rules_compile.ts'

/** The request that rules are judged for. */
export interface RuleScene {
  placement: string
  market: string
  locale: string
  hasQuery: boolean
  /** Whether anything is known that the shopper did. */
  isKnown: boolean
  atMs: number
  /** Items on earlier pages, and items of this one. */
  offset: number
  limit: number
}

/** A pin with those of its positions that are on this page, counted from 0. */
export interface PinInForce {
  compiled: CompiledRule<RuleOf<'pin'>>
  positions: readonly number[]
}

/** The rules that one shelf follows, the stronger first. */
export interface RulesInForce {
  /** What they were judged for; null where the shop has none. */
  scene: RuleScene | null
  /** All of them, pins included. */
  ids: readonly string[]
  pins: readonly PinInForce[]
  /** All but the pins. */
  judged: readonly CompiledRule[]
  /** Calls with each judged rule that is about the item, in no particular order. */
  eachOf(card: Card, visit: (one: CompiledRule) => void): void
  /** Pinned items, which join the candidates whatever the sources bring. */
  recall: readonly string[]
  /** Items hidden by their id, with the rule: these need no place among the candidates. */
  hiddenIds: ReadonlyMap<string, string>
}

export const NOTHING_IN_FORCE: RulesInForce = {
  scene: null,
  ids: [],
  pins: [],
  judged: [],
  eachOf: () => {},
  recall: [],
  hiddenIds: new Map(),
}

export function rulesInForce(compiled: CompiledRules, scene: RuleScene): RulesInForce {
  const rules = compiled.rules.filter((one) => whyNot(one, scene) === null)
  if (rules.length === 0) return { ...NOTHING_IN_FORCE, scene }
  const pins: PinInForce[] = []
  const judged: CompiledRule[] = []
  for (const one of rules) {
    if (!isKind(one, 'pin')) judged.push(one)
    else pins.push({ compiled: one, positions: positionsOf(one.rule, scene) })
  }
  const onPage = pins.filter((pin) => pin.positions.length > 0)
  const recall = new Set<string>()
  const pinnedAt = new Map<string, number>()
  for (const { compiled: pin } of onPage) {
    for (const id of pin.rule.action.item_ids) {
      if (recall.size < RULE_LIMITS.pinnedFinalists) recall.add(id)
      pinnedAt.set(id, Math.max(pinnedAt.get(id) ?? Number.NEGATIVE_INFINITY, pin.rule.priority))
    }
  }
  const hiddenIds = new Map<string, string>()
  for (const one of judged) {
    if (one.ids === null || one.rule.action.kind !== 'hide') continue
    for (const id of one.ids) {
      const isSaved = (pinnedAt.get(id) ?? Number.NEGATIVE_INFINITY) > one.rule.priority
      if (!isSaved && !hiddenIds.has(id)) hiddenIds.set(id, one.rule.id)
    }
  }
  const ids = rules.map((one) => one.rule.id)
  const isJudged = new Uint8Array(compiled.rules.length)
  for (const one of judged) isJudged[one.place] = 1
  return {
    ...{ scene, ids, pins: onPage, judged, recall: [...recall], hiddenIds },
    eachOf: (card, visit) =>
      compiled.index.each(card, (place) => {
        if (isJudged[place] === 1 && compiled.rules[place]!.matches(card)) visit(compiled.rules[place]!)
      }),
  }
}

/** Why a rule has no say in a scene; null when it has. */
export function whyNot({ rule: { when }, fromMs, untilMs }: CompiledRule, scene: RuleScene): WhyNot | null {
  if (scene.atMs < fromMs) return 'not_begun'
  if (scene.atMs >= untilMs) return 'over'
  if (when === undefined) return null
  if (when.placements !== undefined && !when.placements.includes(scene.placement)) return 'placement'
  if (when.markets !== undefined && !when.markets.includes(scene.market)) return 'market'
  if (when.locales !== undefined && !when.locales.some((tag) => covers(tag, scene.locale))) return 'locale'
  if (when.query !== undefined && when.query !== scene.hasQuery) return 'query'
  return when.shopper !== undefined && (when.shopper === 'known') !== scene.isKnown ? 'shopper' : null
}

/** `de` covers `de-AT`; case says nothing (RFC 4647, basic filtering). */
function covers(tag: string, locale: string): boolean {
  const [wide, narrow] = [tag.toLowerCase(), locale.toLowerCase()]
  return narrow === wide || narrow.startsWith(`${wide}-`)
}

function positionsOf(rule: Rule & RuleOf<'pin'>, { offset, limit }: RuleScene): number[] {
  const positions = rule.action.positions ?? rule.action.item_ids.map((_id, index) => index + 1)
  return positions.map((position) => position - 1 - offset).filter((at) => at >= 0 && at < limit)
}

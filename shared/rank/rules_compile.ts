import type { Card } from '../domain/card.ts'
import { type Filter, predicateOf } from '../domain/filter.ts'
import { leafCategory } from '../domain/item.ts'
import type { ActiveRules, Rule, RuleAction } from '../domain/rule.ts'
import { RuleIndex } from './rules_index.ts'

/** A rule of one kind. */
export type RuleOf<Kind extends RuleAction['kind']> = Rule & { action: Extract<RuleAction, { kind: Kind }> }

/** A rule made ready to be judged for many items. */
export interface CompiledRule<R extends Rule = Rule> {
  rule: R
  /** In the order of strength, the strongest 0. */
  place: number
  fromMs: number
  untilMs: number
  /** The ids, when the rule is about these and says nothing else of its items. */
  ids: ReadonlySet<string> | null
  matches(card: Card): boolean
}

/** A shop's rules, the stronger first: the higher priority, among equals the smaller id. */
export interface CompiledRules {
  version: number
  rules: readonly CompiledRule[]
  /** By place. */
  index: RuleIndex
  /** Every moment at which some rule begins or ends, ascending. */
  moments: readonly number[]
}

/** By the set itself, so that each is compiled once however many shelves it is asked for. */
const compiled = new WeakMap<ActiveRules, CompiledRules>()

export function compileRules(active: ActiveRules): CompiledRules {
  let made = compiled.get(active)
  if (made === undefined) {
    made = compile(active)
    compiled.set(active, made)
  }
  return made
}

function compile({ version, rules }: ActiveRules): CompiledRules {
  const enabled = rules.filter((rule) => rule.enabled)
  enabled.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1))
  const ready = enabled.map(
    (rule, place): CompiledRule => ({
      ...{ rule, place },
      fromMs: rule.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(rule.from),
      untilMs: rule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(rule.until),
      ids: rule.currency === undefined && rule.items !== undefined ? idsOf(rule.items) : null,
      matches: matcherOf(rule),
    }),
  )
  const index = new RuleIndex(enabled.map((rule) => rule.items))
  const moments = ready.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter(Number.isFinite)
  return { version, rules: ready, index, moments: [...new Set(moments)].sort((a, b) => a - b) }
}

/** Names what shelves follow at a moment: another publication changes it, and every hour at which a rule begins or ends. */
export function rulesState(active: ActiveRules, atMs: number): string {
  const passed = compileRules(active).moments.filter((moment) => moment <= atMs).length
  return `${active.version}.${passed}`
}

export const isKind = <Kind extends RuleAction['kind']>(
  one: CompiledRule,
  kind: Kind,
): one is CompiledRule<RuleOf<Kind>> => one.rule.action.kind === kind

/** Whether the rule keeps items off the shelf. */
export const hides = ({ rule: { action } }: CompiledRule): boolean =>
  action.kind === 'hide' || (action.kind === 'stock' && action.effect === 'hide')

function idsOf(filter: Filter): ReadonlySet<string> | null {
  if (!('field' in filter) || filter.field !== 'id' || (filter.op !== 'eq' && filter.op !== 'in')) return null
  return new Set((Array.isArray(filter.value) ? filter.value : [filter.value]).map(String))
}

function matcherOf({ items, currency, action }: Rule): (card: Card) => boolean {
  const passes = items === undefined ? null : predicateOf(items)
  const below = action.kind === 'stock' ? action.below : null
  return (card) =>
    (currency === undefined || card.currency === currency) &&
    (below === null || (card.stock !== null && card.stock < below)) &&
    (passes === null || passes(card))
}

/** What a cap counts an item by: its brand, its particular categories, the values of an attribute. */
export function capKeys(per: string, card: Card): readonly string[] {
  switch (per) {
    case 'all':
      return ['']
    case 'brand':
      return card.brand === null ? [] : [card.brand]
    case 'category':
      return [...new Set(card.categories.map(leafCategory))]
    default: {
      const name = per.slice('attribute.'.length)
      const value = Object.hasOwn(card.attributes, name) ? card.attributes[name]! : []
      return [...new Set((Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one)))]
    }
  }
}

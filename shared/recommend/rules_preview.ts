import type { Rule, RuleEffect } from '../domain/rule.ts'
import type { RulesPreview, WhyNot } from '../domain/rule_answers.ts'
import { ruleWarnings } from '../domain/rule_warnings.ts'
import { compileRules } from '../rank/rules_compile.ts'
import { whyNot } from '../rank/rules_in_force.ts'
import type { ShelfAnswer } from './answer.ts'
import type { ShelfRequest } from './request.ts'

/**
 * The request as a preview asks it: traced, so that it is neither answered from a shared shelf nor becomes one. Rules
 * are judged at the moment that it asks for; of what lies ahead nothing else is known, so that there the rest is as of now.
 */
export function previewRequest(request: ShelfRequest, nowMs: number): ShelfRequest {
  const rulesAtMs = request.rulesAtMs ?? nowMs
  return { ...request, explain: 'trace', rulesAtMs, asOfMs: rulesAtMs >= nowMs ? null : request.asOfMs }
}

/** The same request under a draft. */
export const underDraft = (request: ShelfRequest, draft: Rule[]): ShelfRequest => ({
  ...request,
  shop: { ...request.shop, rules: { version: request.shop.rules.version, rules: draft } },
})

/** What a draft changes of a shelf, and by which of its rules. @param drafted the request under the draft */
export function comparedShelves(
  drafted: ShelfRequest,
  before: ShelfAnswer,
  after: ShelfAnswer,
  nowMs: number,
): RulesPreview {
  const { shop, rulesAtMs } = drafted
  const { rules, version } = shop.rules
  return {
    shop: shop.shop,
    placement: drafted.placementName,
    market: drafted.market,
    locale: drafted.locale,
    at: new Date(rulesAtMs ?? nowMs).toISOString(),
    active_version: version,
    before: shelfOf(before),
    after: shelfOf(after),
    kept_back: keptBack(before, after),
    rules: rules.map((rule) => accountOf(rule, drafted, after)),
    warnings: ruleWarnings(rules, shop, nowMs),
  }
}

const rankOf = (answer: ShelfAnswer) => new Map(answer.ranked.map((one, at) => [one.candidate.id, at + 1]))

function shelfOf(answer: ShelfAnswer): RulesPreview['before'] {
  const ranks = rankOf(answer)
  const items = answer.shown.map(({ card, rules }, at) => ({
    ...{ rank: at + 1, id: card.id, title: card.title, base_rank: ranks.get(card.id) ?? null, rules: [...rules] },
  }))
  return { rung: answer.rung, degraded: [...new Set(answer.degraded)], items }
}

const KEEPS_BACK: ReadonlySet<RuleEffect['effect']> = new Set(['hidden', 'buried', 'capped'])

/** Items that are not on the page under the draft, and were, or would be but for a rule; as the order has them. */
function keptBack(before: ShelfAnswer, after: ShelfAnswer): RulesPreview['kept_back'] {
  const ranks = rankOf(after)
  const shown = new Set(after.shown.map((one) => one.card.id))
  const places = new Map(before.shown.map((one, at) => [one.card.id, at + 1]))
  const titles = new Map([...before.shown, ...after.ranked].map(({ card }) => [card.id, card.title]))
  const back = [...after.rules.effects].filter(([, effects]) => effects.some((one) => KEEPS_BACK.has(one.effect)))
  const ids = new Set([...places.keys(), ...back.map(([id]) => id)].filter((id) => !shown.has(id)))
  const last = Number.POSITIVE_INFINITY
  return [...ids]
    .sort((a, b) => (ranks.get(a) ?? last) - (ranks.get(b) ?? last) || (a < b ? -1 : 1))
    .map((id) => ({
      id,
      title: titles.get(id) ?? null,
      base_rank: ranks.get(id) ?? null,
      before_rank: places.get(id) ?? null,
      rules: [...(after.rules.effects.get(id) ?? [])],
    }))
}

/** What one rule of the draft had to do with the shelf. */
function accountOf(rule: Rule, { shop }: ShelfRequest, after: ShelfAnswer): RulesPreview['rules'][number] {
  const compiled = compileRules(shop.rules).rules.find((one) => one.rule === rule)
  const { scene, effects } = after.rules
  const why: WhyNot | null = compiled === undefined ? 'disabled' : scene === null ? null : whyNot(compiled, scene)
  const touched = [...effects.values()].filter((list) => list.some((one) => one.rule === rule.id)).length
  const ranked = new Set(after.ranked.map((one) => one.candidate.id))
  const pinned = why === null && rule.action.kind === 'pin' ? rule.action.item_ids : []
  return {
    ...{ id: rule.id, name: rule.name, in_force: why === null, why_not: why, touched },
    missing: pinned.filter((id) => !ranked.has(id) && !effects.has(id)),
  }
}

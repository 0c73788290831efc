import type { Rule } from './rule.ts'
import type { ShopConfig } from './shop.ts'

/** Something about a rule that may be meant and most likely is not. */
export interface RuleWarning {
  rule: string
  detail: string
}

/** What of a set of rules can do nothing in this shop as it is now. */
export function ruleWarnings(rules: readonly Rule[], shop: ShopConfig, nowMs: number): RuleWarning[] {
  const markets = new Set(shop.markets.map((one) => one.market))
  const currencies = new Set(shop.markets.map((one) => one.currency))
  return rules.flatMap((rule) => {
    const details: string[] = []
    if (rule.until !== undefined && Date.parse(rule.until) <= nowMs) details.push(`is over since ${rule.until}`)
    for (const name of rule.when?.placements ?? [])
      if (!Object.hasOwn(shop.placements, name)) details.push(`the shop has no placement "${name}"`)
    for (const name of rule.when?.markets ?? [])
      if (!markets.has(name)) details.push(`"${name}" is not one of the shop's markets`)
    const from = rule.action.kind === 'margin' && 'currency' in rule.action.from ? rule.action.from.currency : undefined
    for (const currency of new Set([rule.currency, from]))
      if (currency !== undefined && !currencies.has(currency))
        details.push(`no market of the shop sells in ${currency}`)
    return details.map((detail) => ({ rule: rule.id, detail }))
  })
}

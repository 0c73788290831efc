import type { Explanation } from './answers.ts'
import { plain, plural } from './text.ts'

/** An explanation in words, a line each. */
export function explanationLines(told: Explanation): string[] {
  const where = `${told.placement} shelf, market ${plain(told.market)}`
  const lines = [`"${plain(told.item_id)}": ${verdict(told)} (${where})`]
  lines.push(...whyLines(told), ...hereLines(told), ...comparisonLines(told), ...changeLines(told))
  const { rung, order, ms, shelves, degraded } = told.served
  const state = degraded.length === 0 ? 'nothing degraded' : `degraded: ${degraded.join(', ')}`
  return [
    ...lines,
    `rung ${rung} · order ${plain(order)} · ${ms} ms · ${plural(shelves, 'shelf', 'shelves')} asked · ${state}`,
  ]
}

type WhyNot = NonNullable<Explanation['why_not']>

/** Causes in words; a cause of a later release is named as it is. */
const CAUSES: Record<string, (why: WhyNot) => string> = {
  unknown_item: () => 'the shop has no such item',
  deleted: () => 'the item is deleted',
  hidden: () => 'the item is not visible in this market',
  not_sellable: ({ lacks }) =>
    lacks === 'stock'
      ? 'it is out of stock'
      : lacks === 'window'
        ? 'it is sold at another time'
        : lacks === undefined
          ? 'it cannot be sold now'
          : `it has no ${lacks === 'market' ? 'offer in this market' : 'price in this market'}`,
  excluded_by_request: ({ list }) => `the request names it in ${list ?? 'what it leaves out'}`,
  already_owned: () => 'the shopper has it already',
  disliked: () => 'the shopper turned it down',
  earlier_page: () => 'it is on an earlier page',
  filtered: ({ filter }) =>
    `it does not pass ${filter?.pointer ?? 'the filter'} ${plain(JSON.stringify(filter?.clause) ?? '')}`,
  rule_hidden: ({ rule }) => `the rule ${plain(rule ?? '')} hides it`,
  rule_buried: ({ rule }) => `the rule ${plain(rule ?? '')} buries it`,
  rule_capped: ({ rule }) => `the rule ${plain(rule ?? '')} has no room left for it`,
  not_recalled: () => 'no source brings it for this shopper, page or query, or others are brought with more',
  ranked_below: ({ rank, of, gap }) =>
    `others score higher${rank === undefined ? '' : `; number ${rank} of ${of}`}${gap === undefined ? '' : `, ${number(gap)} log odds short`}`,
  not_varied: ({ rank, of, by }) =>
    `the order alone would show it${rank === undefined ? '' : ` (number ${rank} of ${of})`}; ${MOVERS[by ?? ''] ?? 'variety'} gave its place to another`,
  not_chosen: () => 'others were chosen',
}
const MOVERS: Record<string, string> = {
  variety: 'variety, or a cap per brand or category,',
  newcomers: 'a newcomer',
  model: "a language model's order",
}

function verdict({ shown, of, why_not: why }: Explanation): string {
  if (shown !== null) return `place ${shown} of ${of}`
  return why === null ? 'not shown' : `not shown: ${CAUSES[why.cause]?.(why) ?? plain(why.cause)}`
}

function whyLines({ why }: Explanation): string[] {
  if (why === null) return []
  const lines = why.rules.map(({ rule, effect }) => `rule     ${effect} by ${plain(rule)}`)
  for (const { source, share, text, fact } of why.evidence) {
    const part = share === undefined ? '' : ` ${Math.round(share * 100)} %`
    lines.push(`why      ${plain(source)}${part}${text === null ? '' : `: ${plain(text)}`}`)
    if (fact !== null) lines.push(`         ${plain(JSON.stringify(fact))}`)
  }
  if (why.features.length > 0) lines.push(`features ${featureText(why.features)}`)
  return lines
}

type Beside = NonNullable<NonNullable<Explanation['here']>['above']>

function hereLines({ here }: Explanation): string[] {
  const line = (name: string, other: Beside | null) => (other === null ? [] : [`${name}    ${besideText(other)}`])
  return [...line('above', here?.above ?? null), ...line('below', here?.below ?? null)]
}

function besideText({ item_id: id, by, log_odds: odds, features }: Beside): string {
  const parts = [
    ...(odds === undefined ? [] : [`${signed(odds)} log odds to it`]),
    ...(by === undefined ? [] : [`by ${by === 'order' ? 'the order' : by}`]),
    ...(features.length === 0 ? [] : [featureText(features)]),
  ]
  return `"${plain(id)}"${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`
}

function comparisonLines({ item_id: id, instead_of: other }: Explanation): string[] {
  if (other === null) return []
  const place = other.shown === null ? 'not shown' : `place ${other.shown}`
  const higher =
    other.higher === null ? 'neither stands higher' : other.higher === id ? 'stands lower' : 'stands higher'
  return [`instead  ${besideText(other)} (${place}, ${higher})`]
}

function changeLines({ shown, smallest_change: found, no_change: none }: Explanation): string[] {
  if (shown !== null) return []
  if (found === null) return none === null ? [] : [`change   none: ${plain(none)}`]
  const { kind, ...rest } = found.change
  const details = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [
    `change   ${kind.replaceAll('_', ' ')}${details.length === 0 ? '' : `: ${plain(details.join(', '))}`} (then place ${found.shown})`,
  ]
}

const featureText = (features: ReadonlyArray<{ feature: string; log_odds: number }>): string =>
  plain(features.map(({ feature, log_odds: odds }) => `${feature} ${signed(odds)}`).join(', '))

const signed = (value: number): string => `${value > 0 ? '+' : ''}${number(value)}`

/** Four digits that say something, without trailing zeros. */
const number = (value: number): string => String(Number(value.toPrecision(4)))

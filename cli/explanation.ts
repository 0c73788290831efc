import type { Shelf } from './answers.ts'
import { plain, plural } from './text.ts'

/** Why an item is where it is, or where it dropped out. */
export interface Explanation {
  item: string
  verdict: 'shown' | 'dropped' | 'not_a_candidate' | 'unknown_item'
  /** Place on the shelf of 50, or among all candidates when it dropped out. */
  rank: number | null
  of: number
  title: string | null
  score: number | null
  best_score: number | null
  /** What each source gave to the score, largest first. */
  sources: Array<{ source: string; score: number; share: number }>
  /** The order that ranked; null of a service that does not tell. */
  order: string | null
  /** What the weightiest features add to its log odds over the average candidate's, largest first. */
  features: Array<{ feature: string; log_odds: number }>
  outcome: string | null
  /** What the shop's rules did to it; told to secret keys alone. */
  rules: Array<{ rule: string; effect: string }>
  reason: string | null
  evidence: unknown[]
}

/**
 * Reads an item's story out of a traced shelf.
 * @param known whether the shop has the item at all
 */
export function explanationOf(item: string, shelf: Shelf, known: boolean): Explanation {
  const candidates = shelf.trace?.candidates ?? []
  const place = candidates.findIndex((candidate) => candidate.id === item)
  const candidate = candidates[place]
  const shown = shelf.items.find((own) => own.id === item)
  const sources = Object.entries(candidate?.sources ?? {}).sort((a, b) => b[1] - a[1])
  const sum = sources.reduce((total, [, score]) => total + score, 0)
  return {
    item,
    verdict: shown ? 'shown' : candidate ? 'dropped' : known ? 'not_a_candidate' : 'unknown_item',
    rank: shown?.rank ?? (candidate ? place + 1 : null),
    of: shown ? shelf.items.length : candidates.length,
    title: shown?.title ?? null,
    score: candidate?.score ?? null,
    best_score: candidates.length === 0 ? null : Math.max(...candidates.map((own) => own.score)),
    sources: sources.map(([source, score]) => ({ source, score, share: sum > 0 ? score / sum : 0 })),
    order: shelf.served.order ?? null,
    features: Object.entries(candidate?.features ?? {}).map(([feature, log_odds]) => ({ feature, log_odds })),
    outcome: candidate?.outcome ?? null,
    rules: candidate?.rules ?? hiddenBy(item, shelf),
    reason: shown?.reason?.text ?? null,
    evidence: shown?.reason?.evidence ?? [],
  }
}

/** The rule that took an item away by its id, before anything was ranked. */
const hiddenBy = (item: string, shelf: Shelf): Explanation['rules'] =>
  (shelf.trace?.rules?.hidden ?? []).filter(({ id }) => id === item).map(({ rule }) => ({ rule, effect: 'hidden' }))

/** The explanation in words, a line each. */
export function explanationLines(told: Explanation, shelf: Shelf): string[] {
  const name = told.title === null ? `"${plain(told.item)}"` : `"${plain(told.item)}" ${plain(told.title)}`
  const where = `${shelf.placement} shelf, market ${plain(shelf.market)}`
  const lines = [`${name}: ${verdictText(told)} (${where})`]
  if (told.score !== null)
    lines.push(`score    ${number(told.score)}, the best candidate has ${number(told.best_score ?? told.score)}`)
  for (const { rule, effect } of told.rules) lines.push(`rule     ${effect} by ${plain(rule)}`)
  for (const [at, { source, score, share }] of told.sources.entries()) {
    lines.push(`${at === 0 ? 'sources' : '       '}  ${source} ${number(score)} (${Math.round(share * 100)} %)`)
  }
  lines.push(...orderLines(told))
  if (told.verdict === 'shown') {
    lines.push(`reason   ${told.reason === null ? 'none: nothing that could be proved' : plain(told.reason)}`)
    for (const fact of told.evidence) lines.push(`evidence ${plain(JSON.stringify(fact))}`)
  } else {
    lines.push(...shelfOverview(shelf))
  }
  return lines
}

/** By which order, and what of it moved the item most. */
function orderLines({ order, features }: Explanation): string[] {
  if (order === null) return []
  const weighty = features.map(({ feature, log_odds }) => `${feature} ${log_odds > 0 ? '+' : ''}${number(log_odds)}`)
  return [`order    ${plain(order)}`, ...(weighty.length === 0 ? [] : [`features ${plain(weighty.join(', '))}`])]
}

function verdictText(told: Explanation): string {
  if (told.verdict === 'shown') return `place ${told.rank} of ${told.of}`
  if (told.verdict === 'dropped') {
    return `not shown; number ${told.rank} of ${plural(told.of, 'candidate')}: higher scores filled the shelf, or variety and the caps per brand and category preferred others`
  }
  if (told.verdict === 'unknown_item') return 'not shown; the shop has no such item'
  return 'not shown; not among the candidates: no source ties it to this shopper, page or query, or it was left out before ranking (excluded, filtered, already bought, not for sale in this market)'
}

function shelfOverview(shelf: Shelf): string[] {
  const sources = Object.entries(shelf.trace?.sources ?? {}).map(([source, brought]) => `${source} ${brought}`)
  const last = shelf.items.at(-1)
  return [
    `asked    ${sources.join(', ') || 'no source answered'}`,
    ...(last
      ? [`last     place ${last.rank} is "${plain(last.id)}" ${plain(last.title)}`]
      : ['last     the shelf is empty']),
  ]
}

/** Four digits that say something, without trailing zeros. */
const number = (value: number): string => String(Number(value.toPrecision(4)))

import { minorDigits } from '../base/money.ts'
import { EVENT_TYPES, INTENT, type Interaction } from '../domain/event.ts'
import type { Worth } from '../domain/gate.ts'

/** What a shopper did with one item of a shelf. */
export interface Outcome {
  /** Of the strongest thing done with it (INTENT). */
  intent: number
  /** In what the shop's worth says, or 1 for a click. */
  value: number
}

/** By item. */
export type Outcomes = Map<string, Outcome>

/** A shelf whose record says what both orders would have shown. */
export interface ComparedShelf {
  shown: readonly string[]
  base: readonly string[]
  wanted: readonly string[]
  /** Of a draft: whose each shown item is. */
  teams: string | null
}

export interface Credit {
  /** 1: the model's items of a draft were wanted more; -1: the base order's; 0 for neither, and without a draft. */
  preference: -1 | 0 | 1
  /** What the model's whole order would have brought more than the base order, as a share of the cap: -1 to 1. */
  lift: number
}

/** The most clicks that a shelf counts for where the shop did not say what its shelves are worth. */
const CLICKS_CAP = 2

export const capOf = (worth: Worth | null): number => worth?.cap_micro ?? CLICKS_CAP

/** Sums of what was counted in different things, or up to different caps, are not added. */
export const worthKey = (worth: Worth | null): string =>
  worth === null ? 'clicks' : `${worth.click_micro}/${worth.margin}/${worth.currency}/${worth.cap_micro}`

const MICRO_DIGITS = 6

/** Adds what an event says of an item; events of a shelf come in any order, each once. */
export function addOutcome(outcomes: Outcomes, event: Interaction, worth: Worth | null, currency: string | null): void {
  const intent = INTENT[event.type]
  if (!EVENT_TYPES.includes(event.type) || event.type === 'impression' || event.type === 'feedback') return
  const before = outcomes.get(event.item)
  const first = before === undefined || before.intent === 0
  const clicked = first && intent > 0 ? (worth === null ? 1 : worth.click_micro) : 0
  outcomes.set(event.item, {
    intent: Math.max(before?.intent ?? 0, intent, 0),
    value: (before?.value ?? 0) + clicked + soldFor(event, worth, currency),
  })
}

/** What a sale earned; a refund takes it back. */
function soldFor(event: Interaction, worth: Worth | null, currency: string | null): number {
  const sign = event.type === 'purchase' ? 1 : event.type === 'refund' ? -1 : 0
  if (sign === 0 || worth === null || event.price === null || currency !== worth.currency) return 0
  return sign * event.price * event.quantity * 10 ** (MICRO_DIGITS - minorDigits(currency)) * worth.margin
}

/**
 * How likely a place is looked at, relative to the first: DCG's discount (Järvelin and Kekäläinen 2002). Milder than the
 * 1 / rank that Joachims et al. (2017) find for lists of text, since shelves are seen as a whole: a gain from moving
 * something up is rather told too small.
 * @param place counted from 0; -1: not on the page
 */
export const examination = (place: number): number => (place < 0 ? 0 : 1 / Math.log2(place + 2))

/**
 * Credits a shelf. The preference counts whose items were wanted, which takes no model of how shelves are read. The lift
 * corrects for where things stood: what was wanted at a place that is looked at with probability e counts 1 / e times what
 * the change of places changes that probability by (the position based model with inverse propensities: Joachims, Swaminathan
 * and Schnabel 2017, "Unbiased learning-to-rank with biased feedback", WSDM). Of what was not shown nobody knows whether it was
 * wanted: both orders are compared as orders of what was, else the one that was shown would always win.
 */
export function creditOf(shelf: ComparedShelf, outcomes: ReadonlyMap<string, Outcome>, worth: Worth | null): Credit {
  const base = amongShown(shelf.base, shelf.shown)
  const wanted = amongShown(shelf.wanted, shelf.shown)
  let preferred = 0
  let lift = 0
  for (const [item, { intent, value }] of outcomes) {
    const place = shelf.shown.indexOf(item)
    if (place === -1) continue
    const team = shelf.teams?.[place]
    preferred += team === 'l' ? intent : team === 'b' ? -intent : 0
    const change = examination(wanted.indexOf(item)) - examination(base.indexOf(item))
    lift += (value * change) / examination(place)
  }
  return {
    preference: Math.abs(preferred) < 1e-9 ? 0 : preferred > 0 ? 1 : -1,
    lift: Math.min(1, Math.max(-1, lift / capOf(worth))),
  }
}

/** What was shown in an order's own order; what it does not know stands last, as it was shown. */
function amongShown(order: readonly string[], shown: readonly string[]): string[] {
  const known = order.filter((id) => shown.includes(id))
  return known.length === shown.length ? known : [...known, ...shown.filter((id) => !known.includes(id))]
}

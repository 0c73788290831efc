import { hash32 } from '../../base/hash.ts'
import { type Rng, seededRng } from '../../base/rng.ts'
import type { EventType } from '../../domain/event.ts'
import type { Habits } from '../../domain/habits.ts'
import type { PastItem } from '../../recall/anchors.ts'
import type { LearnInput } from '../learner.ts'
import type { Visits } from '../visits.ts'

/** What an order is learned for: the shelves that shoppers could have been shown. */
export const LEARNED_PURPOSES = ['home', 'product', 'cart', 'again'] as const
export type LearnedPurpose = (typeof LEARNED_PURPOSES)[number]

/** A moment in a shopper's past, and what the shopper then wanted. */
export interface RankTask {
  purpose: LearnedPurpose
  shopper: string
  past: readonly PastItem[]
  /** What was remembered of the shopper, where the past does not tell all. */
  habits?: Habits | null
  seeds: readonly string[]
  cart: readonly string[]
  wanted: ReadonlySet<string>
  /** What was ranked, where that is known; absent for whatever recall brings. */
  candidates?: readonly string[]
  market: string | null
  atMs: number
}

/** Visits of one shopper that are looked at: a busy one is one voice. */
const VISITS_PER_SHOPPER = 3
/** A visit of fewer wanted items is not taken apart into a cart and the rest. */
const CART_ITEMS_MIN = 4

/** A shopper of a bucket: visits from .. to, those from `later` on came after learning was wound back. */
interface Shopper {
  key: string
  from: number
  later: number
  to: number
}

/** The shoppers of a bucket who came back. */
export function* comers(visits: Visits, untilMs: number): Generator<Shopper> {
  for (let at = 0; at + 1 < visits.shopperStart.length; at++) {
    const from = visits.shopperStart[at]!
    const to = visits.shopperStart[at + 1]!
    let later = from
    while (later < to && visits.visitAt[later]! < untilMs) later += 1
    if (later < to) yield { key: `${visits.shopperHigh[at]!} ${visits.shopperLow[at]!}`, from, later, to }
  }
}

/**
 * The tasks of a shopper: what was wanted on the first visits after learning was wound back, asked as shelves are. Which
 * half of a visit lay in the cart is decided by the shopper's key: the same every time.
 */
export function tasksOf(visits: Visits, shopper: Shopper, input: LearnInput): RankTask[] {
  const tasks: RankTask[] = []
  const end = Math.min(shopper.to, shopper.later + VISITS_PER_SHOPPER)
  for (let visit = shopper.later; visit < end; visit++) {
    const past = pastOf(visits, shopper.from, visit, input)
    const wanted = wantedOf(visits, visit, input)
    if (wanted.length === 0) continue
    const rng = seededRng(hash32(`${shopper.key} ${visits.visitAt[visit]!}`))
    const market = visits.visitMarket[visit]!
    const common = {
      shopper: shopper.key,
      past,
      market: market === -1 ? null : input.markets[market]!,
      atMs: visits.visitAt[visit]!,
    }
    const bare = { ...common, seeds: [], cart: [] }
    const owned = new Set(past.filter((one) => one.type === 'purchase').map((one) => one.id))
    // As shelves do: what was only looked at may come again.
    const fresh = wanted.filter((id) => !owned.has(id))
    const repeated = wanted.filter((id) => owned.has(id))
    if (past.length > 0 && fresh.length > 0) tasks.push({ ...bare, purpose: 'home', wanted: new Set(fresh) })
    if (repeated.length > 0 && owned.size > repeated.length)
      tasks.push({ ...bare, purpose: 'again', wanted: new Set(repeated) })
    tasks.push(...presentTasks(common, wanted, rng))
  }
  return tasks
}

/** A cart of one half of what was wanted, and a page of one of it. */
function presentTasks(
  common: Pick<RankTask, 'shopper' | 'past' | 'market' | 'atMs'>,
  wanted: readonly string[],
  rng: Rng,
): RankTask[] {
  const tasks: RankTask[] = []
  if (wanted.length < 2) return tasks
  const mixed = rng.shuffle(wanted)
  tasks.push({ ...common, purpose: 'product', seeds: mixed.slice(0, 1), cart: [], wanted: new Set(mixed.slice(1)) })
  if (wanted.length < CART_ITEMS_MIN) return tasks
  const half = mixed.length >> 1
  const cart = mixed.slice(0, half).sort()
  tasks.push({ ...common, purpose: 'cart', seeds: [], cart, wanted: new Set(mixed.slice(half)) })
  return tasks
}

/** A shopper's past before a moment. */
export function pastBefore(
  visits: Visits,
  { from, to }: { from: number; to: number },
  atMs: number,
  input: LearnInput,
): PastItem[] {
  let end = from
  while (end < to && visits.visitAt[end]! < atMs) end += 1
  return pastOf(visits, from, end, input)
}

/** What was done, by the strength that visits keep of it. */
const typeOf = (intent: number): EventType => (intent === 1 ? 'purchase' : intent >= 0.65 ? 'add_to_cart' : 'view')

/** What was done on the visits before; two of one moment, in two markets, know nothing of each other. */
function pastOf(visits: Visits, from: number, to: number, { items }: LearnInput): PastItem[] {
  const past: PastItem[] = []
  for (let visit = from; visit < to && visits.visitAt[visit]! < visits.visitAt[to]!; visit++) {
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) {
      const intent = visits.intent[entry]!
      if (intent <= 0) continue
      past.push({ id: items[visits.item[entry]!]!, type: typeOf(intent), atMs: visits.visitAt[visit]!, value: null })
    }
  }
  return past
}

/** What was bought on a visit; of one without a purchase what lay in the cart, else what was looked at. */
function wantedOf(visits: Visits, visit: number, { items }: LearnInput): string[] {
  let strongest = 0
  const to = visits.visitStart[visit + 1]!
  for (let entry = visits.visitStart[visit]!; entry < to; entry++)
    strongest = Math.max(strongest, visits.intent[entry]!)
  const least = strongest === 1 ? 1 : strongest * 0.9
  const wanted: string[] = []
  for (let entry = visits.visitStart[visit]!; entry < to; entry++)
    if (visits.intent[entry]! > 0 && visits.intent[entry]! >= least) wanted.push(items[visits.item[entry]!]!)
  return wanted
}

/** What really happened to the items, and the judgement of one answer by it. */
import type { ItemLine } from '../../shared/domain/item.ts'
import type { Asked } from '../support/ask.ts'

export type Fate = 'out_of_stock' | 'hidden' | 'expired' | 'expires_soon' | 'deleted' | 'closed_here'
export const FATES: readonly Fate[] = ['out_of_stock', 'hidden', 'expired', 'expires_soon', 'deleted', 'closed_here']

/** One item that stopped being for sale. */
export interface Loss {
  id: string
  fate: Fate
  /** The market that it is lost in; null for every market. */
  market: string | null
  /** When the change was committed, the epoch that it got, and from when on the item cannot be sold. */
  committedMs: number
  epoch: number
  goneFromMs: number
}

/** The item's own line with the fate applied; null when it is deleted. */
export function fated(item: ItemLine, fate: Fate, market: string, nowMs: number, soonMs: number): ItemLine | null {
  const each = (change: (offer: ItemLine['offers'][number]) => ItemLine['offers'][number]) => ({
    ...item,
    offers: item.offers.map(change),
  })
  const until = (ms: number) => each((offer) => ({ ...offer, valid_until: new Date(ms).toISOString() }))
  switch (fate) {
    case 'deleted':
      return null
    case 'out_of_stock':
      return each(({ variants, ...offer }) => ({
        ...offer,
        stock: 0,
        ...(variants === undefined ? {} : { variants: variants.map((own) => ({ ...own, stock: 0 })) }),
      }))
    case 'hidden':
      return each((offer) => ({ ...offer, visible: false }))
    case 'expired':
      return until(nowMs - 60_000)
    case 'expires_soon':
      return until(nowMs + soonMs)
    case 'closed_here': {
      const general = item.offers.find((offer) => offer.market === '*')!
      const others = item.offers.filter((offer) => offer.market !== market)
      return { ...item, offers: [...others, { ...general, market, visible: false }] }
    }
  }
}

/** How long an item may still be shown after it was lost. */
export const PROMISE = { d1Ms: 10_000, snapshotMs: 90_000 } as const

export type Breach = 'a' | 'b' | 'c' | 'dishonest' | 'short' | 'excluded' | 'unnamed'

export interface Circumstances {
  nowMs: number
  market: string
  excluded: readonly string[]
  /** D1 answers at this location. */
  d1Up: boolean
  /** It has done so long enough for the breaker to have noticed. */
  d1Settled: boolean
  /** When the whole of D1 went down, if it is; nothing later can be known. */
  allDownSinceMs: number | null
}

/** Everything of an answer that breaks the statement, each with a line that says how. */
export function judge(
  asked: Asked,
  losses: ReadonlyMap<string, Loss>,
  now: Circumstances,
): Array<{ breach: Breach; text: string }> {
  const { answer, ids, request } = asked
  const found: Array<{ breach: Breach; text: string }> = []
  const fromD1 = answer.rung === 'L2'
  const asOfMs = answer.availabilityAsOfMs
  for (const id of ids) {
    const loss = losses.get(id)
    if (!loss || (loss.market !== null && loss.market !== now.market) || loss.goneFromMs > now.nowMs) continue
    const late = now.nowMs - loss.goneFromMs
    const what = `${id} (${loss.fate}) ${(late / 1_000).toFixed(1)} s late, ${answer.rung}/${answer.cache}`
    if (fromD1 && answer.epoch !== null && loss.epoch <= answer.epoch) found.push({ breach: 'a', text: what })
    if (fromD1 && late > PROMISE.d1Ms) found.push({ breach: 'b', text: what })
    if (!fromD1 && late > PROMISE.snapshotMs) found.push({ breach: 'c', text: what })
    if (asOfMs !== null && loss.goneFromMs < asOfMs)
      found.push({ breach: 'dishonest', text: `${what}, known as of ${asOfMs - loss.goneFromMs} ms after it` })
  }
  const says = (breach: Breach, text: string) =>
    found.push({ breach, text: `${text} (${answer.rung}/${answer.cache})` })
  const fresh = fromD1 && answer.cache === 'none'
  if (!fresh && asOfMs === null) says('dishonest', 'no availability_as_of')
  if (asOfMs !== null && asOfMs > now.nowMs) says('dishonest', 'availability_as_of lies ahead')
  if (asOfMs !== null && now.allDownSinceMs !== null && asOfMs > now.allDownSinceMs)
    says('dishonest', 'availability_as_of is later than anything could be known')
  if (fromD1 && now.d1Up && ids.length < request.limit) says('short', `${ids.length} of ${request.limit} items`)
  if (ids.length > request.limit || new Set(ids).size !== ids.length) says('short', 'too many or repeated items')
  const banned = new Set([...now.excluded, ...request.seeds, ...request.cart])
  for (const id of ids) if (banned.has(id)) says('excluded', id)
  if (now.d1Up && now.d1Settled && !fromD1) says('unnamed', `D1 answers, degraded ${answer.degraded.join()}`)
  if (!now.d1Up && fresh) says('unnamed', 'an answer of a D1 that is down')
  if (!fromD1 && !answer.degraded.includes('catalogue'))
    says('unnamed', `degraded ${answer.degraded.join() || 'nothing'}`)
  // A seed that was just deleted has no vector, which the index tells as an error.
  const blamed = request.seeds.some((seed) => losses.has(seed))
    ? answer.degraded.filter((one) => one !== 'vector_seed')
    : answer.degraded
  if (fromD1 && blamed.length > 0 && now.d1Settled) says('unnamed', `degraded ${blamed.join()}`)
  return found
}

/** Shops of any size on disk: seeded, written partition by partition, never held in memory. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DAY_MS, MINUTE_MS } from '../../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../../shared/base/rng.ts'
import type { EventType, Interaction } from '../../../shared/domain/event.ts'
import { shopBodySchema } from '../../../shared/domain/shop.ts'
import { dayOf, objectNames } from '../../../shared/store/keys.ts'
import { toRow } from '../../../shared/store/operations/event_inbox.ts'
import type { ShopData } from '../../support/shops.ts'
import { zipf } from '../../support/zipf.ts'

export interface SyntheticShop {
  shop: string
  events: number
  items: number
  seed: number
}

const DAYS = 360
const START_MS = Date.UTC(2025, 0, 1)
const EVENTS_PER_SHOPPER = 20
const EVENTS_PER_VISIT = 4
/** Rank r is drawn in proportion to 1 / r ** this. */
const ZIPF = 0.9
const MARKETS = ['DE', 'FR', 'GB', null] as const
const TYPES: ReadonlyArray<readonly [EventType, number]> = [
  ['view', 0.5],
  ['add_to_cart', 0.6],
  ['purchase', 0.97],
  ['feedback', 0.985],
  ['refund', 1],
]

export const itemIds = ({ items }: SyntheticShop): string[] =>
  Array.from({ length: items }, (_, index) => `item-${String(index).padStart(5, '0')}`)

/** A year of a shop, day by day. */
function* days(spec: SyntheticShop): Generator<{ dayMs: number; interactions: Interaction[] }> {
  const rng = seededRng(spec.seed)
  const draw = zipf(spec.items, ZIPF)
  const ids = itemIds(spec)
  const shoppers = Math.ceil(spec.events / EVENTS_PER_SHOPPER)
  let count = 0
  for (let day = 0; day < DAYS; day++) {
    const until = Math.round((spec.events * (day + 1)) / DAYS)
    const interactions: Interaction[] = []
    while (count < until) {
      const shopper = `u:${rng.int(shoppers)}`
      const market = MARKETS[rng.int(MARKETS.length)]!
      let atMs = START_MS + day * DAY_MS + rng.int(DAY_MS - 2 * 60 * MINUTE_MS)
      const length = 1 + rng.int(2 * EVENTS_PER_VISIT - 1)
      for (let n = 0; n < length && count < until; n++) {
        atMs += rng.int(5) * MINUTE_MS
        const doing = { eventId: `e${count++}`, shopper, item: ids[draw(rng)]!, atMs, market, recommendationId: null }
        interactions.push({ ...doing, ...deed(rng) })
      }
    }
    yield { dayMs: START_MS + day * DAY_MS, interactions }
  }
}

function deed(rng: Rng): Pick<Interaction, 'type' | 'quantity' | 'price' | 'value'> {
  const p = rng.next()
  const type = TYPES.find(([, below]) => p < below)![0]
  return {
    type,
    quantity: 1 + rng.int(3),
    price: type === 'purchase' ? 100 + rng.int(5_000) : null,
    value: type === 'feedback' ? (rng.next() < 0.7 ? 1 : -1) : null,
  }
}

/** Writes a shop's partitions below a folder that stands for a bucket. */
export function writeSynthetic(spec: SyntheticShop, folder: string): void {
  let written = 0
  for (const { dayMs, interactions } of days(spec)) {
    const name = objectNames.events(spec.shop, dayOf(dayMs), written, written + interactions.length - 1)
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, interactions.map((one) => JSON.stringify(toRow(one))).join('\n'))
    written += interactions.length
  }
}

/** The same as a shop sends it, for shops that fit in memory. */
export function syntheticShop(spec: SyntheticShop): ShopData {
  const markets = MARKETS.flatMap((market) => (market === null ? [] : [{ market, currency: 'EUR', locale: 'en' }]))
  const events = [...days(spec)].flatMap(({ interactions }) =>
    interactions.map(({ eventId, shopper, item, type, atMs, market, quantity, price, value }) => ({
      event_id: eventId,
      user_id: shopper.slice(2),
      item_id: item,
      type,
      occurred_at: new Date(atMs).toISOString(),
      ...(market === null ? {} : { market }),
      ...(type === 'purchase' || type === 'refund' ? { quantity } : {}),
      ...(price === null ? {} : { price }),
      ...(value === null ? {} : { value: value > 0 ? 'like' : 'dislike' }),
    })),
  )
  return {
    shop: spec.shop,
    body: shopBodySchema.parse({ name: 'Synthetic', locale: 'en', market: 'DE', markets }),
    items: itemIds(spec).map((id) => ({ id, title: id, offers: [{ market: '*', currency: 'EUR', price: 100 }] })),
    events,
    newestMs: START_MS + DAYS * DAY_MS,
  }
}

import type { SimItem } from './catalogue.ts'

const DAY_MS = 86_400_000
const SEEN_HALF_LIFE_MS = 7 * DAY_MS
const BOUGHT_HALF_LIFE_MS = 21 * DAY_MS

interface Fading {
  amount: number
  atMs: number
}

/** What one shopper remembers between sessions: exposures without a click, and purchases. Both fade with time. */
export class Memory {
  readonly recent: string[] = []
  private readonly unclicked = new Map<string, Fading>()
  private readonly boughtInCategory = new Map<string, Fading>()
  private readonly owned = new Map<string, Fading>()
  /** Categories taken lately; complements answer to these. */
  private readonly taken = new Map<string, Fading>()

  sawWithoutClick(item: SimItem, atMs: number): void {
    add(this.unclicked, item.id, atMs, SEEN_HALF_LIFE_MS)
  }

  clicked(item: SimItem): void {
    this.unclicked.delete(item.id)
    this.recent.unshift(item.id)
    this.recent.length = Math.min(this.recent.length, 20)
  }

  /** `amount` 1 for the cart, less for a look at the product page. */
  took(item: SimItem, atMs: number, amount = 1): void {
    add(this.taken, item.category, atMs, BOUGHT_HALF_LIFE_MS, amount)
  }

  bought(item: SimItem, atMs: number): void {
    add(this.owned, item.id, atMs, BOUGHT_HALF_LIFE_MS)
    add(this.boughtInCategory, item.category, atMs, BOUGHT_HALF_LIFE_MS)
  }

  unclickedViews = (itemId: string, atMs: number): number => read(this.unclicked, itemId, atMs, SEEN_HALF_LIFE_MS)
  categoryPurchases = (category: string, atMs: number): number =>
    read(this.boughtInCategory, category, atMs, BOUGHT_HALF_LIFE_MS)
  ownership = (itemId: string, atMs: number): number => read(this.owned, itemId, atMs, BOUGHT_HALF_LIFE_MS)
  takenFrom = (category: string, atMs: number): number => read(this.taken, category, atMs, BOUGHT_HALF_LIFE_MS)
}

function read(map: ReadonlyMap<string, Fading>, key: string, atMs: number, halfLifeMs: number): number {
  const held = map.get(key)
  return held === undefined ? 0 : held.amount * 0.5 ** (Math.max(0, atMs - held.atMs) / halfLifeMs)
}

function add(map: Map<string, Fading>, key: string, atMs: number, halfLifeMs: number, amount = 1): void {
  map.set(key, { amount: read(map, key, atMs, halfLifeMs) + amount, atMs })
}

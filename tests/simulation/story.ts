/** What truly happens in the shops of a simulated world: every item's states in order, and the orders. Seeded. */
import { MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import type { Rng } from '../../shared/base/rng.ts'

export type Platform = 'shopify' | 'woocommerce' | 'standard'

/** A shop that sells through one platform; shops have the same item ids. */
export interface SimShop {
  shop: string
  platform: Platform
  currency: 'EUR' | 'JPY'
}

export const SHOPS: readonly SimShop[] = [
  { shop: 'north-s', platform: 'shopify', currency: 'EUR' },
  { shop: 'south-s', platform: 'shopify', currency: 'JPY' },
  { shop: 'north-w', platform: 'woocommerce', currency: 'EUR' },
  { shop: 'south-w', platform: 'woocommerce', currency: 'JPY' },
  { shop: 'north-x', platform: 'standard', currency: 'EUR' },
  { shop: 'south-x', platform: 'standard', currency: 'JPY' },
]

export interface VariantTruth {
  id: string
  price: number
  /** Units by location; null: stock is not counted. */
  units: Readonly<Record<string, number>> | null
}

export interface ItemTruth {
  title: string
  description: string
  brand: string
  visible: boolean
  variants: readonly VariantTruth[]
}

export type ChangeKind = 'create' | 'text' | 'price' | 'stock' | 'visibility' | 'variants' | 'delete'

/** One thing that happened to an item, and how it was afterwards; null: deleted. */
export interface Change {
  kind: ChangeKind
  atMs: number
  truth: ItemTruth | null
  /** Of a change of stock: where. */
  variant?: string
  location?: string
}

export interface Life {
  shop: SimShop
  item: string
  changes: readonly Change[]
}

export interface OrderTruth {
  shop: SimShop
  order: string
  customer: string
  atMs: number
  lines: ReadonlyArray<{ line: string; item: string; variant: string; quantity: number; price: number }>
  /** A later return of some of the first line. */
  refund: { refund: string; atMs: number; quantity: number } | null
}

const NOUNS = 'teapot kettle lamp chair blanket vase candle basket mirror shelf towel bowl'.split(' ')
const WORDS = (
  'oak walnut linen wool glass clay iron copper brass cotton round tall small wide warm soft matt bright woven carved ' +
  'glazed folded striped plain evening garden kitchen winter summer harbour'
).split(' ')
const BRANDS = ['Hearth', 'Tide', 'Lumen', 'Fjord']
const LOCATIONS = ['701', '702', '703']
/** Changes of one item come as close as this: within a second, and within what several workers do at once. */
const CLOSEST_MS = 40

const kinds = (platform: Platform): readonly ChangeKind[] => [
  'text',
  'price',
  'price',
  'stock',
  'stock',
  'stock',
  'visibility',
  ...(platform === 'woocommerce' ? [] : (['variants'] as const)),
  'delete',
]

export interface StoryOptions {
  itemsPerShop: number
  changesPerItem: number
  ordersPerShop: number
  startMs: number
  /** The time over which all of it happens. */
  lastsMs: number
}

export function tellLives(rng: Rng, options: StoryOptions): Life[] {
  return SHOPS.flatMap((shop, shopNumber) =>
    Array.from({ length: options.itemsPerShop }, (_, n) => tellLife(rng, shop, `${shopNumber}n${n}`, n, options)),
  )
}

function tellLife(rng: Rng, shop: SimShop, mark: string, number: number, options: StoryOptions): Life {
  const item = String(8_000_001 + number)
  const count = 1 + rng.int(options.changesPerItem * 2)
  const isCounted = rng.next() < 0.85
  // The same for all of its life: what is no longer stocked somewhere would have to be told as such.
  const places = shop.platform === 'shopify' ? LOCATIONS.slice(0, 1 + rng.int(3)) : ['all']
  let atMs = options.startMs + rng.int(Math.floor(options.lastsMs / 4))
  let revision = 0
  const words = () => {
    // A word that no other revision of any item has: full text search can be asked for exactly this one.
    const title = `${rng.pick(NOUNS)} ${rng.pick(WORDS)} q${mark}r${revision++}`
    const description = Array.from({ length: 3 + rng.int(4) }, () => rng.pick(WORDS)).join(' ')
    return { title, description }
  }
  const variant = (id: string): VariantTruth => ({
    id,
    price: priceOf(rng, shop),
    units: isCounted ? unitsOf(rng, places) : null,
  })
  const born = (): ItemTruth => {
    const many = shop.platform === 'woocommerce' ? 0 : rng.int(3)
    const ids =
      many === 0 && shop.platform !== 'shopify'
        ? [item]
        : Array.from({ length: Math.max(1, many) }, (_, n) => `${item}0${n}`)
    return { ...words(), brand: rng.pick(BRANDS), visible: rng.next() < 0.9, variants: ids.map(variant) }
  }
  let truth: ItemTruth | null = born()
  const changes: Change[] = [{ kind: 'create', atMs, truth }]
  while (changes.length < count) {
    if (truth === null) {
      // WooCommerce tells of a delete without a moment, so nothing may come after it; elsewhere it was long enough ago.
      if (shop.platform === 'woocommerce' || rng.next() < 0.3) break
      atMs += 5 * SECOND_MS + rng.int(40 * MINUTE_MS)
      truth = born()
      changes.push({ kind: 'create', atMs, truth })
      continue
    }
    atMs += gap(rng, options)
    const change = changed(rng, shop, truth, words, variant)
    truth = change.truth
    changes.push({ ...change, atMs })
  }
  return { shop, item, changes }
}

/** A third of the changes follow within two seconds; the others take their time. */
function gap(rng: Rng, options: StoryOptions): number {
  if (rng.next() < 0.35) return CLOSEST_MS + rng.int(2 * SECOND_MS)
  return SECOND_MS + rng.int(Math.floor((options.lastsMs * 1.2) / options.changesPerItem))
}

const priceOf = (rng: Rng, shop: SimShop) => (shop.currency === 'JPY' ? 100 + rng.int(90_000) : 99 + rng.int(50_000))

function unitsOf(rng: Rng, places: readonly string[]): Record<string, number> {
  return Object.fromEntries(places.map((place) => [place, rng.next() < 0.4 ? 0 : rng.int(30)]))
}

function changed(
  rng: Rng,
  shop: SimShop,
  truth: ItemTruth,
  words: () => Pick<ItemTruth, 'title' | 'description'>,
  variantOf: (id: string) => VariantTruth,
): Omit<Change, 'atMs'> {
  const kind = rng.pick(kinds(shop.platform))
  const one = rng.int(truth.variants.length)
  const withVariant = (next: VariantTruth): ItemTruth => ({
    ...truth,
    variants: truth.variants.map((own, n) => (n === one ? next : own)),
  })
  const chosen = truth.variants[one]!
  switch (kind) {
    case 'price':
      return { kind, truth: withVariant({ ...chosen, price: priceOf(rng, shop) }) }
    case 'visibility':
      return { kind, truth: { ...truth, visible: !truth.visible } }
    case 'variants':
      return { kind, truth: { ...truth, variants: otherVariants(rng, truth.variants, variantOf) } }
    case 'delete':
      return { kind, truth: null }
    case 'stock': {
      if (chosen.units === null) break
      const location = rng.pick(Object.keys(chosen.units))
      const units = { ...chosen.units, [location]: rng.next() < 0.35 ? 0 : rng.int(30) }
      return { kind, truth: withVariant({ ...chosen, units }), variant: chosen.id, location }
    }
  }
  return { kind: 'text', truth: { ...truth, ...words() } }
}

/** One more variant, or one less where there are several. An item that is its own variant stays so. */
function otherVariants(
  rng: Rng,
  variants: readonly VariantTruth[],
  variantOf: (id: string) => VariantTruth,
): readonly VariantTruth[] {
  if (variants.length > 1 && rng.next() < 0.5) return variants.slice(0, -1)
  const last = variants.at(-1)!.id
  // An id of seven digits is the item's own.
  if (last.length === 7) return variants
  return [...variants, variantOf(`${last.slice(0, -1)}${Number(last.at(-1)) + 1}`)].slice(0, 9)
}

export function tellOrders(rng: Rng, lives: readonly Life[], options: StoryOptions): OrderTruth[] {
  return SHOPS.filter((shop) => shop.platform !== 'standard').flatMap((shop) => {
    const own = lives.filter((life) => life.shop === shop)
    return Array.from({ length: options.ordersPerShop }, (_, n): OrderTruth => {
      const order = String(5_000_001 + n)
      const atMs = options.startMs + rng.int(options.lastsMs)
      const lines = Array.from({ length: 1 + rng.int(3) }, (_, line) => {
        const life = rng.pick(own)
        const variant = life.changes[0]!.truth!.variants[0]!
        return {
          line: `${order}${line}`,
          item: life.item,
          variant: variant.id,
          quantity: 1 + rng.int(3),
          price: variant.price,
        }
      })
      const isReturned = shop.platform === 'shopify' && rng.next() < 0.2
      const refund = isReturned
        ? { refund: `9${order}`, atMs: atMs + MINUTE_MS + rng.int(600 * MINUTE_MS), quantity: 1 }
        : null
      return { shop, order, customer: `c${rng.int(40)}`, atMs, lines, refund }
    })
  })
}

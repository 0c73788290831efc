import { DAY_MS } from '../../../shared/base/clock.ts'
import { hash32 } from '../../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../../shared/base/rng.ts'
import type { ItemLine } from '../../../shared/domain/item.ts'
import { normal } from '../draw.ts'
import type { Complement } from '../types.ts'

/** A shop that was made up: large enough that no policy shows all of it. */
export interface GeneratedShop {
  items: ItemLine[]
  complements: Complement[]
}

const ROOTS = ['Kitchen', 'Garden', 'Outdoor', 'Study', 'Bath', 'Nursery', 'Sport', 'Workshop']
const KINDS = ['pots', 'lamps', 'boxes', 'tools', 'cloths', 'bags', 'racks', 'sets']
const STYLES = ['rustic', 'modern', 'classic', 'rugged', 'playful', 'plain']
const MATERIALS = ['oak', 'steel', 'linen', 'stoneware', 'leather', 'bamboo', 'glass', 'wool']
const COLOURS = ['white', 'black', 'moss', 'ink', 'sand', 'rust', 'sky', 'plum']
const BRANDS = 30
/** Share of categories that are bought up and bought again. */
const CONSUMABLE_SHARE = 0.15
/** Share of items that came in the last weeks before the judged period. */
const NEW_SHARE = 0.06
const NEW_WITHIN_DAYS = 14
export const MARKET = { market: 'GB', currency: 'GBP' } as const

/** Items over at most 64 categories; prices are lognormal around each category's own level. */
export function generatedShop(size: number, startMs: number, seed: number): GeneratedShop {
  const rng = seededRng(hash32('shop', seed))
  const categories = ROOTS.flatMap((root) => KINDS.map((kind) => `${root} > ${root} ${kind}`))
  const kept = categories.slice(0, Math.max(8, Math.min(categories.length, Math.round(size / 15))))
  const levels = kept.map(() => ({
    price: 1_500 * Math.exp(0.4 * normal(rng)),
    consumable: rng.next() < CONSUMABLE_SHARE,
  }))
  const items = Array.from({ length: size }, (_, index): ItemLine => {
    const at = index % kept.length
    return itemOf(`i${String(index).padStart(5, '0')}`, kept[at]!, levels[at]!, startMs, rng)
  })
  const complements = kept
    .filter(() => rng.next() < 0.6)
    .map((from) => ({ from, to: rng.pick(kept), lift: 1.6 + rng.next() }))
    .filter(({ from, to }) => from !== to)
  return { items, complements }
}

function itemOf(
  id: string,
  category: string,
  level: { price: number; consumable: boolean },
  startMs: number,
  rng: Rng,
): ItemLine {
  const [style, material, colour] = [rng.pick(STYLES), rng.pick(MATERIALS), rng.pick(COLOURS)]
  const kind = category.slice(category.lastIndexOf(' > ') + 3)
  const isNew = rng.next() < NEW_SHARE
  const ageDays = isNew ? rng.next() * NEW_WITHIN_DAYS : 60 + rng.next() * 600
  return {
    id,
    title: `${style} ${material} ${kind.toLowerCase()} in ${colour}`,
    description: `${kind} of ${material}, ${style} in look, ${colour} in colour.`,
    brand: `Maker ${rng.int(BRANDS)}`,
    categories: [category],
    ...(level.consumable ? { tags: ['consumable'] } : {}),
    attributes: { style, material, colour },
    created_at: new Date(startMs - ageDays * DAY_MS).toISOString(),
    offers: [{ ...MARKET, price: Math.max(100, Math.round(level.price * Math.exp(0.3 * normal(rng)))), stock: 1_000 }],
  }
}

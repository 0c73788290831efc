import type { ItemLine, Offer } from '../../../shared/domain/item.ts'

/** Separates the steps of a category path; the domain's own module would bring its schemas along. */
const STEP = ' > '

export const rootCategory = (path: string): string => path.split(STEP, 1)[0]!
export const leafCategory = (path: string): string => path.split(STEP).at(-1)!

/** A form of an item that can be bought in one market. */
export interface Choice {
  id: string
  title: string
  price: number
  listPrice: number | null
  /** Null: not counted, always there. */
  stock: number | null
}

/** An item as one market sells it. */
export interface Sold {
  item: ItemLine
  offer: Offer
  title: string
  description: string
  choices: Choice[]
}

const loaded = new Map<string, Promise<ItemLine[]>>()

/** The shop's whole catalogue, asked for once a visit. */
export function loadItems(shop: string): Promise<ItemLine[]> {
  const known = loaded.get(shop)
  if (known) return known
  const asked = fetch(`/demo/${encodeURIComponent(shop)}/items.json`).then((response) => {
    if (!response.ok) throw new Error(`items: ${response.status}`)
    return response.json() as Promise<ItemLine[]>
  })
  loaded.set(shop, asked)
  asked.catch(() => loaded.delete(shop))
  return asked
}

/** The item in a market, or null where it is not sold. */
export function soldIn(item: ItemLine, market: string): Sold | null {
  const offer = item.offers.find((one) => one.market === market) ?? item.offers.find((one) => one.market === '*')
  if (!offer || offer.visible === false) return null
  const title = offer.title ?? item.title
  const choices = offer.variants
    ? offer.variants.map((variant) => ({
        id: variant.id,
        title: item.variants?.find((one) => one.id === variant.id)?.title ?? title,
        price: variant.price,
        listPrice: variant.list_price ?? null,
        stock: variant.stock ?? null,
      }))
    : [{ id: item.id, title, price: offer.price ?? 0, listPrice: offer.list_price ?? null, stock: offer.stock ?? null }]
  return { item, offer, title, description: offer.description ?? item.description ?? '', choices }
}

export const inStock = (choice: Choice): boolean => choice.stock === null || choice.stock > 0

/** The form shown first: the cheapest that can be had. */
export const firstChoice = (sold: Sold): Choice =>
  [...sold.choices].sort((a, b) => Number(inStock(b)) - Number(inStock(a)) || a.price - b.price)[0]!

/** Text search within the page: every word must occur; the title counts most. The API's own search makes the shelf. */
export function searchItems(all: readonly Sold[], query: string): Sold[] {
  const words = query.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean)
  const scored = all.map((sold) => {
    const title = `${sold.title} ${sold.item.title}`.normalize('NFKC').toLowerCase()
    const rest = [sold.description, sold.item.description, sold.item.brand, ...(sold.item.categories ?? [])]
      .concat(
        sold.item.tags ?? [],
        Object.values(sold.item.attributes ?? {})
          .flat()
          .map(String),
      )
      .join(' ')
      .normalize('NFKC')
      .toLowerCase()
    if (!words.every((word) => title.includes(word) || rest.includes(word))) return { sold, score: 0 }
    return { sold, score: words.reduce((sum, word) => sum + (title.includes(word) ? 3 : 1), 0) }
  })
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ sold }) => sold)
}

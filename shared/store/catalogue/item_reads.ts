import type { D1Database } from '@cloudflare/workers-types'
import type { ItemDeletion, ItemLine } from '../../domain/item.ts'

/** Items as they came in: for export, and for finding what a source calls by another name. */
export interface ItemReads {
  /**
   * A page of a shop's items by id, each as the line that would write it again.
   * @param after the last id of the page before; null begins
   * @param withDeleted with tombstones among them
   * @returns `last` null when nothing follows
   */
  page(
    shop: string,
    after: string | null,
    limit: number,
    withDeleted: boolean,
  ): Promise<{ lines: Array<ItemLine | ItemDeletion>; last: string | null }>
  /**
   * What order histories call by a SKU or a variant's id. Names of items stand for themselves and are left out, as are
   * names that several items share.
   */
  byVariant(shop: string, names: readonly string[]): Promise<Map<string, { item: string; variant: string }>>
}

export function createItemReads(db: D1Database): ItemReads {
  return {
    async page(shop, after, limit, withDeleted) {
      const { results } = await db
        .prepare(
          `SELECT id, title, description, brand, categories, tags, attributes, locale, url, image_url, created_at,
             source_at, source_version, deleted_at FROM items
           WHERE shop = ?1 AND id > ?2 ${withDeleted ? '' : 'AND deleted_at IS NULL'} ORDER BY id LIMIT ?3`,
        )
        .bind(shop, after ?? '', limit + 1)
        .all<ItemRow>()
      const rows = results.slice(0, limit)
      const parts = await readParts(
        db,
        shop,
        rows.filter((row) => row.deleted_at === null).map((row) => row.id),
      )
      const lines = rows.map((row) => (row.deleted_at === null ? lineOf(row, parts) : deletionOf(row)))
      return { lines, last: results.length > limit ? rows.at(-1)!.id : null }
    },
    async byVariant(shop, names) {
      const { results: unknown } = await db
        .prepare(
          `SELECT DISTINCT value AS name FROM json_each(?2)
           WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.shop = ?1 AND i.id = value AND i.deleted_at IS NULL)`,
        )
        .bind(shop, JSON.stringify(names))
        .all<{ name: string }>()
      if (unknown.length === 0) return new Map()
      const wanted = JSON.stringify(unknown.map((row) => row.name))
      const { results } = await db
        .prepare(
          `SELECT v.item, v.variant, v.sku FROM variants v
           WHERE v.shop = ?1 AND (v.sku IN (SELECT value FROM json_each(?2)) OR v.variant IN (SELECT value FROM json_each(?2)))`,
        )
        .bind(shop, wanted)
        .all<{ item: string; variant: string; sku: string | null }>()
      return unshared(results, new Set(unknown.map((row) => row.name)))
    },
  }
}

interface ItemRow {
  id: string
  title: string
  description: string
  brand: string | null
  categories: string
  tags: string
  attributes: string
  locale: string
  url: string | null
  image_url: string | null
  created_at: number
  source_at: number
  source_version: number
  deleted_at: number | null
}
interface VariantRow {
  item: string
  variant: string
  title: string | null
  options: string
  sku: string | null
  image_url: string | null
}
interface OfferRow {
  item: string
  market: string
  currency: string
  visible: number
  valid_from: number | null
  valid_until: number | null
  url: string | null
  title: string | null
  description: string | null
}
interface PriceRow {
  item: string
  market: string
  variant: string
  price: number
  list_price: number | null
  stock: number | null
}
interface Parts {
  variants: Map<string, VariantRow[]>
  offers: Map<string, OfferRow[]>
  /** By item and market. */
  prices: Map<string, PriceRow[]>
}

async function readParts(db: D1Database, shop: string, ids: readonly string[]): Promise<Parts> {
  const among = 'shop = ?1 AND item IN (SELECT value FROM json_each(?2))'
  const list = JSON.stringify(ids)
  const [variants, offers, prices] = await db.batch([
    db
      .prepare(
        `SELECT item, variant, title, options, sku, image_url FROM variants WHERE ${among} ORDER BY item, position`,
      )
      .bind(shop, list),
    db
      .prepare(
        `SELECT item, market, currency, visible, valid_from, valid_until, url, title, description FROM offers
         WHERE ${among} ORDER BY item, market`,
      )
      .bind(shop, list),
    db
      .prepare(
        `SELECT p.item, p.market, p.variant, p.price, p.list_price, p.stock FROM prices p
         LEFT JOIN variants v ON v.shop = p.shop AND v.item = p.item AND v.variant = p.variant
         WHERE p.shop = ?1 AND p.item IN (SELECT value FROM json_each(?2)) ORDER BY p.item, p.market, v.position`,
      )
      .bind(shop, list),
  ])
  return {
    variants: grouped(variants!.results as unknown as VariantRow[], (row) => row.item),
    offers: grouped(offers!.results as unknown as OfferRow[], (row) => row.item),
    prices: grouped(prices!.results as unknown as PriceRow[], (row) => JSON.stringify([row.item, row.market])),
  }
}

function grouped<R>(rows: readonly R[], key: (row: R) => string): Map<string, R[]> {
  const groups = new Map<string, R[]>()
  for (const row of rows) {
    const known = groups.get(key(row))
    if (known) known.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}

const iso = (ms: number): string => new Date(ms).toISOString()
const told = <T>(name: string, value: T | null): Record<string, T> => (value === null ? {} : { [name]: value })
const filled = (name: string, list: readonly unknown[]) => (list.length === 0 ? {} : { [name]: list })
const numbered = (version: number) => (version === 0 ? {} : { version })

const deletionOf = (row: ItemRow): ItemDeletion => ({
  id: row.id,
  deleted: true,
  updated_at: iso(row.source_at),
  ...numbered(row.source_version),
})

function lineOf(row: ItemRow, parts: Parts): ItemLine {
  const variants = parts.variants.get(row.id) ?? []
  const attributes = JSON.parse(row.attributes) as NonNullable<ItemLine['attributes']>
  // An item without variants of its own is stored as one variant that is itself and says nothing more.
  const isPlain = variants.every((one) => one.variant === row.id && isBare(one))
  const offers = (parts.offers.get(row.id) ?? []).flatMap((offer) => {
    const prices = parts.prices.get(JSON.stringify([row.id, offer.market])) ?? []
    // A market that lost its offer keeps a row without prices; it is no offer.
    return prices.length === 0 ? [] : [offerOf(row.id, offer, prices)]
  })
  return {
    id: row.id,
    title: row.title,
    ...(row.description === '' ? {} : { description: row.description }),
    ...told('brand', row.brand),
    ...filled('categories', JSON.parse(row.categories) as string[]),
    ...filled('tags', JSON.parse(row.tags) as string[]),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    locale: row.locale,
    ...told('url', row.url),
    ...told('image_url', row.image_url),
    created_at: iso(row.created_at),
    updated_at: iso(row.source_at),
    ...numbered(row.source_version),
    ...(isPlain ? {} : { variants: variants.map(variantOf) }),
    offers,
  }
}

const isBare = (row: VariantRow): boolean =>
  row.title === null && row.sku === null && row.image_url === null && row.options === '{}'

function variantOf(row: VariantRow): NonNullable<ItemLine['variants']>[number] {
  const options = JSON.parse(row.options) as Record<string, string>
  return {
    id: row.variant,
    ...told('title', row.title),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...told('sku', row.sku),
    ...told('image_url', row.image_url),
  }
}

function offerOf(item: string, offer: OfferRow, prices: readonly PriceRow[]): ItemLine['offers'][number] {
  const amounts = (row: PriceRow) => ({
    price: row.price,
    ...told('list_price', row.list_price),
    ...told('stock', row.stock),
  })
  const single = prices.length === 1 && prices[0]!.variant === item ? prices[0]! : null
  return {
    market: offer.market,
    currency: offer.currency,
    ...(single === null ? {} : amounts(single)),
    ...(offer.visible === 1 ? {} : { visible: false }),
    ...(offer.valid_from === null ? {} : { valid_from: iso(offer.valid_from) }),
    ...(offer.valid_until === null ? {} : { valid_until: iso(offer.valid_until) }),
    ...told('url', offer.url),
    ...told('title', offer.title),
    ...(offer.description ? { description: offer.description } : {}),
    ...(single === null ? { variants: prices.map((row) => ({ id: row.variant, ...amounts(row) })) } : {}),
  }
}

/** Names that mean one item and no other; a variant's own id counts before a SKU. */
function unshared(
  rows: ReadonlyArray<{ item: string; variant: string; sku: string | null }>,
  wanted: ReadonlySet<string>,
): Map<string, { item: string; variant: string }> {
  const found = new Map<string, { item: string; variant: string }>()
  for (const by of ['variant', 'sku'] as const) {
    const shared = new Set<string>()
    const own = new Map<string, { item: string; variant: string }>()
    for (const row of rows) {
      const name = row[by]
      if (name === null || !wanted.has(name) || found.has(name)) continue
      const before = own.get(name)
      if (before !== undefined && before.item !== row.item) shared.add(name)
      own.set(name, { item: row.item, variant: row.variant })
    }
    for (const [name, place] of own) if (!shared.has(name)) found.set(name, place)
  }
  return found
}

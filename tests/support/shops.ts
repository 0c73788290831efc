/** Shops as test data: the demo shops of the product, and datasets that lie beside the project where present. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type ItemLine, itemLineSchema } from '../../shared/domain/item.ts'
import { type ShopBody, shopBodySchema } from '../../shared/domain/shop.ts'

export interface ShopData {
  shop: string
  body: ShopBody
  items: ItemLine[]
  /** As a shop sends them; not yet checked. */
  events: unknown[]
  /** The newest event. */
  newestMs: number
}

const ROOT = join(import.meta.dirname, '../..')
/** Where datasets lie that are no part of the product. */
export const DATASETS = join(ROOT, '../shared/data')

/** Ten countries to ask from; the demo shops name some of them as their markets. */
export const COUNTRIES = ['GB', 'IE', 'DE', 'FR', 'JP', 'TW', 'NL', 'SE', 'ES', 'PT'] as const

const jsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

const timeOf = (event: unknown) => Date.parse((event as { occurred_at: string }).occurred_at)

/** One of `demo/shops`, as it is. */
export function demoShop(name: 'hearth-and-field' | 'tsukimi'): ShopData {
  const read = (file: string) => readFileSync(join(ROOT, 'demo/shops', name, file), 'utf8')
  const raw = JSON.parse(read('shop.json')) as Record<string, unknown>
  const body = shopBodySchema.parse({
    name: raw.name,
    locale: raw.locale,
    market: raw.market,
    markets: raw.markets,
  })
  const items = jsonLines(read('items.jsonl')).map((line) => itemLineSchema.parse(line))
  const events = jsonLines(read('events.jsonl'))
  return { shop: name, body, items, events, newestMs: Math.max(...events.map(timeOf)) }
}

/** The same shop, selling in every country: items get a general offer beside the ones of their own markets. */
export function everywhere(data: ShopData): ShopData {
  const items = data.items.map((item) =>
    item.offers.some((offer) => offer.market === '*')
      ? item
      : { ...item, offers: [...item.offers, { ...item.offers[0]!, market: '*' }] },
  )
  return { ...data, items }
}

interface DatasetItem {
  id: string
  title: string
  description?: string
  categories?: string[]
  brand?: string
  price?: { amount: number; currency: string }
  stock?: number
}
interface DatasetEvent {
  user: string
  item: string
  type: string
  ts: number
  session?: string
  country?: string
}

/** A dataset of real purchases as a shop; null where the folder is absent. */
export function datasetShop(folder: string): ShopData | null {
  if (!existsSync(join(folder, 'items.jsonl.gz'))) return null
  const read = (file: string) => jsonLines(gunzipSync(readFileSync(join(folder, file))).toString('utf8'))
  const items = (read('items.jsonl.gz') as DatasetItem[]).map(
    ({ id, title, description, categories, brand, price, stock }): ItemLine => ({
      id,
      title,
      ...(description === undefined ? {} : { description }),
      ...(categories === undefined ? {} : { categories }),
      ...(brand === undefined ? {} : { brand }),
      offers: [
        {
          market: '*',
          currency: price?.currency ?? 'GBP',
          price: price?.amount ?? 100,
          ...(stock === undefined ? {} : { stock }),
        },
      ],
    }),
  )
  const told = existsSync(join(folder, 'events.jsonl.gz')) ? (read('events.jsonl.gz') as DatasetEvent[]) : []
  const rows = told.filter((row) => row.type === 'purchase')
  const events = rows.map((row, index) => ({
    event_id: `e${index}`,
    type: row.type,
    user_id: row.user,
    item_id: row.item,
    ...(row.country === undefined ? {} : { market: row.country }),
    occurred_at: new Date(row.ts * 1_000).toISOString(),
  }))
  const newestMs = rows.reduce((max, row) => Math.max(max, row.ts * 1_000), 0)
  const body = shopBodySchema.parse({
    name: 'Dataset',
    locale: 'en-GB',
    market: 'GB',
    markets: COUNTRIES.map((market) => ({ market, currency: 'GBP', locale: 'en-GB' })),
  })
  return { shop: 'dataset', body, items, events, newestMs }
}

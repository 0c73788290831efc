import type { Attributes } from '../../domain/item.ts'

/** What an item says of itself, as D1 keeps it; lists and maps are JSON text. */
export interface WordsRow {
  id: string
  title: string
  brand: string | null
  categories: string
  tags: string
  attributes: string
  locale: string
}

/** The columns of an item that every reading of one for a shopper has. */
export interface ItemRow extends WordsRow {
  url: string | null
  image_url: string | null
}

/** With what ranking needs; times are milliseconds. */
export interface RankedRow extends ItemRow {
  created_at: number
  popularity: number
  epoch: number
}

type Column = keyof RankedRow

const WORDS: readonly (keyof WordsRow)[] = ['id', 'title', 'brand', 'categories', 'tags', 'attributes', 'locale']
const ITEM: readonly (keyof ItemRow)[] = [...WORDS, 'url', 'image_url']
const RANKED: readonly Column[] = [...ITEM, 'created_at', 'popularity', 'epoch']
/** Where a market's offer may say otherwise than the item. */
const OF_OFFER: ReadonlySet<Column> = new Set(['title', 'url'])

const own = (column: Column): string => `i.${column}`
const asOffered = (column: Column): string =>
  OF_OFFER.has(column) ? `COALESCE(o.${column}, i.${column}) AS ${column}` : own(column)

/** Columns of `items i`; those that are `OFFERED` also need `offers o`, whose own title and address come first. */
export const WORDS_COLUMNS = WORDS.map(own).join(', ')
export const OFFERED_ITEM_COLUMNS = ITEM.map(asOffered).join(', ')
export const RANKED_COLUMNS = RANKED.map(own).join(', ')
export const OFFERED_RANKED_COLUMNS = RANKED.map(asOffered).join(', ')

/** What these columns say. */
export const wordsOfRow = (row: WordsRow) => ({
  id: row.id,
  title: row.title,
  brand: row.brand,
  categories: JSON.parse(row.categories) as string[],
  tags: JSON.parse(row.tags) as string[],
  attributes: JSON.parse(row.attributes) as Attributes,
  locale: row.locale,
})

export const rankedOfRow = (row: RankedRow) => ({
  ...wordsOfRow(row),
  url: row.url,
  imageUrl: row.image_url,
  createdAtMs: row.created_at,
  popularity: row.popularity,
  epoch: row.epoch,
})

import type { Attributes } from '../../domain/item.ts'

/** The columns of an item that every reading of one has; lists and maps are JSON text. */
export interface ItemRow {
  id: string
  title: string
  brand: string | null
  categories: string
  tags: string
  attributes: string
  locale: string
  url: string | null
}

/** What these columns say. */
export const itemOfRow = (row: ItemRow) => ({
  id: row.id,
  title: row.title,
  brand: row.brand,
  categories: JSON.parse(row.categories) as string[],
  tags: JSON.parse(row.tags) as string[],
  attributes: JSON.parse(row.attributes) as Attributes,
  locale: row.locale,
  url: row.url,
})

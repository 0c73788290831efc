import type { ItemOutcome } from './item.ts'

/** One accepted item write in the form that is stored: normalised, hashed, every offer with its variants. */
export interface ItemWrite {
  id: string
  deleted: false
  title: string
  description: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Record<string, unknown>
  locale: string
  url: string | null
  imageUrl: string | null
  /** Null when the source does not say: then the moment of the item's first write, which later ones keep. */
  createdAtMs: number | null
  /** Writes are ordered by clock, then version, then hash: any order of arrival ends in the same row. */
  sourceAtMs: number
  sourceVersion: number
  contentHash: string
  /** Of everything that a language model or an embedder may see of the item. */
  textHash: string
  /** Full text columns: titles, the rest, and Chinese and Japanese cut into words. */
  text: { title: string; body: string; segmented: string }
  variants: ReadonlyArray<{
    variant: string
    title: string | null
    options: Record<string, string>
    sku: string | null
    imageUrl: string | null
  }>
  offers: ReadonlyArray<{
    market: string
    currency: string
    visible: boolean
    sellable: boolean
    validFromMs: number | null
    validUntilMs: number | null
    url: string | null
    title: string | null
    description: string | null
  }>
  prices: ReadonlyArray<{
    market: string
    variant: string
    price: number
    listPrice: number | null
    stock: number | null
  }>
}

/** A delete: it leaves a tombstone with the source's clock, so that a late update cannot resurrect the item. */
export interface ItemTombstone {
  id: string
  deleted: true
  sourceAtMs: number
  sourceVersion: number
}

export type StoredWrite = ItemWrite | ItemTombstone

export interface WriteOutcome {
  id: string
  outcome: Exclude<ItemOutcome, 'rejected'>
}

import { canonicalJson, hash64 } from '../base/hash.ts'
import { cleanText } from '../base/text/clean.ts'
import { segmentCjk } from '../base/text/tokenize.ts'
import type { ItemDeletion, ItemLine, Offer } from '../domain/item.ts'
import { LIMITS } from '../domain/limits.ts'
import type { ItemTombstone, ItemWrite } from '../domain/stored_write.ts'

/** An item that fits its schema and still cannot be taken: where, and why. */
export class ItemRefused extends Error {
  readonly pointer: string
  constructor(pointer: string, message: string) {
    super(message)
    this.name = 'ItemRefused'
    this.pointer = pointer
  }
}

/** The source's clock. One that runs far ahead would shut out every later write. @throws ItemRefused */
function sourceClock(updatedAt: string | undefined, nowMs: number): number {
  const atMs = updatedAt === undefined ? nowMs : Date.parse(updatedAt)
  if (atMs > nowMs + LIMITS.eventMaxAheadMs) throw new ItemRefused('/updated_at', 'lies more than 5 minutes ahead')
  return atMs
}

/**
 * The stored form of an item as it came in.
 * @param shopLocale the language of items that name none
 * @throws ItemRefused
 */
export function toItemWrite(line: ItemLine, shopLocale: string, nowMs: number): ItemWrite {
  const title = cleanText(line.title)
  if (title === '') throw new ItemRefused('/title', 'the title has no visible characters')
  const offers = line.offers.map((offer) => storedOffer(line, offer))
  const facts = {
    id: line.id,
    title,
    description: cleanText(line.description ?? ''),
    brand: line.brand === undefined ? null : cleanText(line.brand) || null,
    categories: unique((line.categories ?? []).map(cleanText)),
    tags: unique((line.tags ?? []).map(cleanText)),
    attributes: cleanAttributes(line.attributes ?? {}),
    locale: line.locale ?? shopLocale,
    url: line.url ?? null,
    imageUrl: line.image_url ?? null,
    variants: variantsOf(line),
    offers: offers.map(({ prices: _prices, ...offer }) => offer),
    prices: offers.flatMap((offer) => offer.prices),
  }
  const words = wordsOf(facts)
  return {
    ...facts,
    deleted: false,
    createdAtMs: momentMs(line.created_at),
    sourceAtMs: sourceClock(line.updated_at, nowMs),
    // The clock is left out: a re-sent item with nothing new but its time has not changed.
    contentHash: hash64(canonicalJson({ ...facts, createdAt: line.created_at ?? null })),
    textHash: hash64(canonicalJson(words)),
    text: { ...words, segmented: segmentCjk(`${words.title} ${words.body}`) },
  }
}

export function toTombstone(deletion: ItemDeletion, nowMs: number): ItemTombstone {
  return {
    id: deletion.id,
    deleted: true,
    sourceAtMs: sourceClock(deletion.updated_at, nowMs),
  }
}

const unique = (list: readonly string[]) => [...new Set(list.filter((text) => text !== ''))]
const momentMs = (text: string | undefined) => (text === undefined ? null : Date.parse(text))

function cleanAttributes(attributes: NonNullable<ItemLine['attributes']>): Record<string, unknown> {
  const clean = (value: string | number | boolean) => (typeof value === 'string' ? cleanText(value) : value)
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      cleanText(name),
      Array.isArray(value) ? value.map(clean) : clean(value),
    ]),
  )
}

/** Variants named by the item or only by its offers; an item with neither has one, itself. */
function variantsOf(line: ItemLine): ItemWrite['variants'] {
  const named = (line.variants ?? []).map((variant) => ({
    variant: variant.id,
    title: variant.title ?? null,
    options: variant.options ?? {},
    sku: variant.sku ?? null,
    imageUrl: variant.image_url ?? null,
  }))
  const known = new Set(named.map((variant) => variant.variant))
  const offered = line.offers.flatMap((offer) => offer.variants?.map((variant) => variant.id) ?? [line.id])
  const implied = [...new Set(offered)].filter((id) => !known.has(id))
  return [...named, ...implied.map((variant) => ({ variant, title: null, options: {}, sku: null, imageUrl: null }))]
}

function storedOffer(line: ItemLine, offer: Offer) {
  const rows = offer.variants ?? [
    { id: line.id, price: offer.price!, list_price: offer.list_price, stock: offer.stock },
  ]
  const prices = rows.map((row) => ({
    market: offer.market,
    variant: row.id,
    price: row.price,
    listPrice: row.list_price ?? offer.list_price ?? null,
    stock: row.stock ?? null,
  }))
  const visible = offer.visible ?? true
  return {
    market: offer.market,
    currency: offer.currency,
    visible,
    sellable: visible && prices.some((price) => price.stock === null || price.stock > 0),
    validFromMs: momentMs(offer.valid_from),
    validUntilMs: momentMs(offer.valid_until),
    url: offer.url ?? null,
    title: offer.title === undefined ? null : cleanText(offer.title) || null,
    description: offer.description === undefined ? null : cleanText(offer.description),
    prices,
  }
}

interface Worded {
  title: string
  description: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Record<string, unknown>
  offers: ReadonlyArray<{ title: string | null; description: string | null }>
}

/** What full text search sees: every language in one document, so that a shopper finds an item in any of them. */
function wordsOf(facts: Worded): { title: string; body: string } {
  // By name: the order of keys is no content, and must not give the text another hash.
  const values = Object.keys(facts.attributes)
    .sort()
    .flatMap((name) => facts.attributes[name])
    .filter((value) => typeof value === 'string')
  const titles = [facts.title, ...facts.offers.flatMap((offer) => offer.title ?? [])]
  const bodies = [
    facts.brand ?? '',
    ...facts.categories,
    ...facts.tags,
    ...values,
    facts.description,
    ...facts.offers.map((offer) => offer.description ?? ''),
  ]
  return { title: unique(titles).join(' '), body: unique(bodies as string[]).join(' ') }
}

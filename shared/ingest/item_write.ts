import { canonicalJson, hash64 } from '../base/hash.ts'
import { capText, cleanText } from '../base/text/clean.ts'
import { plainText } from '../base/text/html.ts'
import type { ItemDeletion, ItemLine, Offer } from '../domain/item.ts'
import { LIMITS } from '../domain/limits.ts'
import { searchWords } from '../domain/search_words.ts'
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
 * The stored form of an item as it came in. Every way in passes here, so every text is cleaned here.
 * @param shopLocale the language of items that name none
 * @throws ItemRefused
 */
export function toItemWrite(line: ItemLine, shopLocale: string, nowMs: number): ItemWrite {
  const title = titleText(line.title)
  if (title === '') throw new ItemRefused('/title', 'the title has no visible characters')
  const offers = line.offers.map((offer) => storedOffer(line, offer))
  const facts = {
    id: line.id,
    title,
    description: descriptionText(line.description ?? ''),
    brand: shortText(line.brand ?? '') || null,
    categories: unique((line.categories ?? []).map(titleText)),
    tags: unique((line.tags ?? []).map(shortText)),
    attributes: cleanAttributes(line.attributes ?? {}),
    locale: line.locale ?? shopLocale,
    url: line.url ?? null,
    imageUrl: line.image_url ?? null,
    variants: variantsOf(line),
    offers: offers.map(({ prices: _prices, ...offer }) => offer),
    prices: offers.flatMap((offer) => offer.prices),
  }
  return {
    ...facts,
    deleted: false,
    createdAtMs: momentMs(line.created_at),
    sourceAtMs: sourceClock(line.updated_at, nowMs),
    sourceVersion: line.version ?? 0,
    // The clock is left out: a re-sent item with nothing new but its time has not changed.
    contentHash: hash64(canonicalJson({ ...facts, createdAt: line.created_at ?? null })),
    textHash: textHashOf(facts),
    text: wordsOf(facts),
  }
}

export function toTombstone(deletion: ItemDeletion, nowMs: number): ItemTombstone {
  return {
    id: deletion.id,
    deleted: true,
    sourceAtMs: sourceClock(deletion.updated_at, nowMs),
    sourceVersion: deletion.version ?? 0,
  }
}

// What came in within its limit may be longer in its normal form: one Arabic ligature becomes eighteen letters.
const shortText = (text: string) => capText(cleanText(text), LIMITS.shortTextChars)
const titleText = (text: string) => capText(cleanText(text), LIMITS.titleChars)
const descriptionText = (text: string) => capText(plainText(text), LIMITS.descriptionChars)

const unique = (list: readonly string[]) => [...new Set(list.filter((text) => text !== ''))]
const momentMs = (text: string | undefined) => (text === undefined ? null : Date.parse(text))

/** Names that mean the same once cleaned keep the value of the first in the alphabet, whatever order they came in. */
function cleanAttributes(attributes: NonNullable<ItemLine['attributes']>): Record<string, unknown> {
  const clean = (value: string | number | boolean) => (typeof value === 'string' ? shortText(value) : value)
  const kept = (value: string | number | boolean) => value !== ''
  const entries = Object.entries(attributes).map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? value.map(clean).filter(kept) : clean(value),
  ])
  return byCleanName(entries.filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)))
}

const byCleanName = <T>(entries: ReadonlyArray<[string, T]>): Record<string, T> =>
  Object.fromEntries(
    [...entries]
      .sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0))
      .map(([name, value]): [string, T] => [shortText(name), value])
      .filter(([name]) => name !== ''),
  )

/** Variants named by the item or only by its offers; an item with neither has one, itself. */
function variantsOf(line: ItemLine): ItemWrite['variants'] {
  const named = (line.variants ?? []).map((variant) => ({
    variant: variant.id,
    title: shortText(variant.title ?? '') || null,
    options: byCleanName(
      Object.entries(variant.options ?? {}).flatMap(([name, value]): Array<[string, string]> => {
        const clean = shortText(value)
        return clean === '' ? [] : [[name, clean]]
      }),
    ),
    sku: shortText(variant.sku ?? '') || null,
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
    title: offer.title === undefined ? null : titleText(offer.title) || null,
    description: offer.description === undefined ? null : descriptionText(offer.description),
    prices,
  }
}

type Facts = Pick<ItemWrite, 'title' | 'description' | 'brand' | 'categories' | 'tags' | 'attributes' | 'locale'> &
  Pick<ItemWrite, 'variants' | 'offers'>

/** The values that variants differ in, each once: 2,048 variants have few. */
const optionsOf = (variants: ItemWrite['variants']): string[][] => {
  const seen = new Map<string, string[]>()
  for (const { options } of variants) {
    for (const option of Object.entries(options)) seen.set(JSON.stringify(option), option)
  }
  return [...seen.keys()].sort().map((key) => seen.get(key)!)
}

/**
 * Changes with every word that a language model may be shown: claims are checked against these fields, so an
 * understanding of other ones must not outlive them. Prices, stock and links are no words.
 */
function textHashOf(facts: Facts): string {
  const { title, description, brand, categories, tags, attributes, locale } = facts
  const localised = facts.offers.flatMap((offer) =>
    offer.title === null && !offer.description ? [] : [[offer.market, offer.title, offer.description]],
  )
  const variants = { options: optionsOf(facts.variants), localised: localised.sort() }
  return hash64(canonicalJson({ title, description, brand, categories, tags, attributes, locale, ...variants }))
}

/** What full text search sees of the item. */
const wordsOf = (facts: Facts) =>
  searchWords({
    ...facts,
    options: optionsOf(facts.variants).map(([, value]) => value!),
    localised: facts.offers,
  })

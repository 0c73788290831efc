import { parseMoney } from '../../base/money.ts'
import type { FieldError } from '../../base/problem.ts'
import { localeSchema } from '../../domain/ids.ts'
import { LIMITS } from '../../domain/limits.ts'
import {
  categoryPath,
  compact,
  descriptionText,
  fitted,
  fittedAttributes,
  fittedList,
  link,
  type Remarks,
  shortText,
} from './caps.ts'
import { isObject, type JsonLine, textIn, textsIn } from './json_lines.ts'
import { parseMoment } from './moment.ts'
import type { FeedOptions, FeedRecord } from './record.ts'

type Json = Record<string, unknown>

/** The enum of Google Retail's `Product.availability`: whether it can be bought. */
const AVAILABILITY: Readonly<Record<string, boolean>> = {
  AVAILABILITY_UNSPECIFIED: true,
  IN_STOCK: true,
  PREORDER: true,
  BACKORDER: true,
  OUT_OF_STOCK: false,
}
const TYPES = new Set(['', 'TYPE_UNSPECIFIED', 'PRIMARY', 'VARIANT', 'COLLECTION'])

/** Variants name their primary; the primary and its variants are one product. */
export function retailKey({ value }: JsonLine): string | null {
  return textIn(value.primaryProductId) || textIn(value.id) || null
}

interface RetailOffer {
  line: JsonLine
  id: string
  currency: string
  facts: { price: number; list_price?: number; stock?: number }
}

/** A product of Google Retail's NDJSON (googleapis: google/cloud/retail/v2/product.proto) with the variants that name it. */
export function retailProduct(lines: readonly JsonLine[], options: FeedOptions): FeedRecord[] {
  const records: FeedRecord[] = []
  const offers: RetailOffer[] = []
  const primaries: JsonLine[] = []
  for (const line of lines) {
    const errors: FieldError[] = []
    const isVariant =
      textIn(line.value.type) === 'VARIANT' && textIn(line.value.primaryProductId) !== textIn(line.value.id)
    const offer = readOffer(line, options, errors)
    const known = offers.find((one) => offer !== null && one.id === offer.id && isVariant)
    if (known) errors.push({ pointer: '/id', detail: `stands twice (line ${known.line.line})` })
    if (offer !== null && offers[0] && offers[0].currency !== offer.currency)
      errors.push({ pointer: '/priceInfo/currencyCode', detail: `its product is priced in ${offers[0].currency}` })
    if (errors.length > 0 || offer === null) {
      records.push({ kind: 'reject', line: line.line, id: textIn(line.value.id) || null, errors })
      continue
    }
    if (!isVariant) primaries.push(line)
    if (isVariant) offers.push(offer)
    else offers.unshift(offer)
  }
  if (offers.length === 0) return records
  const remarks: Remarks = []
  const variants = offers.filter((offer) => !primaries.includes(offer.line))
  // A later line of the same product replaces an earlier one.
  const main = primaries.at(-1) ?? variants[0]!.line
  const sold = variants.length > 0 ? variants : offers.filter((offer) => offer.line === main)
  const item = productOf(main, sold, variants.length > 0, options, remarks)
  records.push({ kind: 'item', line: lines[0]!.line, value: item })
  for (const detail of new Set(remarks)) records.push({ kind: 'warning', line: main.line, id: String(item.id), detail })
  return records
}

function readOffer(line: JsonLine, options: FeedOptions, errors: FieldError[]): RetailOffer | null {
  const { value } = line
  const id = textIn(value.id)
  if (id === '') errors.push({ pointer: '/id', detail: 'no id' })
  if (textIn(value.title) === '') errors.push({ pointer: '/title', detail: 'no title' })
  if (!TYPES.has(textIn(value.type)))
    errors.push({ pointer: '/type', detail: `one of ${[...TYPES].filter(Boolean).join(', ')}` })
  const availability = textIn(value.availability)
  if (availability !== '' && AVAILABILITY[availability] === undefined) {
    const known = Object.keys(AVAILABILITY).join(', ')
    errors.push({ pointer: '/availability', detail: `"${availability.slice(0, 60)}" is none of ${known}` })
  }
  const info = isObject(value.priceInfo) ? value.priceInfo : {}
  const currency = textIn(info.currencyCode) || options.currency
  const price = currency === null ? null : parseMoney(textIn(info.price), currency)
  if (currency === null) errors.push({ pointer: '/priceInfo/currencyCode', detail: 'no currency, and none was told' })
  else if (price === null)
    errors.push({
      pointer: '/priceInfo/price',
      detail: textIn(info.price) === '' ? 'no price' : 'not a price of zero or more',
    })
  const quantity = textIn(value.availableQuantity)
  if (quantity !== '' && !/^\d{1,9}$/.test(quantity))
    errors.push({ pointer: '/availableQuantity', detail: 'not a whole number of zero or more' })
  if (errors.length > 0 || currency === null || price === null) return null
  const original = parseMoney(textIn(info.originalPrice), currency)
  return { line, id, currency, facts: { price, ...listOf(original, price), ...stockOf(availability, quantity) } }
}

const listOf = (original: number | null, price: number) =>
  original !== null && original > price ? { list_price: original } : {}

function stockOf(availability: string, quantity: string): { stock?: number } {
  if (AVAILABILITY[availability] === false) return { stock: 0 }
  const isCounted = availability === 'IN_STOCK' && quantity !== ''
  return isCounted ? { stock: Number(quantity) } : {}
}

function productOf(
  main: JsonLine,
  sold: readonly RetailOffer[],
  hasVariants: boolean,
  options: FeedOptions,
  remarks: Remarks,
): Json {
  const { value } = main
  const locale = textIn(value.languageCode)
  const title = textIn(value.title)
  const expires = parseMoment(textIn(value.expireTime))
  const published = parseMoment(textIn(value.publishTime))
  const list = { entries: LIMITS.categoriesPerItem, chars: LIMITS.titleChars }
  return compact({
    id: retailKey(main),
    title: fitted(title, LIMITS.titleChars, 'title', remarks) ?? title,
    description: descriptionText(textIn(value.description), remarks),
    brand: shortText(textsIn(value.brands)[0] ?? '', 'brand', remarks),
    categories: fittedList(textsIn(value.categories).map(categoryPath), list, 'categories', remarks),
    tags: fittedList(
      textsIn(value.tags),
      { entries: LIMITS.tagsPerItem, chars: LIMITS.shortTextChars },
      'tags',
      remarks,
    ),
    attributes: attributesOf(hasVariants ? [main, ...sold.map((offer) => offer.line)] : [main], remarks),
    locale: localeSchema.safeParse(locale).success ? locale : undefined,
    url: link(textIn(value.uri), 'uri', remarks),
    image_url: link(imageOf(value), 'images', remarks),
    created_at: published === null ? undefined : new Date(published).toISOString(),
    variants: hasVariants ? sold.map((offer) => variantOf(offer, remarks)) : undefined,
    offers: [
      compact({
        market: options.market,
        currency: sold[0]!.currency,
        valid_until: expires === null ? undefined : new Date(expires).toISOString(),
        ...(hasVariants ? { variants: sold.map(({ id, facts }) => ({ id, ...facts })) } : sold[0]!.facts),
      }),
    ],
  })
}

const imageOf = (value: Json): string => {
  const [first] = Array.isArray(value.images) ? value.images : []
  return isObject(first) ? textIn(first.uri) : ''
}

function variantOf({ id, line: { value } }: RetailOffer, remarks: Remarks): Json {
  const colours = isObject(value.colorInfo) ? textsIn(value.colorInfo.colors) : []
  const options = { color: colours[0], size: textsIn(value.sizes)[0], material: textsIn(value.materials)[0] }
  return compact({
    id,
    title: shortText(textIn(value.title), 'a variant title', remarks),
    options: compact(options),
    sku: shortText(textIn(value.gtin), 'gtin', remarks),
    image_url: link(imageOf(value), 'images', remarks),
  })
}

function attributesOf(lines: readonly JsonLine[], remarks: Remarks): Json {
  const entries: Array<readonly [string, readonly (string | number)[]]> = []
  for (const { value } of lines) {
    const colours = isObject(value.colorInfo) ? value.colorInfo : {}
    const audience = isObject(value.audience) ? value.audience : {}
    entries.push(['color', textsIn(colours.colors)], ['color_family', textsIn(colours.colorFamilies)])
    entries.push(['size', textsIn(value.sizes)], ['material', textsIn(value.materials)])
    entries.push(['pattern', textsIn(value.patterns)], ['condition', textsIn(value.conditions)])
    entries.push(['gender', textsIn(audience.genders)], ['age_group', textsIn(audience.ageGroups)])
    entries.push(['gtin', textsIn(value.gtin)], ...ownAttributes(value.attributes))
  }
  return fittedAttributes(entries, remarks)
}

/** The shop's own attributes: a list of keys and values as BigQuery exports them, or a map as the API takes them. */
function ownAttributes(given: unknown): Array<readonly [string, readonly (string | number)[]]> {
  const pairs = Array.isArray(given)
    ? given.filter(isObject).map((entry) => [textIn(entry.key), entry.value] as const)
    : isObject(given)
      ? Object.entries(given)
      : []
  return pairs.flatMap(([name, value]) => {
    if (name === '' || !isObject(value)) return []
    const numbers = (Array.isArray(value.numbers) ? value.numbers : []).filter((one) =>
      Number.isFinite(one),
    ) as number[]
    return [[name, [...textsIn(value.text), ...numbers]] as const]
  })
}

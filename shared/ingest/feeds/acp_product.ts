import type { FieldError } from '../../base/problem.ts'
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
import { isObject, type JsonLine, textIn } from './json_lines.ts'
import { canBeBought } from './merchant_columns.ts'
import type { FeedOptions, FeedRecord } from './record.ts'

type Json = Record<string, unknown>

/**
 * Products as the Agentic Commerce Protocol (2026-04-17, schema.feed.json) and the Universal Commerce Protocol exchange
 * them: one product with its variants a line, or a body with a list of them. Money is in minor units already.
 */
export function acpProducts({ line, value }: JsonLine, options: FeedOptions): FeedRecord[] {
  const products = Array.isArray(value.products) ? value.products : [value]
  return products.flatMap((product: unknown) =>
    isObject(product)
      ? acpProduct(line, product, options)
      : [{ kind: 'reject' as const, line, id: null, errors: [{ pointer: '/products', detail: 'not an object' }] }],
  )
}

function acpProduct(line: number, product: Json, options: FeedOptions): FeedRecord[] {
  const id = textIn(product.id)
  const title = textIn(product.title)
  const errors: FieldError[] = []
  const remarks: Remarks = []
  if (id === '') errors.push({ pointer: '/id', detail: 'no id' })
  if (title === '') errors.push({ pointer: '/title', detail: 'no title' })
  const variants = (Array.isArray(product.variants) ? product.variants : []).filter(isObject)
  if (variants.length === 0) errors.push({ pointer: '/variants', detail: 'a product has at least one variant' })
  if (variants.length > LIMITS.variantsPerItem)
    errors.push({ pointer: '/variants', detail: `at most ${LIMITS.variantsPerItem} variants` })
  const offered =
    errors.length > 0 ? [] : variants.flatMap((variant, at) => offerOf(variant, at, options, errors) ?? [])
  const currencies = [...new Set(offered.map((one) => one.currency))]
  if (currencies.length > 1) errors.push({ pointer: '/variants', detail: `priced in ${currencies.join(' and ')}` })
  if (errors.length > 0) return [{ kind: 'reject', line, id: id || null, errors }]
  const item = compact({
    id,
    title: fitted(title, LIMITS.titleChars, 'title', remarks) ?? title,
    description: descriptionText(describedBy(product.description), remarks),
    brand: shortText(textIn(isObject(product.brand) ? product.brand.name : product.brand), 'brand', remarks),
    categories: categoriesOf(product.categories, remarks),
    tags: fittedList(
      texts(product.tags),
      { entries: LIMITS.tagsPerItem, chars: LIMITS.shortTextChars },
      'tags',
      remarks,
    ),
    attributes: attributesOf(product, variants, remarks),
    url: link(textIn(product.url), 'url', remarks),
    image_url: link(imageOf(product.media) || imageOf(variants[0]!.media), 'media', remarks),
    variants: variants.map((variant) => variantOf(variant, remarks)),
    offers: [
      {
        market: options.market,
        currency: currencies[0],
        variants: offered.map(({ currency: _currency, ...rest }) => rest),
      },
    ],
  })
  return [
    { kind: 'item', line, value: item },
    ...[...new Set(remarks)].map((detail) => ({ kind: 'warning' as const, line, id, detail })),
  ]
}

function offerOf(variant: Json, at: number, options: FeedOptions, errors: FieldError[]) {
  const pointer = `/variants/${at}`
  const id = textIn(variant.id)
  if (id === '') errors.push({ pointer: `${pointer}/id`, detail: 'no id' })
  const { price } = variant
  const amount = isObject(price) ? price.amount : undefined
  const currency = isObject(price) ? textIn(price.currency) || options.currency : null
  if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 0 || currency === null) {
    const detail = price === undefined ? 'no price' : 'an amount in minor units and a currency are wanted'
    errors.push({ pointer: `${pointer}/price`, detail })
    return null
  }
  const list = isObject(variant.list_price) ? variant.list_price.amount : undefined
  return {
    id,
    price: amount,
    currency,
    ...(typeof list === 'number' && Number.isInteger(list) && list > amount ? { list_price: list } : {}),
    ...stockOf(variant.availability, `${pointer}/availability`, errors),
  }
}

function stockOf(availability: unknown, pointer: string, errors: FieldError[]): { stock?: number } {
  if (!isObject(availability)) return {}
  const status = textIn(availability.status)
  const buyable = status === '' ? true : canBeBought(status)
  if (buyable === null)
    errors.push({ pointer: `${pointer}/status`, detail: `"${status.slice(0, 60)}" is no availability` })
  return availability.available === false || buyable === false ? { stock: 0 } : {}
}

function variantOf(variant: Json, remarks: Remarks): Json {
  const given = Array.isArray(variant.variant_options) ? variant.variant_options : variant.options
  const options = (Array.isArray(given) ? given : []).filter(isObject).flatMap((option) => {
    const name = shortText(textIn(option.name), 'an option', remarks)
    const value = shortText(textIn(option.value) || textIn(option.label), 'an option', remarks)
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return compact({
    id: textIn(variant.id),
    title: shortText(textIn(variant.title), 'a variant title', remarks),
    options: Object.fromEntries(options),
    sku: shortText(textIn(variant.sku), 'sku', remarks),
    image_url: link(imageOf(variant.media), 'media', remarks),
  })
}

function describedBy(description: unknown): string {
  if (!isObject(description)) return textIn(description)
  return textIn(description.plain) || textIn(description.html) || textIn(description.markdown)
}

const imageOf = (media: unknown): string => {
  const all = (Array.isArray(media) ? media : []).filter(isObject)
  return textIn(all.find((one) => one.type === undefined || one.type === 'image')?.url)
}

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.map(textIn).filter((text) => text !== '') : [])

function categoriesOf(given: unknown, remarks: Remarks): string[] {
  const paths = (Array.isArray(given) ? given : [])
    .map((entry: unknown) => categoryPath(textIn(isObject(entry) ? entry.value : entry)))
    .filter((path) => path !== '' && !/^\d+$/.test(path))
  return fittedList(paths, { entries: LIMITS.categoriesPerItem, chars: LIMITS.titleChars }, 'categories', remarks)
}

function attributesOf(product: Json, variants: readonly Json[], remarks: Remarks): Json {
  const entries: Array<readonly [string, readonly (string | number | boolean)[]]> = []
  if (isObject(product.metadata)) {
    for (const [name, value] of Object.entries(product.metadata)) {
      const values = (Array.isArray(value) ? value : [value]) as unknown[]
      entries.push([name, values.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)) as string[]])
    }
  }
  for (const variant of variants) {
    for (const barcode of (Array.isArray(variant.barcodes) ? variant.barcodes : []).filter(isObject)) {
      entries.push([(textIn(barcode.type) || 'barcode').toLowerCase(), [textIn(barcode.value)]])
    }
    for (const [name, value] of Object.entries(variantOf(variant, []).options ?? {}))
      entries.push([name, [value as string]])
    if (isObject(variant.seller)) entries.push(['seller', [textIn(variant.seller.name)]])
  }
  return fittedAttributes(entries, remarks)
}

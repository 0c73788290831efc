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
import { ATTRIBUTE_COLUMNS, COLUMNS, OPTION_COLUMNS } from './merchant_columns.ts'
import { type MerchantOffer, readMerchantRow } from './merchant_row.ts'
import { parseMoment } from './moment.ts'
import type { FeedOptions, FeedRecord } from './record.ts'
import { cell, cells, type FeedRow, pointerTo, yesOrNo } from './rows.ts'

/** Rows of one group belong to one product; a row without a group is one by itself. */
export function merchantKey(row: FeedRow): string | null {
  const group = cell(row, ...COLUMNS.group)
  return group === '' ? null : group
}

/** One product of the rows of a group: those that cannot be taken are refused by themselves. */
export function merchantProduct(rows: readonly FeedRow[], options: FeedOptions): FeedRecord[] {
  const records: FeedRecord[] = []
  const offers = new Map<string, MerchantOffer>()
  const remarks: Remarks = []
  for (const row of rows) {
    const id = cell(row, ...COLUMNS.id)
    const reading = readMerchantRow(row, options)
    const refused = reading.ok ? misfit(reading.offer, offers) : reading.errors
    if (!reading.ok || refused.length > 0) {
      records.push({ kind: 'reject', line: row.line, id: id || null, errors: refused })
      continue
    }
    remarks.push(...reading.remarks)
    offers.set(id, reading.offer)
  }
  const [first] = offers.values()
  if (first === undefined) return records
  const value = productOf(first, [...offers.values()], options, remarks)
  records.push({ kind: 'item', line: rows[0]!.line, value })
  for (const detail of new Set(remarks)) {
    records.push({ kind: 'warning', line: first.row.line, id: String(value.id), detail })
  }
  return records
}

/** Why a row cannot stand beside those before it. */
function misfit(offer: MerchantOffer, offers: ReadonlyMap<string, MerchantOffer>) {
  const [first] = offers.values()
  if (first === undefined) return []
  const { row } = offer
  if (offers.has(offer.id))
    return [
      {
        pointer: pointerTo(row, ...COLUMNS.id),
        detail: `stands twice in its group (line ${offers.get(offer.id)!.row.line})`,
      },
    ]
  if (offer.currency !== first.currency)
    return [{ pointer: pointerTo(row, ...COLUMNS.price), detail: `its group is priced in ${first.currency}` }]
  return offers.size === LIMITS.variantsPerItem
    ? [{ pointer: '', detail: `a product has at most ${LIMITS.variantsPerItem} variants` }]
    : []
}

function productOf(
  first: MerchantOffer,
  offers: readonly MerchantOffer[],
  options: FeedOptions,
  remarks: Remarks,
): Record<string, unknown> {
  const { row } = first
  const group = merchantKey(row)
  const title = cell(row, ...COLUMNS.groupTitle) || cell(row, ...COLUMNS.title)
  const expires = parseMoment(cell(row, ...COLUMNS.expires), options.dateOrder)
  const updated = parseMoment(cell(row, ...COLUMNS.updated), options.dateOrder)
  const eligible = cell(row, ...COLUMNS.eligible)
  const priced = (offer: MerchantOffer) =>
    compact({ price: offer.price, list_price: offer.listPrice ?? undefined, stock: offer.stock ?? undefined })
  return compact({
    id: group ?? first.id,
    title: fitted(title, LIMITS.titleChars, 'title', remarks) ?? title,
    description: descriptionText(cell(row, ...COLUMNS.description), remarks),
    brand: shortText(cell(row, ...COLUMNS.brand), 'brand', remarks),
    categories: categoriesOf(row, remarks),
    attributes: attributesOf(offers, remarks),
    url: link(cell(row, ...COLUMNS.link), 'link', remarks),
    image_url: link(cell(row, ...COLUMNS.image), 'image link', remarks),
    updated_at: updated === null ? undefined : new Date(updated).toISOString(),
    variants: group === null ? undefined : offers.map((offer) => variantOf(offer, remarks)),
    offers: [
      compact({
        market: options.market,
        currency: first.currency,
        visible: yesOrNo(eligible) === false ? false : undefined,
        valid_until: expires === null ? undefined : new Date(expires).toISOString(),
        ...(group === null ? priced(first) : { variants: offers.map((offer) => ({ id: offer.id, ...priced(offer) })) }),
      }),
    ],
  })
}

function variantOf(offer: MerchantOffer, remarks: Remarks): Record<string, unknown> {
  return compact({
    id: offer.id,
    title: shortText(cell(offer.row, ...COLUMNS.title), 'a variant title', remarks),
    options: offer.options,
    sku: shortText(cell(offer.row, ...COLUMNS.sku), 'sku', remarks),
    image_url: link(cell(offer.row, ...COLUMNS.image), 'image link', remarks),
  })
}

/** The shop's own paths first; Google's only when it is words, since its numbers mean nothing to a shopper. */
function categoriesOf(row: FeedRow, remarks: Remarks): string[] {
  const google = cells(row, ...COLUMNS.googleCategory).filter((text) => !/^\d+$/.test(text))
  const paths = [...cells(row, ...COLUMNS.productType), ...google].flatMap(splitList).map(categoryPath)
  return fittedList(paths, { entries: LIMITS.categoriesPerItem, chars: LIMITS.titleChars }, 'categories', remarks)
}

/** A cell may hold several paths, each in quotes or separated by commas that stand before a new path. */
function splitList(text: string): string[] {
  const quoted = [...text.matchAll(/"([^"]+)"/g)].map((match) => match[1]!)
  if (quoted.length > 0) return quoted
  return text.includes('>') ? text.split(/\s*,\s*(?=[^,>]+>)/) : [text]
}

/** What every variant shares is said once, what tells them apart as a list. */
function attributesOf(offers: readonly MerchantOffer[], remarks: Remarks): Record<string, unknown> {
  const entries: Array<readonly [string, readonly string[]]> = []
  for (const { row } of offers) {
    for (const name of OPTION_COLUMNS) entries.push([name, cells(row, name).flatMap((text) => text.split(/\s*\/\s*/))])
    for (const name of ATTRIBUTE_COLUMNS) entries.push([name, cells(row, name).slice(0, 1)])
    entries.push(['seller', cells(row, ...COLUMNS.seller)])
    entries.push(['highlights', cells(row, ...COLUMNS.highlights).flatMap(splitHighlights)])
    for (const detail of cells(row, ...COLUMNS.details).flatMap(splitHighlights)) {
      // `section:name:value`, the section may be blank.
      const parts = detail.split(':').map((part) => part.trim())
      if (parts.length >= 2) entries.push([parts.at(-2)!, [parts.at(-1)!]])
    }
  }
  return fittedAttributes(entries, remarks)
}

const splitHighlights = (text: string): string[] => {
  const quoted = [...text.matchAll(/"([^"]+)"/g)].map((match) => match[1]!)
  return quoted.length > 0 ? quoted : [text]
}

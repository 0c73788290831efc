import { acpProducts } from './acp_product.ts'
import { readCsvRows } from './csv_rows.ts'
import { createGrouper } from './grouping.ts'
import { type JsonLine, readJsonLines, textIn } from './json_lines.ts'
import { merchantKey, merchantProduct } from './merchant_item.ts'
import { createOrderObjects, createOrderRows } from './orders.ts'
import type { FeedFormat, FeedOptions, FeedRecord, FeedReject, FeedSource } from './record.ts'
import { createRetailEvents } from './retail_event.ts'
import { retailKey, retailProduct } from './retail_product.ts'
import { type FeedRow, rowOfObject } from './rows.ts'
import { shopifyKey, shopifyProduct } from './shopify_product.ts'
import { readXmlRows } from './xml_rows.ts'

/**
 * Reads a feed into items or events as the API takes them, a row that is wrong costing itself only. The same feed with
 * the same options gives the same records in the same order. Memory: one row, and the rows of groups not yet complete.
 * @throws FeedRefused when the whole cannot be read
 */
export async function* readFeed(
  source: FeedSource,
  format: FeedFormat,
  options: FeedOptions,
): AsyncGenerator<FeedRecord> {
  const own = FORMATS[format]
  if ('key' in own) yield* readGrouped(own as GroupedFormat<Located>, source, options)
  else yield* readSingle(own as unknown as SingleFormat<Located>, source, options)
}

/** Rows of each group, for `FeedOptions.groupSizes`; Null: the format knows no groups. */
export async function countGroups(source: FeedSource, format: FeedFormat): Promise<Map<string, number> | null> {
  const own = FORMATS[format]
  if (!('key' in own)) return null
  const { read, key } = own as GroupedFormat<Located>
  const sizes = new Map<string, number>()
  for await (const row of read(source)) {
    const name = row.kind === 'reject' ? null : key(row)
    if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  }
  return sizes
}

interface Located {
  kind: string
  line: number
}

interface GroupedFormat<R extends Located> {
  read(source: FeedSource): AsyncIterable<R | FeedReject>
  /** Null: a product by itself. */
  key(row: R): string | null
  product(rows: readonly R[], options: FeedOptions): FeedRecord[]
}

interface SingleFormat<R extends Located> {
  read(source: FeedSource): AsyncIterable<R | FeedReject>
  /** Made anew for every feed: it may remember what came before. */
  reader(options: FeedOptions): (row: R) => FeedRecord[] | Promise<FeedRecord[]>
}

const merchant = (read: GroupedFormat<FeedRow>['read']): GroupedFormat<FeedRow> => ({
  read,
  key: merchantKey,
  product: merchantProduct,
})
const single = <R extends Located>(
  read: SingleFormat<R>['read'],
  reader: SingleFormat<R>['reader'],
): SingleFormat<R> => ({ read, reader })

async function* readJsonRows(source: FeedSource): AsyncGenerator<FeedRow | FeedReject> {
  for await (const line of readJsonLines(source)) {
    yield line.kind === 'reject' ? line : rowOfObject(line.line, line.value)
  }
}

const FORMATS = {
  jsonl: single(readJsonLines, () => canonical),
  acp: single(readJsonLines, (options) => (line) => acpProducts(line, options)),
  'google-xml': merchant(readXmlRows),
  'google-csv': merchant(readCsvRows),
  'google-jsonl': merchant(readJsonRows),
  retail: { read: readJsonLines, key: retailKey, product: retailProduct } satisfies GroupedFormat<JsonLine>,
  'retail-events': single(readJsonLines, (options) => createRetailEvents(options.currency)),
  shopify: { read: readCsvRows, key: shopifyKey, product: shopifyProduct } satisfies GroupedFormat<FeedRow>,
  orders: single(readCsvRows, createOrderRows),
  'orders-jsonl': single(readJsonLines, createOrderObjects),
} as const satisfies Record<FeedFormat, unknown>

/** The API's own lines pass as they are: the API itself judges them. */
function canonical({ line, value }: JsonLine): FeedRecord[] {
  const isEvent = textIn(value.type) !== '' && value.offers === undefined && value.title === undefined
  return [{ kind: isEvent ? 'event' : 'item', line, value }]
}

async function* readSingle(
  format: SingleFormat<Located>,
  source: FeedSource,
  options: FeedOptions,
): AsyncGenerator<FeedRecord> {
  const read = format.reader(options)
  for await (const row of format.read(source)) {
    if (row.kind === 'reject') yield row as FeedReject
    else yield* await read(row)
  }
}

async function* readGrouped(
  format: GroupedFormat<Located>,
  source: FeedSource,
  options: FeedOptions,
): AsyncGenerator<FeedRecord> {
  const grouper = createGrouper<Located>(options.groupSizes)
  for await (const row of format.read(source)) {
    if (row.kind === 'reject') {
      yield row as FeedReject
      continue
    }
    const key = format.key(row)
    const complete = key === null ? [row] : grouper.add(key, row)
    if (complete !== null) yield* format.product(complete, options)
  }
  for (const rows of grouper.rest()) yield* format.product(rows, options)
}

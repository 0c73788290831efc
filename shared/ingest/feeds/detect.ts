import { delimiterOf } from './csv_rows.ts'
import { isObject } from './json_lines.ts'
import { ORDER_COLUMNS } from './order_columns.ts'
import { type FeedFormat, FeedRefused } from './record.ts'
import { columnKey } from './rows.ts'

/** Text that is enough to tell a format: a header, or one line. */
export const HEAD_CHARS = 256 * 1024

/**
 * Which format a feed has, by its beginning.
 * @throws FeedRefused when it is none that is understood, saying what was seen
 */
export function detectFormat(head: string): FeedFormat {
  const text = head.replace(/^\ufeff/, '').trimStart()
  if (text === '') throw new FeedRefused('the file is empty')
  if (text.startsWith('<')) return 'google-xml'
  if (text.startsWith('{')) return ofObject(text)
  if (text.startsWith('[')) throw new FeedRefused('a JSON list: one object a line is wanted')
  return ofHeader(text)
}

function ofObject(text: string): FeedFormat {
  for (const line of text.split('\n')) {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      continue
    }
    if (!isObject(value)) continue
    const known = ofFields(value)
    if (known !== null) return known
    break
  }
  throw new FeedRefused(
    'the first line of JSON is no item, event, product or order: name the format if it is one all the same',
  )
}

function ofFields(value: Record<string, unknown>): FeedFormat | null {
  const has = (...names: string[]) => names.some((name) => value[name] !== undefined)
  if (has('eventType')) return 'retail-events'
  if (has('priceInfo', 'primaryProductId') || (has('name') && has('uri'))) return 'retail'
  if (has('offers', 'deleted')) return 'jsonl'
  if (has('products') || (has('variants') && has('title'))) return 'acp'
  if (has('items', 'line_items') && has('order_id', 'order_number') && !has('type')) return 'orders-jsonl'
  if (has('title') && has('price') && has('link', 'url', 'availability', 'image_link', 'image_url'))
    return 'google-jsonl'
  return has('title', 'type') ? 'jsonl' : null
}

function ofHeader(text: string): FeedFormat {
  const header = text.split(/\r\n|\n|\r/, 1)[0]!
  const columns = new Set(header.split(delimiterOf(text)).map((name) => columnKey(name.replaceAll('"', ''))))
  const has = (...names: readonly string[]) => names.some((name) => columns.has(name))
  if (has('lineitem_name', 'lineitem_quantity')) return 'orders'
  if (has('handle', 'url_handle') && has('title')) return 'shopify'
  // Quantities of a catalogue are stock; those of orders stand beside a moment.
  if (has(...ORDER_COLUMNS.item) && has(...ORDER_COLUMNS.at) && has(...ORDER_COLUMNS.order, ...ORDER_COLUMNS.user))
    return 'orders'
  if (has('id', 'item_id') && has('title', 'item_group_title')) return 'google-csv'
  throw new FeedRefused(`no known table: its columns are ${[...columns].slice(0, 12).join(', ').slice(0, 200)}`)
}

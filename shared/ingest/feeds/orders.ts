import { isObject, type JsonLine, textIn } from './json_lines.ts'
import { createOccurrences } from './occurrences.ts'
import { CARRIED, ORDER_COLUMNS } from './order_columns.ts'
import { type OrderField, orderEvents } from './order_line.ts'
import { type FeedOptions, type FeedRecord, reject } from './record.ts'
import { cell, type FeedRow, pointerTo } from './rows.ts'

/** Reads a table of order lines; Shopify's export names customer and moment in an order's first row only. */
export function createOrderRows(options: FeedOptions) {
  const occurrences = createOccurrences()
  let order = ''
  let carried = new Map<OrderField, string>()
  return (row: FeedRow): Promise<FeedRecord[]> => {
    const own = (field: OrderField) => cell(row, ...ORDER_COLUMNS[field])
    if (own('order') !== order || order === '') {
      order = own('order')
      carried = new Map(CARRIED.map((field) => [field, own(field)]))
    }
    const text = (field: OrderField) => own(field) || (order === '' ? '' : (carried.get(field) ?? ''))
    const isShopify = row.names.has('lineitem_name')
    // A line without a number of its own is named by its words; nothing else of it is known.
    const item = (field: OrderField) =>
      field === 'item' && isShopify ? own('item') || cell(row, 'lineitem_name') : text(field)
    const pointer = (field: OrderField) => pointerTo(row, ...ORDER_COLUMNS[field])
    return orderEvents({ line: row.line, pointer, text: item }, occurrences, options)
  }
}

/** Reads one order a line: `{order_id, user_id, created_at, items: [{item_id, quantity, price}]}`. */
export function createOrderObjects(options: FeedOptions) {
  const occurrences = createOccurrences()
  return async ({ line, value }: JsonLine): Promise<FeedRecord[]> => {
    const given = value.items ?? value.line_items
    const items = Array.isArray(given) ? given : null
    if (items === null || items.length === 0)
      return [reject(line, textIn(value.order_id), '/items', 'an order has items')]
    const records: FeedRecord[] = []
    for (const [at, item] of items.entries()) {
      if (!isObject(item)) {
        records.push(reject(line, null, `/items/${at}`, 'not an object'))
        continue
      }
      const own = (field: OrderField) => firstText(item, field)
      const shared = (field: OrderField) => firstText(value, field)
      const isOfLine = (field: OrderField) => ['item', 'variant', 'quantity', 'price', 'kind', 'line'].includes(field)
      const text = (field: OrderField) =>
        isOfLine(field) ? own(field) || (field === 'item' ? textIn(item.id) : '') : shared(field) || own(field)
      const pointer = (field: OrderField) =>
        isOfLine(field) ? `/items/${at}/${nameIn(item, field)}` : `/${nameIn(value, field)}`
      records.push(...(await orderEvents({ line, pointer, text }, occurrences, options)))
    }
    return records
  }
}

const nameIn = (object: Record<string, unknown>, field: OrderField): string =>
  ORDER_COLUMNS[field].find((name) => object[name] !== undefined) ?? ORDER_COLUMNS[field][0]

const firstText = (object: Record<string, unknown>, field: OrderField): string => textIn(object[nameIn(object, field)])

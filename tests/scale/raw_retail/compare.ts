/** Every difference between the shop that took the dirt and the cleaned one, each by the rule that explains it. */
import { type CleanShop, pairKey, type RawRow } from './rows.ts'
import { folded, HORIZON_MS, isCancelled, isFree, isKnown, isProduct } from './rules.ts'
import { latestByCode, type ShopState } from './stream.ts'

/** The rules, as docs/raw_retail.md names and counts them. */
export const RULES = [
  'event-code',
  'event-free',
  'event-horizon',
  'event-return',
  'event-visit',
  'item-code',
  'item-unsold',
  'item-case',
  'item-untitled',
  'title-case',
  'title-latest',
  'price-latest',
] as const
export type Rule = (typeof RULES)[number]

export interface Comparison {
  counts: Record<Rule, number>
  /** Differences that no rule explains. */
  unexplained: string[]
}

export function compare(shop: ShopState, clean: CleanShop, rows: readonly RawRow[]): Comparison {
  const counts = Object.fromEntries(RULES.map((rule) => [rule, 0])) as Record<Rule, number>
  const unexplained: string[] = []
  compareEvents(shop, clean, rows, counts, unexplained)
  compareItems(shop, clean, rows, counts, unexplained)
  return { counts, unexplained }
}

function compareEvents(
  shop: ShopState,
  clean: CleanShop,
  rows: readonly RawRow[],
  counts: Record<Rule, number>,
  unexplained: string[],
): void {
  const expected = new Map<string, number>()
  const returned = new Map<string, number>()
  let visits = 0
  const add = (units: Map<string, number>, key: string, quantity: number) =>
    void units.set(key, (units.get(key) ?? 0) + quantity)
  for (const line of clean.lines) add(expected, line.pair, line.quantity)
  const invoiceAt = new Map<string, number>()
  for (const row of rows) {
    if (!invoiceAt.has(row.invoice)) invoiceAt.set(row.invoice, row.atMs)
    const own = pairKey(row.customer, row.code)
    if (!isKnown(row)) {
      // Nobody's: sales are visits of an invoice's length, returns have nobody to be taken from.
      if (row.quantity > 0 && Number(row.price) >= 0) {
        visits += row.quantity
        counts['event-visit'] += 1
      }
    } else if (isCancelled(row) || row.quantity < 0) {
      add(returned, own, -row.quantity)
      counts['event-return'] += 1
    } else if (!isProduct(row)) {
      add(expected, own, row.quantity)
      counts['event-code'] += 1
    } else if (isFree(row)) {
      add(expected, own, row.quantity)
      counts['event-free'] += 1
    } else if (invoiceAt.get(row.invoice)! >= HORIZON_MS) {
      add(expected, own, row.quantity)
      counts['event-horizon'] += 1
    }
  }
  for (const [name, theirs, ours] of [
    ['bought', expected, shop.bought],
    ['returned', returned, shop.returned],
  ] as const) {
    for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
      const [wanted, has] = [theirs.get(key) ?? 0, ours.get(key) ?? 0]
      if (wanted !== has) unexplained.push(`${name} ${key}: ${has} units, ${wanted} expected`)
    }
  }
  if (visits !== shop.visits) unexplained.push(`visits: ${shop.visits} units, ${visits} expected`)
}

/** The latest line of each code that can be an item at all: a line without a title or with a price below zero cannot. */
function latestItems(rows: readonly RawRow[]): Map<string, { title: string; price: number }> {
  const latest = new Map<string, { title: string; price: number }>()
  for (const day of Map.groupBy(rows, (row) => row.day).values()) {
    for (const [code, row] of latestByCode(day)) {
      const title = folded(row.description)
      const price = Math.round(Number(row.price) * 100)
      if (title !== '' && Number(row.price) >= 0) latest.set(code, { title, price })
    }
  }
  return latest
}

function compareItems(
  shop: ShopState,
  clean: CleanShop,
  rows: readonly RawRow[],
  counts: Record<Rule, number>,
  unexplained: string[],
): void {
  const latest = latestItems(rows)
  for (const id of new Set([...latest.keys(), ...shop.items.keys()])) {
    const [wanted, has] = [latest.get(id), shop.items.get(id)]
    if (wanted?.title !== has?.title || wanted?.price !== has?.price)
      unexplained.push(`item ${id}: ${JSON.stringify(has)}, ${JSON.stringify(wanted)} expected`)
  }
  for (const id of shop.items.keys()) {
    if (clean.items.has(id)) continue
    const upper = id.toUpperCase()
    if (upper !== id && clean.items.has(upper)) counts['item-case'] += 1
    else if (!/^\d{5}[A-Z]*$/.test(upper)) counts['item-code'] += 1
    else counts['item-unsold'] += 1
  }
  for (const [id, theirs] of clean.items) {
    const ours = shop.items.get(id)
    if (ours === undefined) {
      const told = [...latest.keys()].some((own) => own.toUpperCase() === id)
      if (told) unexplained.push(`item ${id} is missing`)
      else counts['item-untitled'] += 1
      continue
    }
    if (ours.title.toLowerCase() !== folded(theirs.title).toLowerCase()) counts['title-latest'] += 1
    else if (ours.title !== theirs.title) counts['title-case'] += 1
    if (ours.price !== theirs.price) counts['price-latest'] += 1
  }
}

/** How the cleaned set was made of the raw one, found by comparing the two; `rulesDiffer` proves it on every run. */
import { type CleanShop, pairKey, type RawRow } from './rows.ts'

/** The cleaned set was split in time: what comes later is in its tasks only. 2011-11-09T00:00Z. */
export const HORIZON_MS = 1_320_796_800_000

/** Products have five digits and perhaps letters; POST, M, D, gift_0001_20 ... are postage, corrections and vouchers. */
const PRODUCT = /^\d{5}[A-Z]*$/

export const cleanCode = (row: RawRow): string => row.code.toUpperCase()
export const isProduct = (row: RawRow): boolean => PRODUCT.test(cleanCode(row))
export const isCancelled = (row: RawRow): boolean => row.invoice.startsWith('C')
export const isKnown = (row: RawRow): boolean => row.customer !== ''
export const isFree = (row: RawRow): boolean => !(Number(row.price) > 0)

/** A sale that the cleaned set knows, its time apart. */
export const isCleanSale = (row: RawRow): boolean =>
  isKnown(row) && !isCancelled(row) && row.quantity > 0 && !isFree(row) && isProduct(row)

export const folded = (text: string): string => text.trim().replace(/\s+/g, ' ')
const minor = (price: string): number => Math.round(Number(price) * 100)

/** The cleaned shop of some rows: titles by frequency, prices by the upper median, one line an invoice and item. */
export function cleaned(rows: readonly RawRow[]): CleanShop {
  const titles = new Map<string, Map<string, number>>()
  const prices = new Map<string, number[]>()
  const lines = new Map<string, CleanShop['lines'][number]>()
  const firstOf = new Map<string, number>()
  for (const row of rows) {
    const code = cleanCode(row)
    if (!firstOf.has(row.invoice)) firstOf.set(row.invoice, row.atMs)
    const title = folded(row.description)
    if (title !== '') {
      const counts = titles.get(code) ?? new Map<string, number>()
      titles.set(code, counts.set(title, (counts.get(title) ?? 0) + 1))
    }
    if (!isCleanSale(row)) continue
    const own = prices.get(code) ?? []
    own.push(minor(row.price))
    prices.set(code, own)
    const atMs = firstOf.get(row.invoice)!
    if (atMs >= HORIZON_MS) continue
    const key = `${row.invoice} ${code}`
    const line = lines.get(key) ?? { pair: pairKey(row.customer, code), invoice: row.invoice, quantity: 0, atMs }
    lines.set(key, { ...line, quantity: line.quantity + row.quantity })
  }
  const items = new Map<string, { title: string; price: number }>()
  for (const [code, own] of prices) {
    // Of equally frequent ones the first.
    const [title] = [...titles.get(code)!].reduce((best, one) => (one[1] > best[1] ? one : best))
    const sorted = own.sort((a, b) => a - b)
    items.set(code, { title, price: sorted[Math.floor(sorted.length / 2)]! })
  }
  return { items, lines: [...lines.values()] }
}

/** Where the rules do not give the published set; empty: they are its rules. Titles differ in the case of letters only. */
export function rulesDiffer(own: CleanShop, published: CleanShop): string[] {
  const wrong: string[] = []
  const lineKey = (line: CleanShop['lines'][number]) => `${line.pair} ${line.invoice} ${line.quantity} ${line.atMs}`
  const ours = new Set(own.lines.map(lineKey))
  const theirs = new Set(published.lines.map(lineKey))
  for (const key of ours) if (!theirs.has(key)) wrong.push(`not published: ${key}`)
  for (const key of theirs) if (!ours.has(key)) wrong.push(`only published: ${key}`)
  for (const id of new Set([...own.items.keys(), ...published.items.keys()])) {
    const [a, b] = [own.items.get(id), published.items.get(id)]
    if (
      a === undefined ||
      b === undefined ||
      a.price !== b.price ||
      a.title.toLowerCase() !== folded(b.title).toLowerCase()
    )
      wrong.push(`item ${id}: ${JSON.stringify(a)} by the rules, ${JSON.stringify(b)} published`)
  }
  return wrong
}

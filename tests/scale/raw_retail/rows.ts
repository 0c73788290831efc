/** A wholesaler's invoice lines as its till wrote them, and the same shop as somebody else cleaned it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const DATA = join(import.meta.dirname, '../../../../shared/data')
const RAW = join(DATA, 'online-retail-raw/online-retail.csv.gz')
const CLEAN = join(DATA, 'online-retail')

export const hasRawRetail = (): boolean => existsSync(RAW) && existsSync(CLEAN)

export interface RawRow {
  /** As it stands in the file. */
  text: string
  invoice: string
  code: string
  description: string
  quantity: number
  day: string
  atMs: number
  price: string
  customer: string
}

export interface RawFile {
  header: string
  rows: RawRow[]
}

/** Parsed by a few lines of its own: what is checked must not check itself. */
export function readRaw(): RawFile {
  const [header, ...lines] = gunzipSync(readFileSync(RAW)).toString('utf8').trimEnd().split('\n')
  return { header: header!, rows: lines.map(parseRow) }
}

function parseRow(text: string): RawRow {
  const cells = text.includes('"') ? quotedCells(text) : text.split(',')
  const [invoice, code, description, quantity, at, price, customer] = cells as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return {
    text,
    invoice,
    code,
    description,
    quantity: Number(quantity),
    day: at.slice(0, 10),
    atMs: Date.parse(`${at.replace(' ', 'T')}Z`),
    price,
    customer: customer.replace(/\.0$/, ''),
  }
}

const quotedCells = (text: string): string[] =>
  [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
    match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'),
  )

export interface CleanShop {
  items: Map<string, { title: string; price: number }>
  /** Units by shopper, item and invoice, as `pairKey` names shopper and item. */
  lines: Array<{ pair: string; invoice: string; quantity: number; atMs: number }>
}

export const pairKey = (shopper: string, item: string): string => `${shopper} ${item}`

const jsonLines = <T>(name: string): T[] =>
  gunzipSync(readFileSync(join(CLEAN, name)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

export function readClean(): CleanShop {
  const items = jsonLines<{ id: string; title: string; price: { amount: number } }>('items.jsonl.gz')
  const events = jsonLines<{ user: string; item: string; value: number; ts: number; session: string }>(
    'events.jsonl.gz',
  )
  return {
    items: new Map(items.map(({ id, title, price }) => [id, { title, price: price.amount }])),
    lines: events.map(({ user, item, value, ts, session }) => ({
      pair: pairKey(user, item),
      invoice: session,
      quantity: value,
      atMs: ts * 1_000,
    })),
  }
}

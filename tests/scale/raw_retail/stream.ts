/** Sends the till's days through the shop's own door as they are, dirt included, and reads back what became of them. */
import { type Rng, seededRng } from '../../../shared/base/rng.ts'
import type { IngestDoor } from '../../support/ingest_door.ts'
import { pairKey, type RawFile, type RawRow } from './rows.ts'

export const SHOP = 'raw'
/** An order's lines belong in one request; the limit is 5,000. */
const LINES_PER_REQUEST = 4_000
const PRODUCTS_PER_REQUEST = 1_000
/** The part of the requests that is sent twice, as senders do that saw no answer. */
const REPEATED = 0.15

export interface StreamOptions {
  seed: number
  /** In the order of days and of the file, or every batch and line somewhere. */
  shuffled: boolean
  onProgress?: (sent: number, total: number) => void
}

interface Delivery {
  path: string
  text: string
}

export interface Streamed {
  requests: number
  lines: number
  accepted: number
  duplicates: number
  rejected: Map<string, number>
}

export async function streamDays(door: IngestDoor, file: RawFile, options: StreamOptions): Promise<Streamed> {
  const rng = seededRng(options.seed)
  const days = Map.groupBy(file.rows, (row) => row.day)
  const order = [...days.values()]
  if (options.shuffled) shuffle(order, rng)
  const deliveries = order.flatMap((rows) => dayOf(file.header, rows, options.shuffled ? rng : null))
  const again = deliveries.filter(() => rng.next() < REPEATED)
  const all = options.shuffled ? shuffle([...deliveries, ...again], rng) : [...deliveries, ...again]
  const result: Streamed = { requests: 0, lines: file.rows.length, accepted: 0, duplicates: 0, rejected: new Map() }
  for (const delivery of all) {
    const answer = await door.json<Answer>(SHOP, 'POST', delivery.path, { type: 'text/csv', text: delivery.text })
    result.requests += 1
    result.accepted += answer.accepted ?? 0
    result.duplicates += answer.duplicates ?? 0
    const refused = answer.rejected ?? answer.results!.filter((one) => one.outcome === 'rejected')
    for (const { errors } of refused) {
      const why = `${errors![0]!.pointer} ${errors![0]!.detail.replace(/"[^"]*"/, '...')}`
      result.rejected.set(why, (result.rejected.get(why) ?? 0) + 1)
    }
    // As `enrich` does every minute.
    if (result.requests % 20 === 0) await door.fold()
    options.onProgress?.(result.requests, all.length)
  }
  await door.fold()
  return result
}

interface Refused {
  outcome?: string
  errors?: Array<{ pointer: string; detail: string }>
}
interface Answer {
  accepted?: number
  duplicates?: number
  rejected?: Refused[]
  results?: Refused[]
}

/** A day: the catalogue as its last line of each code tells it, and its invoice lines. */
function dayOf(header: string, rows: readonly RawRow[], rng: Rng | null): Delivery[] {
  const products = [...latestByCode(rows).values()].map(
    (row) =>
      `${row.code},"${row.description.replaceAll('"', '""')}",${row.price} GBP,${new Date(row.atMs).toISOString()}`,
  )
  const orders = [...Map.groupBy(rows, (row) => row.invoice).values()]
  if (rng !== null) {
    shuffle(products, rng)
    shuffle(orders, rng)
  }
  const packed: string[][] = [[]]
  for (const lines of orders) {
    if (packed.at(-1)!.length + lines.length > LINES_PER_REQUEST) packed.push([])
    packed.at(-1)!.push(...lines.map((row) => row.text))
  }
  const body = (head: string, lines: string[]) =>
    `${head}\n${(rng === null ? lines : shuffle(lines, rng)).join('\n')}\n`
  const chunks = Array.from({ length: Math.ceil(products.length / PRODUCTS_PER_REQUEST) }, (_, at) =>
    products.slice(at * PRODUCTS_PER_REQUEST, (at + 1) * PRODUCTS_PER_REQUEST),
  )
  return [
    ...chunks.map((lines) => ({ path: '/v1/items:bulk', text: body('id,title,price,updated_at', lines) })),
    ...packed.map((lines) => ({ path: '/v1/events:bulk', text: body(header, lines) })),
  ]
}

/** The last line of each code, in the order of the file. */
export const latestByCode = (rows: readonly RawRow[]): Map<string, RawRow> =>
  new Map(rows.map((row) => [row.code, row]))

function shuffle<T>(list: T[], rng: Rng): T[] {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(rng.next() * (at + 1))
    ;[list[at], list[other]] = [list[other]!, list[at]!]
  }
  return list
}

/** What the shop then holds. */
export interface ShopState {
  items: Map<string, { title: string; price: number }>
  /** Units by shopper and item, of shoppers that are known. */
  bought: Map<string, number>
  returned: Map<string, number>
  /** Units of visits without a customer. */
  visits: number
}

export async function readShop(door: IngestDoor): Promise<ShopState> {
  const state: ShopState = { items: new Map(), bought: new Map(), returned: new Map(), visits: 0 }
  type Item = { id: string; title: string; offers: Array<{ price: number }> }
  for await (const item of pages<Item>(door, '/v1/items?limit=500', 'items'))
    state.items.set(item.id, { title: item.title, price: item.offers[0]!.price })
  type Event = { type: string; user_id?: string; item_id: string; quantity: number }
  for await (const event of pages<Event>(door, '/v1/events?limit=5000', 'events')) {
    if (event.user_id === undefined) {
      state.visits += event.quantity
      continue
    }
    const units = event.type === 'refund' ? state.returned : state.bought
    const key = pairKey(event.user_id, event.item_id)
    units.set(key, (units.get(key) ?? 0) + event.quantity)
  }
  return state
}

async function* pages<T>(door: IngestDoor, path: string, name: 'items' | 'events'): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    type Page = { [list in typeof name]: T[] } & { next_cursor: string | null }
    const page: Page = await door.json<Page>(SHOP, 'GET', `${path}${after}`)
    yield* page[name]
    cursor = page.next_cursor
  }
}

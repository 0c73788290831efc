import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventsPageSchema, itemsPageSchema, shopDetailsSchema } from '../answers.ts'
import type { Client } from '../client.ts'
import { Interrupted, usage } from '../failure.ts'
import type { ImportReport } from '../import/report.ts'
import { createDaySort } from './day_sort.ts'
import { type LineFile, openLineFile } from './line_file.ts'

const ITEMS_PER_PAGE = 500
const EVENTS_PER_PAGE = 5_000

export interface ExportOptions {
  /** With the shop's secret key. */
  client: Client
  shop: string
  folder: string
  gzip?: boolean | undefined
  /** With tombstones, so that an old write cannot bring an item back where this is imported. */
  deleted?: boolean | undefined
  report: ImportReport
  signal?: AbortSignal | undefined
}

export interface ExportResult {
  shop: string
  folder: string
  items: number
  events: number
}

/** Writes a shop's folder: `shop.json`, `items.jsonl`, `events.jsonl`; what `shelfwise import` takes. @throws CliFailure */
export async function exportShop(options: ExportOptions): Promise<ExportResult> {
  const { client, shop, folder } = options
  const path = `/v1/shops/${encodeURIComponent(shop)}`
  const details = await client.call({ path, answer: shopDetailsSchema })
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw usage(`${folder} cannot be made: ${(error as Error).message}`, { cause: error })
  })
  const items = await toFile(options, 'items.jsonl', writeItems)
  const events = await toFile(options, 'events.jsonl', writeEvents)
  await writeFile(join(folder, 'shop.json'), `${JSON.stringify(details, null, 2)}\n`)
  return { shop, folder, items, events }
}

async function toFile(
  options: ExportOptions,
  name: string,
  write: (file: LineFile, options: ExportOptions) => Promise<void>,
): Promise<number> {
  const file = openLineFile(options.folder, name, options.gzip === true)
  try {
    await write(file, options)
    await file.close()
    return file.lines
  } catch (error) {
    await file.abandon()
    throw error
  }
}

async function writeItems(file: LineFile, options: ExportOptions): Promise<void> {
  const deleted = options.deleted === true ? '&deleted=true' : ''
  for (let cursor: string | null = ''; cursor !== null; ) {
    stopIfAsked(options)
    const path = `/v1/items?limit=${ITEMS_PER_PAGE}${deleted}${after(cursor)}`
    const page: { items: unknown[]; next_cursor: string | null } = await options.client.call({
      path,
      answer: itemsPageSchema,
    })
    for (const item of page.items) await file.write(item)
    options.report.progress({ label: 'items', done: file.lines, total: 0 })
    cursor = page.next_cursor
  }
}

async function writeEvents(file: LineFile, options: ExportOptions): Promise<void> {
  const sort = createDaySort()
  for (let cursor: string | null = ''; cursor !== null; ) {
    stopIfAsked(options)
    const path = `/v1/events?limit=${EVENTS_PER_PAGE}${after(cursor)}`
    const page: { events: Array<Record<string, unknown>>; waiting: boolean; next_cursor: string | null } =
      await options.client.call({ path, answer: eventsPageSchema })
    for (const event of sort.add(page.events, page.waiting)) await file.write(event)
    options.report.progress({ label: 'events', done: file.lines, total: 0 })
    cursor = page.next_cursor
  }
  for (const event of sort.rest()) await file.write(event)
}

const after = (cursor: string): string => (cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`)

function stopIfAsked({ signal }: ExportOptions): void {
  if (signal?.aborted) throw new Interrupted()
}

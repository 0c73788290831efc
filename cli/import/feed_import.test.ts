import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { DEFAULT_OPTIONS } from '../../shared/ingest/feeds/record.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { createClient } from '../client.ts'
import { run } from '../program.ts'
import { recordedTerminal, temporaryFolder } from '../testing/folder.ts'
import { type ImportOptions, importSource } from './import_source.ts'

const SETTINGS = {
  name: 'Shop',
  locale: 'en',
  market: 'DE',
  markets: [{ market: 'DE', currency: 'EUR', locale: 'de' }],
}
let door: IngestDoor
let served: Awaited<ReturnType<IngestDoor['listen']>>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  door = await openIngestDoor(manualClock(NOW))
  await door.makeShop('one', SETTINGS)
  served = await door.listen()
  folder = await temporaryFolder()
})
afterEach(async () => {
  await served.close()
  await folder.remove()
})

const put = (name: string, text: string) =>
  writeFile(join(folder.path, name), name.endsWith('.gz') ? gzipSync(text) : text)
const report = { note: () => {}, progress: () => {} }
const feed = { ...DEFAULT_OPTIONS, currency: 'EUR' }
const imported = (source: string, more: Partial<ImportOptions> = {}) => {
  const client = createClient({ url: served.url, key: 'sk_one_x', attempts: 1, signal: more.signal })
  return importSource({ client, source, shop: 'one', directory: folder.path, report, feed, nowMs: NOW, ...more })
}

/** Every second product has a variant at the far end of the file. */
const products = (count: number) =>
  [
    'id,title,price,item_group_id',
    ...Array.from({ length: count }, (_, at) => `p${at},Product ${at},${at + 1}.00 EUR,${at % 2 ? `g${at}` : ''}`),
    ...Array.from({ length: count }, (_, at) =>
      at % 2 ? [`q${at},Product ${at} too,${at + 1}.50 EUR,g${at}`] : [],
    ).flat(),
  ].join('\n')

test('a feed is imported, a second time nothing changes', async () => {
  await put('feed.csv.gz', `${products(1_200)}\nbad,,1 EUR,\n`)
  expect(await imported('feed.csv.gz', { dryRun: true })).toMatchObject({ items: { created: 1_200, rejected: 1 } })
  const first = await imported('feed.csv.gz')
  expect(first).toMatchObject({ items: { created: 1_200, rejected: 1 }, rejected: 1 })
  expect(first.rejects).toEqual([
    { file: 'feed.csv.gz', line: 1_802, id: 'bad', errors: [{ pointer: '/title', detail: 'no title' }] },
  ])
  expect(await imported('feed.csv.gz')).toMatchObject({ items: { created: 0, unchanged: 1_200 } })
})

test('an interrupted feed goes on where it stopped, though its products are not in the order of lines', async () => {
  await put('feed.csv', products(1_600))
  const controller = new AbortController()
  let sent = 0
  const progress = ({ done }: { done: number }) => {
    sent = Math.max(sent, done)
    if (done >= 500) controller.abort()
  }
  await expect(imported('feed.csv', { signal: controller.signal, report: { ...report, progress } })).rejects.toThrow(
    'interrupted',
  )
  expect(sent).toBeLessThan(1_600)
  expect(await imported('feed.csv')).toMatchObject({ resumed: true, items: { rejected: 0 } })
  const page = await door.json<{ items: unknown[]; next_cursor: string | null }>('one', 'GET', '/v1/items?limit=500')
  expect(page.items).toHaveLength(500)
  let all = page.items.length
  for (let cursor = page.next_cursor; cursor !== null; ) {
    const next = await door.json<typeof page>('one', 'GET', `/v1/items?limit=500&cursor=${cursor}`)
    all += next.items.length
    cursor = next.next_cursor
  }
  expect(all).toBe(1_600)
})

test('a folder of feeds: products before orders, whose SKUs are found', async () => {
  await put('a_orders.csv', 'order_id,customer_id,sku,quantity,created_at\n1,u,T-S,2,2025-05-05\n')
  await put(
    'b_products.csv',
    'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\ntee,Tee,Size,S,T-S,10\n',
  )
  expect(await imported('.')).toMatchObject({ items: { created: 1 }, events: { accepted: 1 } })
  const { events } = await door.json<{ events: unknown[] }>('one', 'GET', '/v1/events')
  expect(events).toMatchObject([{ item_id: 'tee', quantity: 2 }])
})

test('the command: the shop tells the currency, rejects are told with line and column, formats can be forced', async () => {
  await put('shop.csv', 'Handle,Title,Variant Price\na,A,1\nb,B,free\n')
  const terminal = recordedTerminal(folder.path)
  const argv = ['--url', served.url, '--key', 'sk_one_x']
  expect(await run(['import', 'shop.csv', ...argv], terminal)).toBe(1)
  expect(terminal.outLines[0]).toBe('shop.csv:3 (b)  /Variant Price  "free" is not a price of zero or more in EUR')
  expect(terminal.outLines).toContain('items   1 created, 1 rejected')
  expect(await run(['import', 'shop.csv', '--format', 'google-xml', ...argv], terminal)).toBe(2)
  expect(terminal.noteLines.at(-1)).toContain('not an XML document')
  expect(await run(['import', 'shop.csv', '--format', 'excel', ...argv], terminal)).toBe(2)
  expect(await run(['export', 'out', ...argv], terminal)).toBe(0)
  expect(terminal.outLines.at(-1)).toBe('exported shop "one" to out: 1 item, 0 events')
})

test('the command helps where a flag is missing, and does not take items from sale by a market that is not there', async () => {
  await put('shop.csv', 'Handle,Title,Variant Price\na,A,1\n')
  await put('orders.csv', 'order_id,sku,quantity,order_date\n1,a,1,3/4/2026\n2,a,-1,2026-11-02\n')
  await put('empty.csv', '')
  const terminal = recordedTerminal(folder.path)
  const argv = ['--url', served.url, '--key', 'sk_one_x']
  expect(await run(['import', 'shop.csv', '--market', 'FR', '--currency', 'EUR', ...argv], terminal)).toBe(2)
  expect(terminal.noteLines.at(-1)).toBe('shelfwise: --market FR: shop "one" has DE')
  for (const market of ['DE', '*'])
    expect(await run(['import', 'shop.csv', '--market', market, ...argv], terminal)).toBe(0)
  expect(await run(['import', 'orders.csv', '--dry-run', ...argv], terminal)).toBe(1)
  expect(terminal.outLines).toContain('dates that can be read in two ways: --dates dmy or --dates mdy')
  expect(terminal.outLines.join('\n')).toContain('are known with --salt')
  expect(await run(['import', 'empty.csv', ...argv], terminal)).toBe(2)
  expect(terminal.noteLines.at(-1)).toMatch(/the file is empty$/)
})

test('memory stays bounded while a large feed passes', async () => {
  // A group is open from its first row to its last: here only one at a time.
  const rows = Array.from({ length: 60_000 }, (_, at) => `p${at},Product ${'x'.repeat(400)} ${at},1.00 EUR,g${at >> 1}`)
  await put('large.csv.gz', `id,title,price,item_group_id\n${rows.join('\n')}\n`)
  rows.length = 0
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  let peak = 0
  const progress = () => {
    peak = Math.max(peak, process.memoryUsage().heapUsed)
  }
  const client = null
  const result = await imported('large.csv.gz', { client, report: { ...report, progress } })
  expect(result).toMatchObject({ items: { created: 30_000 } })
  expect((peak - before) / 1024 / 1024).toBeLessThan(120)
}, 30_000)

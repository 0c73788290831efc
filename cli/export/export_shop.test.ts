import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { createClient } from '../client.ts'
import { importSource } from '../import/import_source.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { type ExportOptions, exportShop } from './export_shop.ts'

const NDJSON = 'application/x-ndjson'
const MARKETS = [
  { market: 'DE', currency: 'EUR', locale: 'de' },
  { market: 'GB', currency: 'GBP', locale: 'en' },
]
const SETTINGS = { name: 'Tea & more', locale: 'en', market: 'DE', markets: MARKETS }

let door: IngestDoor
let served: Awaited<ReturnType<IngestDoor['listen']>>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  const clock = manualClock(NOW)
  door = await openIngestDoor(clock)
  served = await door.listen()
  folder = await temporaryFolder()
})
afterEach(async () => {
  await served.close()
  await folder.remove()
})

const report = { note: () => {}, progress: () => {} }
const clientOf = (shop: string) => createClient({ url: served.url, key: `sk_${shop}_x`, attempts: 1 })
const exported = (shop: string, name: string, more: Partial<ExportOptions> = {}) =>
  exportShop({ client: clientOf(shop), shop, folder: join(folder.path, name), deleted: true, report, ...more })
const imported = (shop: string, name: string) =>
  importSource({ client: clientOf(shop), source: join(folder.path, name), shop, directory: folder.path, report })
const file = (name: string, part: string) => readFile(join(folder.path, name, part), 'utf8')
const send = (shop: string, path: string, lines: readonly unknown[]) =>
  door.json<Record<string, unknown>>(shop, 'POST', path, {
    type: NDJSON,
    text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  })

const at = (second: number) => new Date(NOW - 40 * 86_400_000 + second * 1_000).toISOString()
const ITEMS = [
  { id: 'plain', title: 'Plain teapot', offers: [{ market: '*', currency: 'EUR', price: 1_000, stock: 3 }] },
  {
    id: 'full',
    title: 'Kettle “Größe” 薬缶',
    description: 'Boils water.',
    brand: 'Acme',
    categories: ['Kitchen > Tea', 'Gifts'],
    tags: ['new', 'steel'],
    attributes: { colour: ['red', 'blue'], litres: 1.5, cordless: true },
    locale: 'de-DE',
    url: '/kettle',
    image_url: 'https://img.example/kettle.jpg',
    created_at: at(0),
    updated_at: at(100),
    version: 7,
    variants: [
      { id: 'full-2', title: 'Large', options: { Size: 'L' }, sku: 'K-L', image_url: '/l.jpg' },
      { id: 'full-1', title: 'Small', options: { Size: 'S' }, sku: 'K-S' },
    ],
    offers: [
      {
        market: '*',
        currency: 'EUR',
        list_price: 9_900,
        variants: [
          { id: 'full-2', price: 5_000, stock: 0 },
          { id: 'full-1', price: 4_000 },
        ],
      },
      {
        market: 'GB',
        currency: 'GBP',
        visible: false,
        valid_from: at(0),
        valid_until: at(9_000),
        url: '/gb/kettle',
        title: 'A kettle',
        description: 'It boils.',
        variants: [{ id: 'full-1', price: 3_500, list_price: 3_900 }],
      },
    ],
  },
  { id: 'gone', deleted: true, updated_at: at(5), version: 2 },
  ...Array.from({ length: 620 }, (_, n) => ({
    id: `many-${n}`,
    title: `One of many ${n}`,
    offers: [{ market: 'DE', currency: 'EUR', price: n }],
  })),
]
const EVENTS = [
  { type: 'view', event_id: 'e1', item_id: 'plain', user_id: 'u', occurred_at: at(50) },
  { type: 'click', event_id: 'e2', item_id: 'full', anonymous_id: 'a', occurred_at: at(40), market: 'DE' },
  { type: 'add_to_cart', event_id: 'e3', item_id: 'full', session_id: 's', quantity: 2, occurred_at: at(30) },
  { type: 'impression', event_id: 'e4', item_ids: ['plain', 'full'], user_id: 'u', occurred_at: at(20) },
  {
    type: 'purchase',
    event_id: 'e5',
    user_id: 'u',
    occurred_at: at(90_000),
    items: [
      { item_id: 'plain', quantity: 2, price: 1_000 },
      { item_id: 'full', quantity: 1 },
    ],
  },
  {
    type: 'refund',
    event_id: 'e6',
    item_id: 'plain',
    user_id: 'u',
    quantity: 1,
    price: 1_000,
    occurred_at: at(99_000),
  },
  { type: 'feedback', event_id: 'e7', item_id: 'full', user_id: 'u', value: 'dislike', occurred_at: at(10) },
  { type: 'feedback', event_id: 'e8', item_id: 'full', user_id: 'v', value: 4, occurred_at: at(10) },
]
const many = (from: number, count: number, second: number) =>
  Array.from({ length: count }, (_, n) => ({
    type: 'view',
    event_id: `m${from + n}`,
    item_id: 'plain',
    user_id: `u${n % 50}`,
    occurred_at: at(second + n * 60),
  }))

test('what is exported, imported into another shop and exported again is the same', async () => {
  await door.makeShop('first', SETTINGS)
  await door.makeShop('second', { ...SETTINGS, name: 'Copy' })
  expect(await send('first', '/v1/items:bulk', ITEMS)).toMatchObject({ counts: { rejected: 0 } })
  expect(await send('first', '/v1/events:bulk', [...EVENTS, ...many(0, 2_500, 0)])).toMatchObject({ rejected: [] })
  await door.fold()
  await send('first', '/v1/events:bulk', many(2_500, 2_000, 1_000))
  const result = await exported('first', 'one')
  expect(result).toMatchObject({ items: ITEMS.length, events: EVENTS.length + 4_500 })
  expect(await imported('second', 'one')).toMatchObject({
    rejected: 0,
    items: { created: ITEMS.length - 1, deleted: 1 },
    events: { accepted: result.events },
  })
  await door.fold()
  await exported('second', 'two')
  for (const part of ['items.jsonl', 'events.jsonl']) expect(await file('two', part)).toBe(await file('one', part))
  expect(JSON.parse(await file('one', 'shop.json'))).toEqual(SETTINGS)
  // Taken back into where it came from it adds nothing.
  expect(await imported('first', 'two')).toMatchObject({
    items: { created: 0, deleted: 0, rejected: 0 },
    events: { accepted: 0, duplicates: result.events },
  })
  await exported('first', 'three')
  expect(await file('three', 'items.jsonl')).toBe(await file('one', 'items.jsonl'))
})

test('the comparison sees an item that is told otherwise', async () => {
  await door.makeShop('first', SETTINGS)
  await door.makeShop('second', SETTINGS)
  await send('first', '/v1/items:bulk', ITEMS.slice(0, 2))
  await exported('first', 'one')
  await send('second', '/v1/items:bulk', [{ ...ITEMS[0], tags: ['other'] }, ITEMS[1]])
  await exported('second', 'two')
  expect(await file('two', 'items.jsonl')).not.toBe(await file('one', 'items.jsonl'))
})

test('events that are folded while they are read are all there, once', async () => {
  await door.makeShop('first', SETTINGS)
  for (let part = 0; part < 6; part++) await send('first', '/v1/events:bulk', many(part * 1_000, 1_000, part * 7))
  const client = clientOf('first')
  let calls = 0
  const folding = {
    ...client,
    call: (async (call: Parameters<typeof client.call>[0]) => {
      const answer = await client.call(call)
      if (call.path.startsWith('/v1/events') && ++calls === 2) await door.fold()
      return answer
    }) as typeof client.call,
  }
  const result = await exported('first', 'one', { client: folding })
  expect(calls).toBeGreaterThan(3)
  expect(result.events).toBe(6_000)
  const ids = (await file('one', 'events.jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).event_id)
  expect(new Set(ids).size).toBe(6_000)
})

test('packed files take the place of plain ones, and an export that fails leaves nothing half', async () => {
  await door.makeShop('first', SETTINGS)
  await send('first', '/v1/items:bulk', ITEMS.slice(0, 2))
  await exported('first', 'one')
  await exported('first', 'one', { gzip: true })
  expect((await readdir(join(folder.path, 'one'))).sort()).toEqual(['events.jsonl.gz', 'items.jsonl.gz', 'shop.json'])
  expect(gunzipSync(await readFile(join(folder.path, 'one', 'items.jsonl.gz'))).toString()).toContain('"Kettle')
  const controller = new AbortController()
  controller.abort()
  await expect(exported('first', 'two', { signal: controller.signal })).rejects.toThrow('interrupted')
  expect(await readdir(join(folder.path, 'two'))).toEqual([])
})

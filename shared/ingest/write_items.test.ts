import { expect, test } from 'vitest'
import { createCatalogue, iso, itemLine, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import type { StoredWrite } from '../domain/stored_write.ts'
import { createItemWriter, WRITES_PER_BATCH } from '../store/catalogue/item_writes.ts'
import { countOutcomes, parseItemLine, writeItemLines } from './write_items.ts'

async function setUp() {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const sizes: number[] = []
  const counted: Pick<typeof writer, 'apply'> = {
    apply: (shop, writes, nowMs) => {
      sizes.push(writes.length)
      return writer.apply(shop, writes, nowMs)
    },
  }
  return { db, sizes, write: (lines: readonly string[]) => writeItemLines(SHOP, lines, 'en', counted, NOW) }
}

const line = (over: object = {}) => JSON.stringify(itemLine(over))

test('every line has its outcome, in the order of the lines', async () => {
  const { write } = await setUp()
  const results = await write([
    line({ id: 'a' }),
    '',
    '{ broken',
    line({ id: 'b', offers: [] }),
    line({ id: 'c', title: '\u200b' }),
    '{"id":"d","deleted":true}',
    '{"id":"e","deleted":false}',
    '[]',
    'null',
  ])
  expect(results.map((own) => [own.line, own.id, own.outcome])).toEqual([
    [1, 'a', 'created'],
    [3, null, 'rejected'],
    [4, 'b', 'rejected'],
    [5, 'c', 'rejected'],
    [6, 'd', 'deleted'],
    [7, 'e', 'rejected'],
    [8, null, 'rejected'],
    [9, null, 'rejected'],
  ])
  expect(countOutcomes(results)).toEqual({ created: 1, updated: 0, unchanged: 0, stale: 0, deleted: 1, rejected: 6 })
})

test('an item that comes twice is written twice, in order', async () => {
  const { db, write } = await setUp()
  const results = await write([
    line({ id: 'a', title: 'one', updated_at: iso(NOW) }),
    line({ id: 'b' }),
    line({ id: 'a', title: 'two', updated_at: iso(NOW + 1) }),
  ])
  expect(results.map((own) => own.outcome)).toEqual(['created', 'created', 'updated'])
  expect(await db.prepare(`SELECT title FROM items WHERE id = 'a'`).first('title')).toBe('two')
})

test('batches hold at most 200 writes, and as much text as D1 takes', async () => {
  const { write, sizes } = await setUp()
  const small = Array.from({ length: WRITES_PER_BATCH + 5 }, (_, index) => line({ id: `s${index}` }))
  expect((await write(small)).every((own) => own.outcome === 'created')).toBe(true)
  expect(sizes).toEqual([200, 5])
  const large = Array.from({ length: 60 }, (_, index) =>
    line({ id: `l${index}`, description: `茶碗 ${'鉄の急須 '.repeat(3_000)}` }),
  )
  expect((await write(large)).every((own) => own.outcome === 'created')).toBe(true)
})

test.each([
  [
    'a market twice',
    {
      offers: [
        { market: 'DE', currency: 'EUR', price: 1 },
        { market: 'DE', currency: 'EUR', price: 2 },
      ],
    },
  ],
  [
    'a variant of an offer twice',
    {
      offers: [
        {
          market: 'DE',
          currency: 'EUR',
          variants: [
            { id: 'v', price: 1 },
            { id: 'v', price: 2 },
          ],
        },
      ],
    },
  ],
  ['a variant twice', { variants: [{ id: 'v' }, { id: 'v' }] }],
])('a line that names %s is refused alone, and its neighbours are written', async (_name, over) => {
  const { write } = await setUp()
  const results = await write([line({ id: 'good' }), line({ id: 'bad', ...over }), line({ id: 'also-good' })])
  expect(results.map((own) => own.outcome)).toEqual(['created', 'rejected', 'created'])
})

test('what is wrong is told by a pointer', () => {
  const parsed = parseItemLine(line({ offers: [{ market: 'DE', currency: 'eur', price: 1 }] }), 'en', NOW)
  expect(parsed).toMatchObject({ ok: false, id: 'item-1', errors: [{ pointer: '/offers/0/currency' }] })
})

test('of two lines for one item without clocks the later wins, a delete before a create included', async () => {
  for (let run = 0; run < 20; run++) {
    const written: StoredWrite[][] = []
    const writer = {
      apply: async (_shop: string, writes: readonly StoredWrite[]) => {
        written.push([...writes])
        return writes.map((write) => ({ id: write.id, outcome: 'created' as const }))
      },
    }
    const line = (title: string) =>
      JSON.stringify({ id: 'x', title, offers: [{ market: '*', currency: 'EUR', price: 1 }] })
    await writeItemLines(
      'shop',
      [line(`a${run}`), JSON.stringify({ id: 'x', deleted: true }), line(`b${run}`)],
      'en',
      writer,
      1_000,
    )
    const clocks = written.flat().map((write) => write.sourceAtMs)
    expect(clocks).toEqual([1_000, 1_001, 1_002])
  }
})

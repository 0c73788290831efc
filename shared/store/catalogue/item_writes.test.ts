import type { D1Database } from '@cloudflare/workers-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createCatalogue,
  DAY,
  iso,
  itemWrite,
  NOW,
  OTHER_SHOP,
  rewritingD1,
  SHOP,
  tombstone,
} from '../../../tests/support/unit_catalogue.ts'
import type { SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import type { ItemLine, Offer } from '../../domain/item.ts'
import type { StoredWrite } from '../../domain/stored_write.ts'
import { textQuery } from '../../recall/text_query.ts'
import { createItemWriter, WRITES_PER_BATCH } from './item_writes.ts'
import { createShelfReads } from './shelf_reads.ts'

const SEED = 20_261_121

const rowsOf = async (db: D1Database, sql: string, ...values: unknown[]) =>
  (
    await db
      .prepare(sql)
      .bind(...values)
      .all()
  ).results
const epochOf = (db: D1Database, shop = SHOP) =>
  db.prepare('SELECT epoch FROM shops WHERE shop = ?').bind(shop).first<number>('epoch')
const outboxSize = (db: D1Database) => db.prepare('SELECT COUNT(*) AS n FROM outbox').first<number>('n')

async function hits(db: D1Database, words: string, shop = SHOP): Promise<string[]> {
  const found = await createShelfReads(db, 'primary').gather(shop, [], textQuery(words), 50)
  return found.text.map((hit) => hit.id)
}

/** Everything of an item that a later reader can see. Rows of offers that were withdrawn count as absent. */
async function snapshot(db: D1Database, shop = SHOP) {
  const live = `item IN (SELECT id FROM items WHERE shop = ?1 AND deleted_at IS NULL)`
  const [items, offers, prices, variants, text] = [
    await rowsOf(
      db,
      `SELECT id, source_at, source_version, content_hash, text_hash, deleted_at IS NULL AS live,
         CASE WHEN deleted_at IS NULL THEN json_array(title, description, brand, categories, tags, attributes, locale, url, image_url, created_at) END AS facts
       FROM items WHERE shop = ?1 ORDER BY id`,
      shop,
    ),
    await rowsOf(
      db,
      `SELECT item, market, currency, visible, sellable, valid_from, valid_until, url, title, description FROM offers
       WHERE shop = ?1 AND (visible = 1 OR sellable = 1) ORDER BY item, market`,
      shop,
    ),
    await rowsOf(db, `SELECT * FROM prices WHERE shop = ?1 AND ${live} ORDER BY item, market, variant`, shop),
    await rowsOf(db, `SELECT * FROM variants WHERE shop = ?1 AND ${live} ORDER BY item, variant`, shop),
    Object.fromEntries(
      await Promise.all(
        ['alpha', 'beta', 'gamma', 'delta'].map(async (word) => [word, (await hits(db, word, shop)).sort()]),
      ),
    ),
  ]
  return { items, offers, prices, variants, text }
}

async function replay(writes: readonly StoredWrite[], broken?: (db: D1Database) => D1Database) {
  const db = await createCatalogue()
  const writer = createItemWriter(broken ? broken(db) : db)
  for (const write of writes) await writer.apply(SHOP, [write], NOW)
  return db
}

const offer = (market: string, over: Partial<Offer> = {}): Offer => ({ market, currency: 'EUR', price: 1_000, ...over })

/** Versions of one item: clocks repeat, so that equal clocks are part of the test. */
const version = fc.record({
  deleted: fc.integer({ min: 0, max: 3 }).map((draw) => draw === 0),
  clock: fc.integer({ min: 1, max: 3 }),
  counter: fc.integer({ min: 0, max: 2 }),
  title: fc.constantFrom('alpha', 'beta', 'gamma', 'delta'),
  markets: fc.uniqueArray(fc.constantFrom('*', 'DE', 'FR'), { minLength: 1 }),
  stock: fc.constantFrom(0, 5, undefined),
  variants: fc.boolean(),
})
const writesOf = (versions: ReadonlyArray<typeof version extends fc.Arbitrary<infer T> ? T : never>): StoredWrite[] =>
  versions.map(({ deleted, clock, counter, title, markets, stock, variants }) => {
    if (deleted) return { ...tombstone('item-1', NOW + clock), sourceVersion: counter }
    const offers = markets.map((market) =>
      offer(
        market,
        variants
          ? {
              variants: [
                { id: `${title}-s`, price: 1 },
                { id: `${title}-m`, price: 2, stock: 0 },
              ],
            }
          : stock === undefined
            ? {}
            : { stock },
      ),
    )
    return itemWrite({ title, updated_at: iso(NOW + clock), version: counter, offers })
  })
const hashOf = (write: StoredWrite) => (write.deleted ? 'tombstone' : write.contentHash)
const permuted = fc
  .array(version, { minLength: 2, maxLength: 6 })
  .chain((versions) =>
    fc.tuple(fc.constant(versions), fc.shuffledSubarray([...versions.keys()], { minLength: versions.length })),
  )

/** Whether both orders end in the same rows, which are the newest write's. */
const orderFree = (broken?: (db: D1Database) => D1Database) =>
  fc.asyncProperty(permuted, async ([versions, order]) => {
    const writes = writesOf(versions)
    const straight = await snapshot(await replay(writes, broken))
    const shuffled = await snapshot(
      await replay(
        order.map((index) => writes[index]!),
        broken,
      ),
    )
    expect(shuffled).toEqual(straight)
    const [newest] = [...writes].sort(
      (a, b) => b.sourceAtMs - a.sourceAtMs || b.sourceVersion - a.sourceVersion || (hashOf(b) > hashOf(a) ? 1 : -1),
    )
    const { sourceAtMs: source_at, sourceVersion: source_version } = newest!
    expect(shuffled.items[0]).toMatchObject({ source_at, source_version, content_hash: hashOf(newest!) })
  })

test('any order of the same writes and deletes ends in the same rows', async () => {
  await fc.assert(orderFree(), { seed: SEED, numRuns: 120 })
}, 60_000)

test.each<[string, (sql: string) => string]>([
  [
    'the guard of the upsert',
    (sql) => sql.replace(/WHERE \(excluded\.source_at.*\)\s+> \(items\.source_at.*content_hash\)/, ''),
  ],
  [
    'the version in the guard',
    (sql) => sql.replaceAll(/\b(excluded|items)\.source_version, (?=\w+\.content_hash\))/g, ''),
  ],
  [
    'the hash in the guard',
    (sql) => sql.replaceAll(/(excluded|items)\.source_version, \1\.content_hash/g, '$1.source_version'),
  ],
])('control: without %s the order shows', async (_name, rewrite) => {
  let hitsSeen = 0
  const details = await fc.check(
    orderFree((db) => {
      const broken = rewritingD1(db, (sql) => {
        const changed = rewrite(sql)
        if (changed !== sql) hitsSeen += 1
        return changed
      })
      return broken
    }),
    { seed: SEED, numRuns: 120, endOnFailure: true },
  )
  expect(hitsSeen).toBeGreaterThan(0)
  expect(details.failed, `seed ${SEED}`).toBe(true)
})

test('says what became of each write, and says the same ahead of time', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const at = (ms: number, over: Partial<ItemLine> = {}) => itemWrite({ updated_at: iso(NOW + ms), ...over })
  const steps: Array<[StoredWrite, string]> = [
    [at(10), 'created'],
    [at(10), 'unchanged'],
    [at(20), 'unchanged'],
    [at(15, { title: 'Kettle' }), 'stale'],
    [at(30, { title: 'Kettle' }), 'updated'],
    [tombstone('item-1', NOW + 25), 'stale'],
    [tombstone('item-1', NOW + 40), 'deleted'],
    [tombstone('item-1', NOW + 50), 'unchanged'],
    [at(45, { title: 'Late' }), 'stale'],
    [at(60, { title: 'Back' }), 'created'],
    [tombstone('never-seen', NOW), 'deleted'],
    [at(70, { version: 5 }), 'updated'],
    [at(70, { version: 4, title: 'Other' }), 'stale'],
    [at(70, { version: 6, title: 'Other' }), 'updated'],
    [{ ...tombstone('item-1', NOW + 70), sourceVersion: 5 }, 'stale'],
    [{ ...tombstone('item-1', NOW + 70), sourceVersion: 6 }, 'deleted'],
    [at(70, { version: 6 }), 'stale'],
  ]
  for (const [write, outcome] of steps) {
    expect(await writer.preview(SHOP, [write])).toEqual([{ id: write.id, outcome }])
    expect(await writer.apply(SHOP, [write], NOW)).toEqual([{ id: write.id, outcome }])
  }
})

test('a late update does not bring a deleted item back, and a delete may come before the create', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(SHOP, [tombstone('item-1', NOW + 10)], NOW)
  await writer.apply(SHOP, [itemWrite({ updated_at: iso(NOW + 5) })], NOW)
  expect(await rowsOf(db, 'SELECT id FROM items WHERE deleted_at IS NULL')).toEqual([])
  expect(await hits(db, 'teapot')).toEqual([])
  await writer.apply(SHOP, [itemWrite({ updated_at: iso(NOW + 11) })], NOW)
  expect(await hits(db, 'teapot')).toEqual(['item-1'])
})

test('equal content moves neither the epoch nor the outbox, one that changes moves both once a batch', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const three = ['a', 'b', 'c']
  await writer.apply(
    SHOP,
    three.map((id) => itemWrite({ id, updated_at: iso(NOW) })),
    NOW,
  )
  expect([await epochOf(db), await outboxSize(db)]).toEqual([1, 3])
  await writer.apply(
    SHOP,
    three.map((id) => itemWrite({ id, updated_at: iso(NOW + 9) })),
    NOW + 9,
  )
  expect([await epochOf(db), await outboxSize(db)]).toEqual([1, 3])
  await writer.apply(
    SHOP,
    [
      itemWrite({ id: 'a', title: 'New', updated_at: iso(NOW + 10) }),
      tombstone('d', NOW + 10),
      itemWrite({ id: 'c', updated_at: iso(NOW + 10) }),
    ],
    NOW + 10,
  )
  expect([await epochOf(db), await outboxSize(db)]).toEqual([2, 5])
  expect(await rowsOf(db, 'SELECT id, epoch FROM items ORDER BY id')).toEqual([
    { id: 'a', epoch: 2 },
    { id: 'b', epoch: 1 },
    { id: 'c', epoch: 1 },
    { id: 'd', epoch: 2 },
  ])
  await writer.apply(SHOP, [itemWrite({ id: 'a', title: 'Stale', updated_at: iso(NOW + 1) })], NOW + 11)
  expect([await epochOf(db), await outboxSize(db)]).toEqual([2, 5])
})

test('equal content in another order of keys keeps the vector', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(SHOP, [itemWrite({ attributes: { colour: 'red', material: 'iron' }, updated_at: iso(NOW) })], NOW)
  await db.prepare(`UPDATE items SET vector_version = 'v1'`).run()
  const again = itemWrite({ attributes: { material: 'iron', colour: 'red' }, updated_at: iso(NOW + 1) })
  expect(await writer.apply(SHOP, [again], NOW)).toEqual([{ id: 'item-1', outcome: 'unchanged' }])
  expect(await rowsOf(db, 'SELECT vector_version FROM items')).toEqual([{ vector_version: 'v1' }])
})

test('a new price keeps the vector, a new text drops it', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const versionAfter = async (over: Partial<ItemLine>, ms: number) => {
    await writer.apply(SHOP, [itemWrite({ updated_at: iso(NOW + ms), ...over })], NOW)
    return (await rowsOf(db, 'SELECT vector_version FROM items'))[0]!.vector_version
  }
  await versionAfter({}, 0)
  await db.prepare(`UPDATE items SET vector_version = 'v1'`).run()
  expect(await versionAfter({ offers: [offer('*', { price: 1 })] }, 1)).toBe('v1')
  expect(await versionAfter({ title: 'Other' }, 2)).toBeNull()
})

test('an item that names no creation date stays as old as it is when it is sent again', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const createdAt = async () => (await rowsOf(db, 'SELECT created_at FROM items'))[0]!.created_at
  const undated = (over: Partial<ItemLine>, nowMs: number) => {
    const { created_at: _none, ...line } = {
      id: 'item-1',
      title: 'Teapot',
      created_at: '',
      offers: [offer('*')],
      ...over,
    }
    return itemWrite({ ...line, created_at: undefined } as unknown as Partial<ItemLine>, nowMs)
  }
  await writer.apply(SHOP, [undated({}, NOW)], NOW)
  expect(await createdAt()).toBe(NOW)
  await writer.apply(SHOP, [undated({}, NOW + DAY)], NOW + DAY)
  expect(await createdAt()).toBe(NOW)
  await writer.apply(SHOP, [undated({ title: 'Kettle' }, NOW + 2 * DAY)], NOW + 2 * DAY)
  expect(await createdAt()).toBe(NOW)
  await writer.apply(
    SHOP,
    [itemWrite({ created_at: iso(NOW - DAY), updated_at: iso(NOW + 3 * DAY) }, NOW + 3 * DAY)],
    NOW,
  )
  expect(await createdAt()).toBe(NOW - DAY)
})

test('a market that loses its offer cannot be sold in, unless the general offer covers it', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const put = (ms: number, offers: Offer[]) =>
    writer.apply(SHOP, [itemWrite({ updated_at: iso(NOW + ms), offers })], NOW)
  const sold = async (market: string) => {
    const query = { shop: SHOP, market, nowMs: NOW, ids: ['item-1'], expand: [], texts: false, filler: null }
    return (await createShelfReads(db, 'primary').finalists(query)).cards.length === 1
  }
  await put(1, [offer('DE'), offer('FR', { title: 'Théière' })])
  expect([await sold('DE'), await sold('FR'), await sold('US')]).toEqual([true, true, false])
  await put(2, [offer('DE')])
  expect([await sold('DE'), await sold('FR')]).toEqual([true, false])
  expect(await rowsOf(db, `SELECT sellable, visible, title FROM offers WHERE market = 'FR'`)).toEqual([
    { sellable: 0, visible: 0, title: null },
  ])
  await put(3, [offer('DE'), offer('*')])
  expect([await sold('DE'), await sold('FR'), await sold('US')]).toEqual([true, true, true])
})

test('full text follows updates and deletes', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(SHOP, [itemWrite({ title: 'Teapot', updated_at: iso(NOW) })], NOW)
  await writer.apply(SHOP, [itemWrite({ title: 'Kettle 急須', updated_at: iso(NOW + 1) })], NOW)
  expect([await hits(db, 'teapot'), await hits(db, 'kettle'), await hits(db, '急須')]).toEqual([
    [],
    ['item-1'],
    ['item-1'],
  ])
  await writer.apply(SHOP, [tombstone('item-1', NOW + 2)], NOW)
  expect([await hits(db, 'kettle'), await hits(db, '急須')]).toEqual([[], []])
  expect(await rowsOf(db, 'SELECT COUNT(*) AS n FROM item_text')).toEqual([{ n: 0 }])
})

test('two shops with the same ids never touch each other', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(SHOP, [itemWrite({ title: 'alpha' })], NOW)
  await writer.apply(OTHER_SHOP, [itemWrite({ title: 'beta' })], NOW)
  const before = await snapshot(db, OTHER_SHOP)
  await writer.apply(
    SHOP,
    [itemWrite({ title: 'gamma', updated_at: iso(NOW + 1), offers: [offer('DE', { stock: 0 })] })],
    NOW,
  )
  await writer.apply(SHOP, [tombstone('item-1', NOW + 2)], NOW)
  expect(await snapshot(db, OTHER_SHOP)).toEqual(before)
  expect([await hits(db, 'beta'), await hits(db, 'beta', OTHER_SHOP)]).toEqual([[], ['item-1']])
  expect([await epochOf(db), await epochOf(db, OTHER_SHOP)]).toEqual([3, 1])
})

test('control: a full text query without its tenant reaches the other shop', async () => {
  const db = await createCatalogue()
  await createItemWriter(db).apply(OTHER_SHOP, [itemWrite({ title: 'beta' })], NOW)
  const open = 'SELECT i.id FROM item_text JOIN items i ON i.seq = item_text.rowid WHERE item_text MATCH ?1'
  expect(await rowsOf(db, open, '"beta"')).toEqual([{ id: 'item-1' }])
})

test('takes 200 items a batch with every table filled, and not one more', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const many = Array.from({ length: WRITES_PER_BATCH }, (_, index) =>
    itemWrite({
      id: `item ${index} 茶`,
      attributes: { size: index, 'a.b': ['x', 'y'] },
      offers: ['*', 'DE', 'FR'].map((market) =>
        offer(market, {
          variants: [
            { id: 's', price: 1 },
            { id: 'm', price: 2 },
          ],
        }),
      ),
    }),
  )
  const outcomes = await writer.apply(SHOP, many, NOW)
  expect(outcomes.map((one) => one.outcome)).toEqual(many.map(() => 'created'))
  expect(await rowsOf(db, 'SELECT COUNT(*) AS n FROM prices')).toEqual([{ n: 1_200 }])
  expect(await epochOf(db)).toBe(1)
  await expect(writer.apply(SHOP, [...many, itemWrite()], NOW)).rejects.toThrow(RangeError)
  expect(await writer.apply(SHOP, [], NOW)).toEqual([])
})

test('a batch that cannot be written whole is not written at all', async () => {
  const db = await createCatalogue()
  const twice = itemWrite({ id: 'bad' })
  const poison = { ...twice, prices: [...twice.prices, ...twice.prices] }
  await expect(createItemWriter(db).apply(SHOP, [itemWrite(), poison], NOW)).rejects.toThrow(/UNIQUE/)
  expect((await snapshot(db as SqliteD1)).items).toEqual([])
  expect([await epochOf(db), await outboxSize(db)]).toEqual([0, 0])
})

test('an item that was deleted before it was ever seen names nothing', async () => {
  const db = await createCatalogue()
  await createItemWriter(db).apply(SHOP, [tombstone('ghost', NOW)], NOW)
  const { context } = await createShelfReads(db, 'primary').gather(SHOP, ['ghost'], [], 1)
  expect(context.size).toBe(0)
})

import type { D1Database } from '@cloudflare/workers-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createCatalogue,
  iso,
  itemWrite,
  NOW,
  OTHER_SHOP,
  rewritingD1,
  SHOP,
  tombstone,
} from '../../../tests/support/unit_catalogue.ts'
import type { StoredWrite } from '../../domain/stored_write.ts'
import { type Beside, createItemWriter } from './item_writes.ts'
import type { InventoryName, StockLevel } from './stock.ts'

const SEED = 20_261_125
const VARIANTS = ['s', 'm']
const LOCATIONS = ['berlin', 'paris']

type Told =
  | { kind: 'product'; clock: number; stock: ReadonlyArray<number | null> }
  | { kind: 'delete'; clock: number }
  | { kind: 'level'; variant: number; location: number; available: number | null; clock: number }

const units = fc.constantFrom(0, 1, 5, 9)
/** Clocks repeat and interleave; every product's content is a function of its clock, as a platform's is. */
const told: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('level' as const),
      variant: fc.nat(1),
      location: fc.nat(1),
      available: fc.oneof(units, fc.constant(null), fc.constant(-2)),
      clock: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('product' as const),
      clock: fc.integer({ min: 1, max: 6 }),
      stock: fc.tuple(units, fc.oneof(units, fc.constant(null))),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), clock: fc.integer({ min: 1, max: 6 }) }) },
)
const story = fc.array(told, { minLength: 2, maxLength: 9 }).chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
    // Some are delivered twice.
    fc.array(fc.nat(all.length - 1), { maxLength: 4 }),
  ),
)

const beside = (inventory: readonly InventoryName[], levels: readonly StockLevel[]): Beside => ({
  source: 'shopify',
  inventory,
  levels,
  delivery: null,
  waiting: [],
})
const NAMES = VARIANTS.map((variant) => ({ inventoryItem: `inv-${variant}`, item: 'item-1', variant }))
const productOf = (clock: number, stock: ReadonlyArray<number | null>, version = 0) =>
  itemWrite({
    updated_at: iso(NOW + clock),
    version,
    offers: ['*', 'DE'].map((market) => ({
      market,
      currency: 'EUR',
      variants: VARIANTS.map((id, index) => ({
        id,
        price: 5,
        ...(stock[index] == null ? {} : { stock: stock[index] }),
      })),
    })),
  })
const levelOf = (variant: number, location: number, available: number | null, clock: number): StockLevel => ({
  inventoryItem: `inv-${VARIANTS[variant]}`,
  location: LOCATIONS[location]!,
  available,
  atMs: NOW + clock,
})

async function tell(db: D1Database, one: Told, clockOf = (clock: number) => clock) {
  const writer = createItemWriter(db)
  if (one.kind === 'level') {
    const level = levelOf(one.variant, one.location, one.available, clockOf(one.clock))
    return writer.apply(SHOP, [], NOW, beside([], [level]))
  }
  const write: StoredWrite =
    one.kind === 'delete' ? tombstone('item-1', NOW + one.clock) : productOf(one.clock, one.stock)
  return writer.apply(SHOP, [write], NOW, beside(one.kind === 'delete' ? [] : NAMES, []))
}

const rows = async (db: D1Database, sql: string, ...values: unknown[]) =>
  (
    await db
      .prepare(sql)
      .bind(...values)
      .all()
  ).results
const seen = async (db: D1Database) => ({
  items: await rows(db, 'SELECT id, source_at, source_version, content_hash, deleted_at IS NULL AS live FROM items'),
  prices: await rows(db, 'SELECT market, variant, stock, told FROM prices ORDER BY market, variant'),
  offers: await rows(db, 'SELECT market, sellable FROM offers WHERE visible = 1 ORDER BY market'),
})
const stockOf = async (db: D1Database, variant = 's') =>
  (await rows(db, `SELECT stock FROM prices WHERE market = '*' AND variant = ?1`, variant))[0]?.stock
const count = async (db: D1Database, table: string) => (await rows(db, `SELECT COUNT(*) AS n FROM ${table}`))[0]!.n

/** What the newest snapshot and the newest levels come to, worked out without a database. */
function expected(all: readonly Told[]): Array<{ market: string; variant: string; stock: number | null }> | null {
  const hashOf = (one: Told) => (one.kind === 'product' ? productOf(one.clock, one.stock).contentHash : 'tombstone')
  const snapshots = all.filter((one) => one.kind !== 'level')
  const [newest] = snapshots.sort((a, b) => b.clock - a.clock || (hashOf(b) > hashOf(a) ? 1 : -1))
  if (newest === undefined || newest.kind === 'delete') return null
  const stock = VARIANTS.map((_variant, index) => {
    const own = newest.stock[index] ?? null
    if (own === null) return null
    const last = LOCATIONS.flatMap((_location, at) => {
      const levels = all.filter((one) => one.kind === 'level' && one.variant === index && one.location === at)
      const order = (a: Told, b: Told) =>
        b.clock - a.clock ||
        ((a as { available: number | null }).available ?? -1e18) -
          ((b as { available: number | null }).available ?? -1e18)
      return levels.sort(order).slice(0, 1) as Array<{ clock: number; available: number | null }>
    })
    if (!last.some((level) => level.clock > newest.clock)) return own
    return Math.max(
      0,
      last.reduce((sum, level) => sum + (level.available ?? 0), 0),
    )
  })
  return ['*', 'DE'].flatMap((market) =>
    ['m', 's'].map((variant) => ({ market, variant, stock: stock[VARIANTS.indexOf(variant)]! })),
  )
}

const isPure = (broken?: (db: D1Database) => D1Database, clockOf?: (clock: number) => number) =>
  fc.asyncProperty(story, async ([all, order, twice]) => {
    const arrivals = [...order, ...twice].map((index) => all[index]!)
    const db = await createCatalogue()
    const through = broken ? broken(db) : db
    for (const one of arrivals) await tell(through, one, clockOf)
    const straight = await createCatalogue()
    for (const one of all) await tell(broken ? broken(straight) : straight, one, clockOf)
    const [shuffled, plain] = [await seen(db), await seen(straight)]
    expect(shuffled).toEqual(plain)
    const worth = expected([...all])
    expect(worth === null ? [] : shuffled.prices.map(({ told: _told, ...row }) => row)).toEqual(worth ?? [])
    for (const offer of shuffled.offers) {
      const own = shuffled.prices.filter((price) => price.market === offer.market)
      expect(offer.sellable).toBe(own.some((price) => price.stock === null || (price.stock as number) > 0) ? 1 : 0)
    }
  })

test('stock is a function of the newest snapshot and the newest levels, whatever came first or twice', async () => {
  await fc.assert(isPure(), { seed: SEED, numRuns: 60 })
}, 120_000)

const without = (pattern: RegExp, by: string) => (db: D1Database) => rewritingD1(db, (sql) => sql.replace(pattern, by))
test.each<[string, (db: D1Database) => D1Database]>([
  ['clocks of levels', without(/WHERE excluded\.source_at > inventory_levels\.source_at OR[\s\S]*$/, '')],
  ['the rule for levels of one clock', without(/OR \(excluded\.source_at = inventory_levels[\s\S]*$/, '')],
  [
    "a look at the snapshot's clock",
    without(
      /CASE WHEN MAX\(l\.source_at\) > MAX\(CASE[\s\S]*?END\) THEN (MAX\(0, SUM\(COALESCE\(l\.available, 0\)\)\)) END/g,
      '$1',
    ),
  ],
])(
  'control: without %s it is found out',
  async (_name, broken) => {
    const details = await fc.check(isPure(broken), { seed: SEED, numRuns: 150, endOnFailure: true })
    expect(details.failed, `seed ${SEED}`).toBe(true)
  },
  120_000,
)

test('within one second the snapshot and the level are told apart by the moment of the event', async () => {
  const second = Math.floor(NOW / 1_000) * 1_000 - NOW
  const fine = (ms: number) => NOW + second + ms
  for (const [level, stock] of [
    [881, 7],
    [600, 1],
  ] as const) {
    const db = await createCatalogue()
    const writer = createItemWriter(db)
    const told = [levelOf(0, 0, 7, second + level)]
    await writer.apply(SHOP, [productOf(second, [1, 1], fine(769))], NOW, beside(NAMES, told))
    expect(await stockOf(db, 's')).toBe(stock)
  }
})

test('an inventory item that a newer snapshot gives to another variant, or to none, follows it', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const name = (variant: string): InventoryName => ({ inventoryItem: 'inv-s', item: 'item-1', variant })
  await writer.apply(SHOP, [productOf(1, [1, 1])], NOW, beside([name('s')], [levelOf(0, 0, 7, 9)]))
  expect([await stockOf(db, 's'), await stockOf(db, 'm')]).toEqual([7, 1])
  await writer.apply(SHOP, [productOf(2, [1, 1])], NOW, beside([name('m')], []))
  expect([await stockOf(db, 's'), await stockOf(db, 'm')]).toEqual([1, 7])
  // Late: the older snapshot's name has no say.
  await writer.apply(SHOP, [productOf(1, [1, 1])], NOW, beside([name('s')], []))
  expect([await stockOf(db, 's'), await stockOf(db, 'm')]).toEqual([1, 7])
  // A snapshot that names none is the whole truth.
  await writer.apply(SHOP, [productOf(3, [1, 1])], NOW)
  expect([await stockOf(db, 's'), await stockOf(db, 'm')]).toEqual([1, 1])
})

test('control: names without their clock outlive their snapshot', async () => {
  const db = await createCatalogue()
  const broken = rewritingD1(db, (sql) =>
    sql.replaceAll(' AND i.source_at = n.source_at AND i.source_version = n.source_version', ''),
  )
  const writer = createItemWriter(broken)
  await writer.apply(SHOP, [productOf(1, [1, 1])], NOW, beside(NAMES, [levelOf(0, 0, 7, 9)]))
  await writer.apply(SHOP, [productOf(3, [1, 1])], NOW)
  expect(broken.hits).toBeGreaterThan(0)
  expect(await stockOf(db)).toBe(7)
})

test('a level that empties the shelf is one change: epoch, outbox and offers with it; one that says the same is none', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const epochs = async () => [
    (await rows(db, 'SELECT epoch FROM shops WHERE shop = ?1', SHOP))[0]!.epoch,
    (await rows(db, 'SELECT epoch FROM items'))[0]!.epoch,
    await count(db, 'outbox'),
  ]
  await writer.apply(SHOP, [productOf(1, [4, 0])], NOW, beside(NAMES, []))
  expect(await epochs()).toEqual([1, 1, 1])
  await writer.apply(SHOP, [], NOW, beside([], [levelOf(0, 0, 4, 5)]))
  expect(await epochs()).toEqual([1, 1, 1])
  await writer.apply(SHOP, [], NOW, beside([], [levelOf(0, 0, 0, 6)]))
  expect(await epochs()).toEqual([2, 2, 2])
  expect(await rows(db, 'SELECT DISTINCT sellable FROM offers')).toEqual([{ sellable: 0 }])
  await writer.apply(SHOP, [], NOW, beside([], [levelOf(0, 1, 3, 5)]))
  expect(await rows(db, 'SELECT DISTINCT sellable FROM offers')).toEqual([{ sellable: 1 }])
  expect(await epochs()).toEqual([3, 3, 3])
  await writer.apply(
    SHOP,
    [],
    NOW,
    beside([], [levelOf(0, 1, 3, 5), { ...levelOf(0, 1, 9, 9), inventoryItem: 'unknown' }]),
  )
  expect(await epochs()).toEqual([3, 3, 3])
  // Equal content, newer clock: the snapshot speaks again.
  expect(await writer.apply(SHOP, [productOf(8, [4, 0])], NOW)).toEqual([{ id: 'item-1', outcome: 'unchanged' }])
  expect([await stockOf(db), await epochs()]).toEqual([4, [4, 4, 4]])
})

test("stock of one shop or source is no other one's", async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  for (const shop of [SHOP, OTHER_SHOP]) await writer.apply(shop, [productOf(1, [4, 4])], NOW, beside(NAMES, []))
  await writer.apply(SHOP, [], NOW, { ...beside([], [levelOf(0, 0, 1, 5)]), source: 'other' })
  expect(await rows(db, 'SELECT DISTINCT stock FROM prices')).toEqual([{ stock: 4 }])
  await writer.apply(SHOP, [], NOW, beside([], [levelOf(0, 0, 1, 5)]))
  expect(await rows(db, 'SELECT DISTINCT stock FROM prices WHERE shop = ?1', OTHER_SHOP)).toEqual([{ stock: 4 }])
  expect(await stockOf(db)).toBe(1)
})

test('a deleted item leaves no names behind, and levels that wait for an item are kept', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(SHOP, [], NOW, beside([], [levelOf(0, 0, 2, 5)]))
  await writer.apply(SHOP, [productOf(1, [9, 9])], NOW, beside(NAMES, []))
  expect(await stockOf(db)).toBe(2)
  await writer.apply(SHOP, [tombstone('item-1', NOW + 2)], NOW)
  expect([await count(db, 'inventory_items'), await count(db, 'inventory_levels'), await count(db, 'prices')]).toEqual([
    0, 1, 0,
  ])
  await writer.apply(SHOP, [productOf(3, [9, 9])], NOW, beside(NAMES, []))
  expect(await stockOf(db)).toBe(2)
})

test('a delivery is remembered with the items or alone, and with nothing else when the batch fails', async () => {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  const delivery = (id: string) => ({
    source: 'shopify',
    id,
    topic: 'products/update',
    receivedAtMs: NOW,
    outcome: 'applied' as const,
    counts: { item: 1 },
  })
  expect(await writer.apply(SHOP, [], NOW, { ...beside([], []), delivery: delivery('a') })).toEqual([])
  await writer.apply(SHOP, [productOf(1, [1, 1])], NOW, { ...beside(NAMES, []), delivery: delivery('b') })
  expect(await count(db, 'deliveries')).toBe(2)
  const good = productOf(2, [2, 2])
  const poison = { ...good, prices: [...good.prices, ...good.prices] }
  const failing = writer.apply(SHOP, [poison], NOW, {
    ...beside(NAMES, [levelOf(0, 0, 1, 9)]),
    delivery: delivery('c'),
  })
  await expect(failing).rejects.toThrow(/UNIQUE/)
  expect([await count(db, 'deliveries'), await count(db, 'inventory_levels'), await stockOf(db)]).toEqual([2, 0, 1])
})

test('no statement reads the stock keeping of a whole shop', async () => {
  const db = await createCatalogue()
  const asked = new Set<string>()
  const listening = rewritingD1(db, (sql) => {
    if (sql.includes('inventory_')) asked.add(sql)
    return sql
  })
  const writer = createItemWriter(listening)
  await writer.apply(SHOP, [productOf(1, [1, 1])], NOW, beside(NAMES, [levelOf(0, 0, 1, 2)]))
  await writer.apply(SHOP, [tombstone('item-1', NOW + 2)], NOW)
  expect(asked.size).toBeGreaterThan(6)
  const wide = /^(?:SCAN|SEARCH) (?:n|l|inventory_items|inventory_levels)\b(?!.*shop=\? AND )/
  for (const sql of asked) {
    const values = ['x', '[]', '[]', '[]', '[]'].slice(
      0,
      Math.max(...[...sql.matchAll(/\?(\d)/g)].map((own) => Number(own[1]))),
    )
    const plan = await rows(db, `EXPLAIN QUERY PLAN ${sql}`, ...values)
    expect(plan.length + (sql.startsWith('INSERT') ? 1 : 0)).toBeGreaterThan(0)
    expect(plan.map((step) => String(step.detail)).filter((detail) => wide.test(detail))).toEqual([])
  }
})

test('a batch with hundreds of names and long texts stays within what D1 takes', async () => {
  const db = await createCatalogue()
  const ids = Array.from({ length: 40 }, (_, index) => `item-${index}`)
  const variants = Array.from({ length: 40 }, (_, index) => ({ id: `v-${index}`, price: 5, stock: 1 }))
  const writes = ids.map((id) =>
    itemWrite({ id, description: 'word '.repeat(1_000), offers: [{ market: '*', currency: 'EUR', variants }] }),
  )
  const names = ids.flatMap((item) => variants.map(({ id }) => ({ inventoryItem: `${item}-${id}`, item, variant: id })))
  await createItemWriter(db).apply(SHOP, writes, NOW, beside(names, []))
  expect(await count(db, 'inventory_items')).toBe(1_600)
})

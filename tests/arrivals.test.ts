import { beforeAll, expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../shared/base/clock.ts'
import { audienceSchema } from '../shared/domain/audience.ts'
import type { ArrivalNeighbour } from '../shared/domain/card.ts'
import { placeArrivals } from '../shared/enrich/arrivals.ts'
import { runOutbox, runShops } from '../shared/enrich/run.ts'
import { ARRIVALS_PER_ROW } from '../shared/recall/arrivals.ts'
import { audienceOf } from '../shared/recommend/audience.ts'
import { createAudienceReads } from '../shared/store/catalogue/audience_reads.ts'
import { createFactorStore, type FactorStore } from '../shared/store/catalogue/factors.ts'
import { plantedItem, plantedShop } from './support/planted_tastes.ts'
import { rewritingD1 } from './support/unit_catalogue.ts'
import { createWorld, type World } from './support/world.ts'

const SEED = 20_260_117
const keep = async () => {}

let world: World
let factors: FactorStore
beforeAll(async () => {
  world = await createWorld(plantedShop({ seed: SEED, itemsPerTopic: 20, shoppersPerTopic: 50 }))
  factors = createFactorStore(world.rawCatalogue)
}, 120_000)

/** In whose rows an item stands. */
async function rowsWith(item: string): Promise<Map<string, number>> {
  const ids = world.data.items.map(({ id }) => id)
  const rows = await factors.arrivals(world.shop, ids)
  return new Map([...rows].flatMap(([row, own]) => own.filter(([id]) => id === item).map(([, link]) => [row, link])))
}

async function settle() {
  for (let round = 0; round < 3; round++) {
    await runOutbox(world.enrich)
    world.clock.advance(2 * SECOND_MS)
    await runShops(world.enrich)
  }
  await world.reread()
}

const space = () => ({ shop: world.shop, ...world.config.search!.space! })
const share = (rows: ReadonlyMap<string, number>, topic: string) =>
  [...rows.keys()].filter((row) => row.startsWith(topic)).length / rows.size

test('learning leaves factors, tastes with names, and a map chosen on the shop itself', async () => {
  expect((await factors.anchors(world.shop, 500)).length).toBe(100)
  const tastes = (await factors.tastes(world.shop))!
  expect(tastes.tastes.length).toBeGreaterThanOrEqual(5)
  expect(
    new Set(
      tastes.tastes.flatMap(({ names }) => names.filter(({ kind }) => kind === 'category').map(({ value }) => value)),
    ).size,
  ).toBe(5)
  const map = (await factors.textMap(world.shop))!
  expect(map.anchors).toBe(100)
})

test('a new item stands in the rows of items that its shoppers have, before anybody wanted it', async () => {
  await world.putItems([plantedItem('Garden', 'fresh', ['rake', 'seedling', 'fern'])])
  await settle()
  const rows = await rowsWith('fresh')
  expect(rows.size).toBeGreaterThanOrEqual(10)
  expect(share(rows, 'Garden')).toBeGreaterThan(0.6)
  const [strongest] = [...rows].sort((a, b) => b[1] - a[1])[0]!
  expect(strongest).toMatch(/^Garden/)
})

test('a shopper of its topic gets it among the candidates, by a request that makes no more calls', async () => {
  const parts = (await world.location()).isolate()
  const gathered = await parts.reads.gather(world.shop, ['Garden-1', 'Garden-2', 'Garden-5'], [], 10)
  const arrived = [...gathered.neighbours.values()].flatMap(({ arrivals }) => arrivals!.map(([id]) => id))
  expect(arrived).toContain('fresh')
})

test('to do it again changes nothing', async () => {
  const before = await rowsWith('fresh')
  world.rawCatalogue.execute([{ sql: `UPDATE item_factors SET map = 'older' WHERE item = 'fresh'`, params: [] }])
  await world.enrich.jobs.due(world.shop, 'arrivals')
  expect(await placeArrivals(space(), world.enrich, keep)).toBe(1)
  expect(await world.enrich.jobs.get(world.shop, 'arrivals')).toMatchObject({ state: 'idle', due: false, done: 1 })
  expect(await rowsWith('fresh')).toEqual(before)
  expect(await placeArrivals(space(), world.enrich, keep)).toBe(0)
})

test('what the index does not show is left for the next run, and nobody waits for it', async () => {
  world.rawCatalogue.execute([{ sql: `UPDATE item_factors SET map = 'older' WHERE item = 'fresh'`, params: [] }])
  const hidden = { ...world.enrich, vectors: { ...world.enrich.vectors, get: async () => new Map() } }
  expect(await placeArrivals(space(), hidden, keep)).toBe(0)
  expect((await world.enrich.jobs.get(world.shop, 'arrivals'))?.state).toBe('idle')
  expect(await placeArrivals(space(), world.enrich, keep)).toBe(1)
  expect((await world.enrich.jobs.get(world.shop, 'arrivals'))?.state).toBe('idle')
})

test('who dies between the rows and the note does it again and leaves no row behind', async () => {
  const before = await rowsWith('fresh')
  await world.putItems([plantedItem('Office', 'fresh', ['stapler', 'binder', 'ruler'])])
  let notes = 0
  const dying = {
    ...world.enrich,
    fencing: null,
    factors: {
      ...world.enrich.factors,
      async place(...args: Parameters<FactorStore['place']>) {
        notes += 1
        if (notes === 2) throw new Error('killed')
        await world.enrich.factors.place(...args)
      },
    },
  }
  await runOutbox(world.enrich)
  world.clock.advance(2 * SECOND_MS)
  await runShops(dying)
  expect(notes).toBeGreaterThanOrEqual(2)
  await settle()
  const rows = await rowsWith('fresh')
  expect(share(rows, 'Office')).toBeGreaterThan(0.6)
  expect([...before.keys()].filter((row) => rows.has(row) && row.startsWith('Garden')).length).toBeLessThan(8)
  const [noted] = world.rawCatalogue.execute([
    { sql: `SELECT anchors FROM item_factors WHERE item = 'fresh'`, params: [] },
  ])
  const anchors = JSON.parse(noted!.rows[0]![0] as string) as string[]
  expect([...rows.keys()].every((row) => anchors.includes(row))).toBe(true)
})

test('who would want it: the taste of its topic, with real items, by its text alone', async () => {
  await world.putItems([plantedItem('Camping', 'told', ['tent', 'paddle', 'rope'])])
  await settle()
  const told = audienceSchema.parse(await audienceOf(world.shop, 'told', factors))
  expect(told).toMatchObject({ basis: 'text', shoppers: 0, own_share: 0, kappa: 8 })
  const [best] = told.tastes
  expect(best!.names).toContainEqual({ kind: 'category', name: '', value: 'Camping' })
  expect(best!.lift).toBeGreaterThan(1.3)
  expect(best!.top_items.filter(({ id }) => id.startsWith('Camping')).length).toBeGreaterThanOrEqual(3)
  expect(told.tastes.every(({ shoppers }) => shoppers >= 20)).toBe(true)
  const known = (await audienceOf(world.shop, 'Toys-3', factors))!
  expect(['behaviour', 'both']).toContain(known.basis)
  expect(known.tastes[0]!.names).toContainEqual({ kind: 'category', name: '', value: 'Toys' })
  expect(JSON.stringify(told)).not.toMatch(/Camping\d|u:/)
  expect(await audienceOf(world.shop, 'nothing', factors)).toBeNull()
})

test('control: a place that is another item’s has another audience', async () => {
  const own = (await factors.placeOf(world.shop, 'Toys-3'))!
  const wrong = await audienceOf(world.shop, 'told', { ...factors, placeOf: async () => own })
  expect(wrong!.tastes[0]!.names).not.toContainEqual({ kind: 'category', name: '', value: 'Camping' })
})

/** Rows after an earlier map had filled them with other arrivals, and this one placed all of them a few at a time. */
async function rowsAfterEarlierMap(
  sown: readonly string[],
  placedBy: FactorStore['placedBy'],
): Promise<Map<string, ArrivalNeighbour[]>> {
  const ids = world.data.items.map(({ id }) => id)
  const standing = [...(await factors.arrivals(world.shop, ids))]
  const others = ([row, own]: (typeof standing)[number]): [string, ArrivalNeighbour[]] => {
    const there = new Set(own.map(([id]) => id))
    return [
      row,
      sown
        .filter((id) => !there.has(id))
        .slice(0, ARRIVALS_PER_ROW)
        .map((id) => [id, 90]),
    ]
  }
  await factors.putArrivals(world.shop, standing.map(others))
  const earlier = { sql: `UPDATE item_factors SET map = 'older', anchors = ?1 WHERE map IS NOT NULL` }
  world.rawCatalogue.execute([{ ...earlier, params: [JSON.stringify(standing.map(([row]) => row))] }])
  const unplaced: FactorStore['unplaced'] = (of, map, below) => factors.unplaced(of, map, below, 5)
  await placeArrivals(space(), { ...world.enrich, factors: { ...factors, unplaced, placedBy } }, keep)
  return factors.arrivals(world.shop, ids)
}

test('what an earlier map put into rows pushes nothing out of them that this one would keep', async () => {
  const words = ['rake', 'seedling', 'fern', 'trellis', 'planter', 'pruner', 'compost', 'lavender']
  const many = Array.from({ length: 40 }, (_, at) =>
    plantedItem('Garden', `sown-${at}`, [words[at % 8]!, words[(at * 3 + 1) % 8]!, words[(at * 5 + 2) % 8]!]),
  )
  await world.putItems(many)
  await settle()
  const ids = world.data.items.map(({ id }) => id)
  const sown = many.map(({ id }) => id)
  const alone = await factors.arrivals(world.shop, ids)
  expect([...alone.values()].filter((row) => row.length === ARRIVALS_PER_ROW).length).toBeGreaterThan(10)
  expect(await rowsAfterEarlierMap(sown, factors.placedBy)).toEqual(alone)
  const everything: FactorStore['placedBy'] = async (_shop, _map, items) => new Set(items)
  expect(await rowsAfterEarlierMap(sown, everything), 'control: rows that begin with what was there').not.toEqual(alone)
  for (const id of sown) await world.deleteItem(id)
  await settle()
})

test('once it has shoppers of its own, or is gone, it leaves the rows', async () => {
  world.rawCatalogue.execute([{ sql: `UPDATE item_factors SET shoppers = 16 WHERE item = 'told'`, params: [] }])
  expect((await rowsWith('told')).size).toBeGreaterThan(0)
  await placeArrivals(space(), world.enrich, keep)
  expect((await rowsWith('told')).size).toBe(0)
  expect((await rowsWith('fresh')).size).toBeGreaterThan(0)
  await world.deleteItem('fresh')
  await settle()
  expect((await rowsWith('fresh')).size).toBe(0)
  expect(await audienceOf(world.shop, 'fresh', factors)).toBeNull()
})

test('an audience costs the same three reads for a hundred shoppers and for a hundred thousand', async () => {
  const tastes = (await factors.tastes(world.shop))!
  const counted = async (shoppers: number) => {
    const scale = shoppers / tastes.shoppers
    const sized = tastes.tastes.map((taste) => ({
      ...taste,
      shoppers: Math.max(20, Math.round(taste.shoppers * scale)),
    }))
    await factors.putTastes(world.shop, { ...tastes, shoppers, tastes: sized }, world.clock.now())
    let statements = 0
    const db = rewritingD1(world.rawCatalogue, (sql) => {
      statements += 1
      return sql
    })
    const told = await audienceOf(world.shop, 'Toys-3', createAudienceReads(db))
    expect(told!.tastes.length).toBeGreaterThan(0)
    return statements
  }
  expect(await counted(100)).toBe(3)
  expect(await counted(100_000)).toBe(3)
})

test('a map that lacks most anchors is made again, and no sooner than it may help', async () => {
  const mark = (await factors.textMap(world.shop))!
  await factors.putTextMap(world.shop, { ...mark, missing: 90, builtAtMs: world.clock.now() }, world.clock.now())
  await placeArrivals(space(), world.enrich, keep)
  expect((await factors.textMap(world.shop))!.missing).toBe(90)
  world.clock.advance(11 * MINUTE_MS)
  await placeArrivals(space(), world.enrich, keep)
  const again = (await factors.textMap(world.shop))!
  expect(again.missing).toBe(0)
  expect(again.version).not.toBe(mark.version)
  // What the map that lacked them had placed is placed again.
  expect(await factors.unplaced(space(), again.version, 64, 500)).toEqual([])
})

test('a map whose missing anchors are not shown either by now stays, and what it placed with it', async () => {
  const all = (await factors.textMap(world.shop))!
  const hidden = new Set((await factors.anchors(world.shop, 500)).slice(0, 40).map(({ item }) => item))
  const without = (count: number) => {
    const gone = new Set([...hidden].slice(0, count))
    const get: typeof world.enrich.vectors.get = async (own, role, ids) => {
      const found = await world.enrich.vectors.get(own, role, ids)
      return new Map([...found].filter(([item]) => !gone.has(item)))
    }
    return { ...world.enrich, fencing: null, vectors: { ...world.enrich.vectors, get } }
  }
  await factors.putTextMap(world.shop, { ...all, missing: 40 }, world.clock.now())
  world.clock.advance(11 * MINUTE_MS)
  await placeArrivals(space(), without(40), keep)
  const looked = (await factors.textMap(world.shop))!
  expect(looked).toEqual({ ...all, missing: 40, builtAtMs: world.clock.now() })
  world.clock.advance(11 * MINUTE_MS)
  await placeArrivals(space(), without(20), keep)
  const again = (await factors.textMap(world.shop))!
  expect(again.missing).toBe(20)
  expect(again.version).not.toBe(all.version)
})

test('a map whose object was lost is made again, and what waits is placed by it', async () => {
  const { artefacts } = world.enrich
  const lost = { ...world.enrich, fencing: null, artefacts: { ...artefacts, textMap: async () => null } }
  world.rawCatalogue.execute([{ sql: `UPDATE item_factors SET map = 'older' WHERE item = 'fresh'`, params: [] }])
  const before = (await factors.textMap(world.shop))!
  expect(await placeArrivals(space(), lost, keep)).toBe(0)
  world.clock.advance(SECOND_MS)
  expect(await placeArrivals(space(), world.enrich, keep)).toBeGreaterThan(0)
  expect((await factors.textMap(world.shop))!.version).not.toBe(before.version)
  expect(await placeArrivals(space(), world.enrich, keep)).toBe(0)
})

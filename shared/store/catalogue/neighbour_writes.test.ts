import { expect, test } from 'vitest'
import { createCatalogue, itemWrite, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import { COSINE_WORTH, LINK_WORTH, type Neighbours, REACH_KEPT } from '../../domain/card.ts'
import { createItemWriter } from './item_writes.ts'
import { clearNeighboursBefore, putNeighbours } from './neighbour_writes.ts'
import { createShelfReads } from './shelf_reads.ts'

const SEED = 20_261_122
const ITEMS = 150
const ids = Array.from({ length: ITEMS }, (_, at) => `item-${at}`)
type Lists = Required<Pick<Neighbours, 'bought' | 'similar' | 'arrivals'>>

/** What a row leads on to, computed beside the SQL. */
function expected({ bought, similar, arrivals }: Lists): Map<string, number> {
  const sums = new Map<string, number>()
  const add = (id: string, weight: number) => sums.set(id, (sums.get(id) ?? 0) + weight)
  for (const [id, taste, , next] of bought) add(id, taste + next)
  for (const [id, cosine] of similar) add(id, COSINE_WORTH * cosine)
  for (const [id, link] of arrivals) add(id, LINK_WORTH * link)
  const best = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return new Map(best.slice(0, REACH_KEPT).map(([id, weight]) => [id, Math.trunc(weight)]))
}

function randomLists(seed: number): Lists {
  const rng = seededRng(seed)
  const some = (most: number) => rng.shuffle([...ids]).slice(0, rng.int(most + 1))
  return {
    bought: some(90).map((id) => [id, rng.int(9_000), rng.int(500), rng.int(2_000), 3] as const),
    similar: some(30).map((id) => [id, Math.round(rng.next() * 1e4) / 1e4] as const),
    arrivals: some(20).map((id) => [id, Math.round(rng.next() * 4e3) / 1e3] as const),
  }
}

const setUp = async () => {
  const db = await createCatalogue()
  await createItemWriter(db).apply(
    SHOP,
    ids.map((id) => itemWrite({ id })),
    NOW,
  )
  const put = (list: keyof Lists, rows: ReadonlyArray<readonly [string, unknown]>) =>
    putNeighbours(
      db,
      SHOP,
      list,
      rows.map(([id, own]) => [id, JSON.stringify(own)] as const),
      list === 'bought' ? NOW : undefined,
    ).run()
  const reach = async (item: string) => {
    const row = await db
      .prepare('SELECT reach FROM neighbours WHERE shop = ? AND item = ?')
      .bind(SHOP, item)
      .first<{ reach: string }>()
    return new Map(Object.entries(JSON.parse(row!.reach) as Record<string, number>))
  }
  const expand = async (items: readonly string[]) => {
    const query = { shop: SHOP, market: 'GB', nowMs: NOW, ids: [], expand: items, texts: false, filler: null }
    return (await createShelfReads(db, 'primary').finalists(query)).cards.map(({ id }) => id).sort()
  }
  return { db, put, reach, expand }
}

test('whatever the order in which lists are written, a row says what all of them lead on to', async () => {
  const { put, reach } = await setUp()
  const rng = seededRng(SEED)
  for (const item of ids.slice(0, 20)) {
    const lists = randomLists(rng.int(1e9))
    const before = randomLists(rng.int(1e9))
    for (const list of rng.shuffle(['bought', 'similar', 'arrivals'] as const)) {
      // A second write takes the place of the first.
      await put(list, [[item, before[list]]])
      await put(list, [[item, lists[list]]])
    }
    expect(await reach(item), `seed ${SEED}, ${item}`).toEqual(expected(lists))
  }
})

test('a list that is emptied leads nowhere, and the others still do', async () => {
  const { db, put, reach } = await setUp()
  const lists = randomLists(SEED)
  for (const list of ['bought', 'similar', 'arrivals'] as const) await put(list, [['item-0', lists[list]]])
  await clearNeighboursBefore(db, SHOP, 'bought', NOW + 1).run()
  expect(await reach('item-0')).toEqual(expected({ ...lists, bought: [] }))
})

test('a past is expanded to what its rows lead on to, summed up before or not; a sum of other lists is found out', async () => {
  const { db, put, expand } = await setUp()
  const past = ids.slice(0, 12)
  const rows = past.map((id, at) => [id, randomLists(SEED + at)] as const)
  for (const list of ['bought', 'similar', 'arrivals'] as const)
    await put(
      list,
      rows.map(([id, own]) => [id, own[list]] as const),
    )
  const summed = await expand(past)
  expect(summed).toHaveLength(60)
  await db.prepare('UPDATE neighbours SET reach = NULL').run()
  expect(await expand(past)).toEqual(summed)
  await db.prepare(`UPDATE neighbours SET reach = '{"item-0": 1}'`).run()
  expect(await expand(past)).toEqual(['item-0'])
})

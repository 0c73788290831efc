import { expect, test } from 'vitest'
import { createCatalogue, iso, itemWrite, NOW, SHOP, tombstone } from '../../../tests/support/unit_catalogue.ts'
import { createEnrichmentStore } from './enrichment.ts'
import { createItemWriter } from './item_writes.ts'
import { createShopStore } from './shop_config.ts'
import { createVectorLedger } from './vector_ledger.ts'
import { createVectorSpaceStore } from './vector_spaces.ts'

const SPACE = { shop: SHOP, version: 'v1', binding: 'a', dimensions: 4 } as const
const NEXT = { ...SPACE, version: 'v2', binding: 'b' } as const

async function setUp(ids: readonly string[] = ['item-1']) {
  const db = await createCatalogue()
  const writer = createItemWriter(db)
  await writer.apply(
    SHOP,
    ids.map((id) => itemWrite({ id })),
    NOW,
  )
  const ledger = createVectorLedger(db)
  const store = createEnrichmentStore(db)
  const read = async (item = ids[0]!) => (await store.texts(SHOP, [item]))[0]!.textHash
  const wrote = (space: typeof SPACE | typeof NEXT, marks: Array<{ item: string; hash: string }>, over = {}) =>
    ledger.wrote(
      space,
      'text',
      marks.map((mark) => ({ ...mark, bare: false, seen: false, ...over })),
      'm1',
      NOW,
    )
  const reword = (id: string, title: string) =>
    writer.apply(SHOP, [itemWrite({ id, title, updated_at: iso(NOW + title.length) })], NOW)
  return { db, writer, ledger, store, read, wrote, reword, spaces: createVectorSpaceStore(db) }
}
const names = (marks: ReadonlyArray<{ item: string }>) => marks.map((mark) => mark.item)

test('vectors and text neighbours are due until they are noted, and again after a new text', async () => {
  const { ledger, read, wrote, reword } = await setUp()
  const due = async () => [names(await ledger.due(SPACE, 'text', 10)), names(await ledger.withoutSimilar(SPACE, 10))]
  expect(await due()).toEqual([['item-1'], []])
  const hash = await read()
  await wrote(SPACE, [{ item: 'item-1', hash }])
  expect(await due()).toEqual([[], ['item-1']])
  await ledger.putSimilar(SPACE, [{ item: 'item-1', hash, similar: [['b', 0.5]] }])
  expect(await due()).toEqual([[], []])
  expect([await ledger.countDue(NEXT, 'text'), await ledger.countDue(SPACE, 'text')]).toEqual([1, 0])
  await reword('item-1', 'Other')
  expect(await due()).toEqual([['item-1'], []])
  expect(names(await ledger.due(SPACE, 'text', 10, ['item-1', 'other']))).toEqual(['item-1'])
  expect(names(await ledger.due(SPACE, 'text', 10, ['other']))).toEqual([])
})

test('a text that changes while it is being embedded, or its neighbours looked up, stays due', async () => {
  const { ledger, read, wrote, reword } = await setUp()
  const before = await read()
  await reword('item-1', 'Meanwhile')
  await wrote(SPACE, [{ item: 'item-1', hash: before }])
  expect(names(await ledger.due(SPACE, 'text', 10))).toEqual(['item-1'])
  await wrote(SPACE, [{ item: 'item-1', hash: await read() }])
  await ledger.putSimilar(SPACE, [{ item: 'item-1', hash: before, similar: [] }])
  expect(names(await ledger.withoutSimilar(SPACE, 10))).toEqual(['item-1'])
})

test('what was seen stays seen of the former text until the new one is', async () => {
  const { ledger, read, wrote, reword } = await setUp(['a', 'b'])
  const marks = [
    { item: 'a', hash: await read('a') },
    { item: 'b', hash: await read('b') },
  ]
  await wrote(SPACE, marks)
  expect(names(await ledger.unseen(SPACE, null, 10))).toEqual(['a', 'b'])
  expect(names(await ledger.unseen(SPACE, { view: 'text', item: 'a' }, 10))).toEqual(['b'])
  await ledger.saw(SPACE, 'text', marks)
  expect(await ledger.unseen(SPACE, null, 10)).toEqual([])
  await reword('a', 'Reworded')
  await wrote(SPACE, [{ item: 'a', hash: await read('a') }])
  expect(names(await ledger.unseen(SPACE, null, 10))).toEqual(['a'])
  // A note of the former text does not make the new one seen.
  await ledger.saw(SPACE, 'text', marks)
  expect(names(await ledger.unseen(SPACE, null, 10))).toEqual(['a'])
  await wrote(SPACE, [{ item: 'a', hash: await read('a') }], { bare: true })
  expect(await ledger.unseen(SPACE, null, 10)).toEqual([])
})

test('vectors of the deleted are to go; a next space follows only when it lacks nothing', async () => {
  const { db, ledger, read, wrote, writer, spaces } = await setUp(['a', 'b'])
  const marks = [
    { item: 'a', hash: await read('a') },
    { item: 'b', hash: await read('b') },
  ]
  await spaces.open(SPACE, { documents: 2, settled: true }, NOW)
  await wrote(SPACE, marks, { seen: true })
  await spaces.open(NEXT, { documents: 2, settled: true }, NOW + 1)
  expect((await spaces.all(SHOP)).map((space) => [space.version, space.role])).toEqual([
    ['v1', 'active'],
    ['v2', 'next'],
  ])
  await wrote(NEXT, marks.slice(0, 1), { seen: true })
  expect(await spaces.switchTo(SHOP, 'v2', NOW + 2)).toBe(false)
  await wrote(NEXT, marks.slice(1))
  expect(await spaces.switchTo(SHOP, 'v2', NOW + 2)).toBe(false)
  await writer.apply(SHOP, [tombstone('b', NOW + 5)], NOW)
  expect(await ledger.gone(SPACE, 'text', 10)).toEqual(['b'])
  expect(await ledger.dead(SHOP, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  // The one that was missing is gone from the shop as well.
  expect(await spaces.switchTo(SHOP, 'v2', NOW + 2)).toBe(true)
  expect(await spaces.switchTo(SHOP, 'v2', NOW + 3)).toBe(false)
  expect((await createShopStore(db).config(SHOP))!.search.space).toMatchObject({ version: 'v2', binding: 'b' })
  // The former one may come back, as the next.
  await spaces.open(SPACE, { documents: 2, settled: true }, NOW + 4)
  expect((await spaces.all(SHOP)).map((space) => [space.version, space.role])).toEqual([
    ['v2', 'active'],
    ['v1', 'next'],
  ])
  await spaces.abandon(SHOP, NOW + 5)
  await spaces.forget(SHOP, 'v1')
  await spaces.forget(SHOP, 'v2')
  expect((await spaces.all(SHOP)).map((space) => space.version)).toEqual(['v2'])
})

import { expect, test } from 'vitest'
import {
  createCatalogue,
  itemLine,
  itemWrite,
  NOW,
  OTHER_SHOP,
  SHOP,
  tombstone,
} from '../../../tests/support/unit_catalogue.ts'
import { toItemWrite } from '../../ingest/item_write.ts'
import { createItemReads } from './item_reads.ts'
import { createItemWriter } from './item_writes.ts'

async function filled() {
  const db = await createCatalogue()
  const variant = (id: string, sku: string) => ({ id, sku })
  const offers = (...ids: string[]) => [{ market: '*', currency: 'EUR', variants: ids.map((id) => ({ id, price: 1 })) }]
  await createItemWriter(db).apply(
    SHOP,
    [
      itemWrite({ id: 'tee', variants: [variant('v1', 'S1'), variant('v2', 'shared')], offers: offers('v1', 'v2') }),
      itemWrite({ id: 'mug', variants: [variant('v3', 'shared'), variant('S1', 'S3')], offers: offers('v3', 'S1') }),
      itemWrite({ id: 'same', variants: [variant('v5', 'twice'), variant('v6', 'twice')], offers: offers('v5', 'v6') }),
      tombstone('gone', NOW),
    ],
    NOW,
  )
  await createItemWriter(db).apply(
    OTHER_SHOP,
    [itemWrite({ id: 'other', variants: [variant('v9', 'S9')], offers: offers('v9') })],
    NOW,
  )
  return { db, reads: createItemReads(db) }
}

test('names of variants lead to their items: an own id before a SKU, shared SKUs nowhere, items to themselves', async () => {
  const { reads } = await filled()
  const found = await reads.byVariant(SHOP, ['v1', 'S1', 'S3', 'shared', 'twice', 'tee', 'gone', 'S9', 'nobody'])
  expect(Object.fromEntries([...found].map(([name, { item }]) => [name, item]))).toEqual({
    v1: 'tee',
    S1: 'mug',
    S3: 'mug',
    twice: 'same',
  })
  expect(await reads.byVariant(SHOP, ['tee', 'mug'])).toEqual(new Map())
})

test('pages go through a shop by id, with tombstones when asked, and no other shop', async () => {
  const { reads } = await filled()
  const ids = async (withDeleted: boolean) => {
    const all: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await reads.page(SHOP, after, 2, withDeleted)
      all.push(...page.lines.map((line) => line.id))
      if (page.last === null) return all
      after = page.last
    }
  }
  expect(await ids(false)).toEqual(['mug', 'same', 'tee'])
  expect(await ids(true)).toEqual(['gone', 'mug', 'same', 'tee'])
})

test('a line that is read writes the same item again', async () => {
  const { db, reads } = await filled()
  const { lines } = await reads.page(SHOP, null, 10, false)
  const writes = lines.map((line) => toItemWrite(itemLine({ ...line, title: line.id } as never), 'en', NOW))
  const outcomes = await createItemWriter(db).preview(
    SHOP,
    lines.map((line) => toItemWrite(line as never, 'en', NOW)),
  )
  expect(outcomes.map((one) => one.outcome)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  // The control: another title is another content.
  const changed = await createItemWriter(db).preview(SHOP, writes)
  expect(changed.every((one) => one.outcome !== 'unchanged')).toBe(true)
})

test('a market that lost its offer is no offer of the line', async () => {
  const { db, reads } = await filled()
  const writer = createItemWriter(db)
  const de = { market: 'DE', currency: 'EUR', price: 5 }
  await writer.apply(SHOP, [itemWrite({ id: 'two', offers: [de, { ...de, market: 'FR' }] }, NOW + 1)], NOW + 1)
  await writer.apply(SHOP, [itemWrite({ id: 'two', offers: [de] }, NOW + 2)], NOW + 2)
  const { lines } = await reads.page(SHOP, 'tee', 10, false)
  expect(lines).toMatchObject([{ id: 'two', offers: [de] }])
})

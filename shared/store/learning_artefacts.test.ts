import { expect, test } from 'vitest'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock } from '../base/clock.ts'
import { createLearningArtefacts, type Partition } from './learning_artefacts.ts'

const SHOP = 'shop-a'
function setUp() {
  const bucket = createMemoryR2({ clock: manualClock(0) })
  return { bucket, artefacts: createLearningArtefacts(bucket) }
}

test('lines come whole, however the partition is cut, in any script', async () => {
  const { bucket, artefacts } = setUp()
  const lines = Array.from({ length: 40_000 }, (_, index) => `${index} ${'茶壺é'.repeat(index % 9)}`)
  await bucket.put(`events/v1/${SHOP}/2026-01-01/1-2.ndjson`, lines.join('\n'))
  await bucket.put(`events/v1/${SHOP}/2026-01-01/3-4.ndjson`, '')
  await bucket.put('events/v1/shop-b/2026-01-01/1-2.ndjson', 'another shop')
  const partitions = await artefacts.partitions(SHOP)
  expect(partitions).toHaveLength(2)
  expect(partitions[0]!.bytes).toBeGreaterThan(1024 * 1024)
  const read: string[] = []
  for (const partition of partitions) for await (const part of artefacts.lines(partition)) read.push(...part)
  expect(read).toEqual(lines)
})

const all = async (lines: AsyncGenerator<string[]>) => {
  for await (const _ of lines);
}

test('a partition that lost lines, or went, is told', async () => {
  const { bucket, artefacts } = setUp()
  const name = `events/v1/${SHOP}/2026-01-01/1-2.ndjson`
  await bucket.put(name, 'a\nb')
  const [partition] = (await artefacts.partitions(SHOP)) as [Partition]
  await bucket.put(name, 'a')
  await expect(all(artefacts.lines(partition))).rejects.toThrow('has changed')
  await bucket.delete(name)
  await expect(all(artefacts.lines(partition))).rejects.toThrow('has changed')
})

test('runs have folders of their own, which go whole or in part', async () => {
  const { artefacts } = setUp()
  for (const run of ['one', 'two']) {
    const folder = artefacts.folder(SHOP, 'own', run)
    await folder.put('rows/a.ndjson', run)
    await folder.put('visits/0.bin', new Uint8Array([1, 2, 3, 4]))
  }
  await artefacts.folder(SHOP, 'offered', 'one').put('manifest.json', '{}')
  await artefacts.putOffer(SHOP, 'one')
  expect([await artefacts.runs(SHOP, 'own'), await artefacts.runs(SHOP, 'offered')]).toEqual([['one', 'two'], ['one']])
  expect([...(await artefacts.folder(SHOP, 'own', 'one').range('visits/0.bin', 1, 2))]).toEqual([2, 3])
  expect(await artefacts.remove(SHOP, 'own', 'one', (name) => name.startsWith('rows/'))).toBe(1)
  expect(await artefacts.folder(SHOP, 'own', 'one').text('rows/a.ndjson')).toBe('one')
  await expect(artefacts.folder(SHOP, 'own', 'one').bytes('visits/0.bin')).rejects.toThrow('is missing')
  expect(await artefacts.remove(SHOP, 'own', 'two')).toBe(2)
  expect(await artefacts.removeAll(SHOP)).toBe(3)
  expect([await artefacts.runs(SHOP, 'own'), await artefacts.offer(SHOP)]).toEqual([[], null])
})

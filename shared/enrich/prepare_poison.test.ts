import { expect, test } from 'vitest'
import { itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, SPACE, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import type { EnrichDeps } from './deps.ts'
import { prepareVectors } from './prepare_vectors.ts'

const ids = Array.from({ length: 20 }, (_, index) => `i${String(index).padStart(3, '0')}`)
const keep = async () => {}

async function shopOf() {
  const world = await setUp()
  await world.writer.apply(
    SHOP,
    ids.map((id) => itemWrite({ id, title: `Title ${id}` })),
    NOW,
  )
  return { world, well: depsOf(world, scriptedModel([])) }
}

const vectorsOf = async (world: Awaited<ReturnType<typeof setUp>>) =>
  (await world.catalogue.prepare('SELECT item FROM item_vectors ORDER BY item').all<{ item: string }>()).results.map(
    (row) => row.item,
  )

test('an item that the index cannot take is put aside by the preparation, at every position', async () => {
  for (const poison of ids) {
    const { world, well } = await shopOf()
    const vectors: EnrichDeps['vectors'] = {
      ...well.vectors,
      upsert: async (space, view, rows) => {
        if (rows.some((row) => row.item === poison)) throw new TypeError('poison')
        return well.vectors.upsert(space, view, rows)
      },
    }
    await prepareVectors(SHOP, { ...well, vectors }, keep)
    expect(await vectorsOf(world), poison).toEqual(ids.filter((id) => id !== poison))
    expect((await well.quarantine.list(SHOP, 10)).map((row) => [row.item, row.stage])).toEqual([[poison, 'embed']])
  }
})

test('an item whose neighbours cannot be asked for is put aside, and the others get theirs', async () => {
  const { world, well } = await shopOf()
  const poison = ids[7]!
  await prepareVectors(SHOP, well, keep)
  world.clock.advance(2_000)
  let asked = 0
  const vectors: EnrichDeps['vectors'] = {
    ...well.vectors,
    near: async (space, view, vector, limit) => {
      asked += 1
      const found = await well.vectors.near(space, view, vector, limit)
      if (found.some((match) => match.id === poison && match.score > 0.999)) throw new RangeError('poison')
      return found
    },
  }
  // Every item has a direction of its own here but for those of equal length of title: all are equal, so one poison is all.
  await expect(prepareVectors(SHOP, { ...well, vectors }, keep)).resolves.toBeUndefined()
  expect(asked).toBeGreaterThan(0)
  expect((await well.quarantine.list(SHOP, 100)).every((row) => row.stage === 'similar')).toBe(true)
  expect(await well.ledger.withoutSimilar(SPACE, 100)).toEqual([])
})

test('an index that is away accuses nobody', async () => {
  const { world, well } = await shopOf()
  const down = async () => Promise.reject(new Error('down'))
  const vectors: EnrichDeps['vectors'] = { ...well.vectors, upsert: down, remove: down }
  await expect(prepareVectors(SHOP, { ...well, vectors }, keep)).rejects.toThrow('down')
  expect([await vectorsOf(world), await well.quarantine.count(SHOP)]).toEqual([[], 0])
})

test('an embedder that is away accuses nobody and is asked once', async () => {
  const { well } = await shopOf()
  let asked = 0
  const model: EnrichDeps['model'] = {
    ...well.model,
    embedItems: async () => {
      asked += 1
      return { ok: false, reason: 'unavailable' }
    },
  }
  await expect(prepareVectors(SHOP, { ...well, model }, keep)).rejects.toThrow('unavailable')
  expect([asked, await well.quarantine.count(SHOP)]).toEqual([1, 0])
})

import { expect, test } from 'vitest'
import { createCatalogue, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import type { Ranker, RankerReport } from '../../domain/ranker.ts'
import { createRankerStore } from '../../store/catalogue/rankers.ts'
import { ROW_KINDS, type RowStores } from '../rows.ts'

const REPORT: RankerReport = { home: { lists: 90, judged: 20, ndcg: 0.3, shipped: 0.2, kept: true } }
const rowOf = (version: string): ['ranker', Ranker, RankerReport] => [
  'ranker',
  { version, orders: { home: { taste_rank: [-4, 1.2, 0.6] } } },
  REPORT,
]
const kind = ROW_KINDS.ranker!

async function shop() {
  const rankers = createRankerStore(await createCatalogue())
  const publish = async (rows: ReturnType<typeof rowOf>[], stampMs: number) => {
    const to = { shop: SHOP, markets: new Set(['*']), stampMs }
    await kind.publish(rows, to, { rankers } as unknown as RowStores)
    await kind.finish(to, { rankers } as unknown as RowStores)
  }
  return { rankers, publish }
}

test('a published row is in force with its report; published again after a kill it changes nothing', async () => {
  const { rankers, publish } = await shop()
  for (const _ of [1, 2]) await publish([rowOf('a')], NOW)
  expect([await rankers.state(SHOP), await rankers.list(SHOP)]).toEqual([
    { version: 'a', held: false },
    [{ version: 'a', createdAtMs: NOW, report: REPORT }],
  ])
})

test('a held version stays in force while runs are published, until it is released', async () => {
  const { rankers, publish } = await shop()
  await publish([rowOf('a')], NOW)
  await rankers.choose(SHOP, 'a', NOW + 1)
  await publish([rowOf('b')], NOW + 2)
  expect(await rankers.state(SHOP)).toEqual({ version: 'a', held: true })
  await rankers.release(SHOP, NOW + 3)
  await publish([rowOf('c')], NOW + 4)
  expect(await rankers.state(SHOP)).toEqual({ version: 'c', held: false })
})

test('a run that had too little to learn from leaves the order that is in force', async () => {
  const { rankers, publish } = await shop()
  await publish([rowOf('a')], NOW)
  await publish([], NOW + 1)
  expect(await rankers.state(SHOP)).toEqual({ version: 'a', held: false })
})

test('rows of other engines are checked: purposes, numbers, deviations', () => {
  expect(kind.schema.safeParse(rowOf('a')).success).toBe(true)
  const wrong = [
    ['ranker', { version: '', orders: {} }, REPORT],
    ['ranker', { version: 'a', orders: { dreams: {} } }, REPORT],
    ['ranker', { version: 'a', orders: { home: { taste_rank: [0, -1, 1] } } }, REPORT],
    ['ranker', { version: 'a', orders: { home: { taste_rank: [0, 1, Number.NaN] } } }, REPORT],
    ['ranker', { version: 'a', orders: { home: { taste_rank: [0, 1] } } }, REPORT],
    ['ranker', { version: 'a', orders: {} }],
  ]
  for (const row of wrong) expect([row, kind.schema.safeParse(row).success]).toEqual([row, false])
})

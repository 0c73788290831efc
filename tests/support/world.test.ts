import { expect, test } from 'vitest'
import { ask } from './ask.ts'
import { demoShop } from './shops.ts'
import { createWorld, type World, worldsOf } from './world.ts'

const data = demoShop('tsukimi')
const newWorld = worldsOf(data)
const SHELVES = [
  { placement: 'home', user_id: 'u-nobody' },
  { placement: 'product', item_ids: [data.items[0]!.id] },
  { query: 'tea' },
]

/** What a fresh isolate of a new location answers, and every row of the catalogue's largest tables. */
async function told(world: World): Promise<unknown> {
  const isolate = (await world.location()).isolate()
  const shelves = []
  for (const body of SHELVES) {
    const { answer, ids } = await ask(isolate, world.config, body)
    shelves.push([answer.rung, ids, answer.degraded])
  }
  const rows = ['items', 'neighbours', 'offers'].map(
    (table) => world.rawCatalogue.execute([{ sql: `SELECT * FROM ${table} ORDER BY 1, 2, 3`, params: [] }])[0]!.rows,
  )
  return { shelves, rows, now: world.clock.now() }
}

test('a copied world tells what one that was made in full tells', async () => {
  const full = await told(await createWorld(data))
  expect(await told(await newWorld())).toEqual(full)
  expect(await told(await newWorld())).toEqual(full)
})

test('what happens in a copy happens in no other', async () => {
  const [one, before] = [await newWorld(), await told(await newWorld())]
  for (const { id } of data.items.slice(0, 20)) await one.deleteItem(id)
  await one.sendEvents(data.items.slice(20, 60).map(({ id }) => ({ type: 'purchase', item_id: id, user_id: 'u-new' })))
  await one.catchUp()
  expect(await told(await newWorld())).toEqual(before)
  // Control: a world that is not copied shows it.
  expect(await told(one)).not.toEqual(before)
})

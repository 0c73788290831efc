/** Dependencies that answer, and answer nonsense: a shelf goes down the ladder and never fails. */
import { beforeAll, expect, test } from 'vitest'
import { ask } from '../../tests/support/ask.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../../tests/support/world.ts'

const SEARCH = { placement: 'generic', query: 'tea kettle', user_id: 'u-query' }
const NONSENSE = [7, 'text', null, {}, [7], [{ id: 'tp-001' }], [[]]]

let world: World
let location: Location
beforeAll(async () => {
  world = await createWorld(demoShop('hearth-and-field'))
  location = await world.location()
})

/** An isolate that has answered before, when all was well. */
async function warm(): Promise<ShelfParts> {
  const isolate = location.isolate()
  await ask(isolate, world.config, { placement: 'home' })
  return isolate
}

const spoilt = (parts: ShelfParts, value: unknown): ShelfParts => ({
  ...parts,
  reads: {
    ...parts.reads,
    gather: async (...args: Parameters<typeof parts.reads.gather>) =>
      ({ ...(await parts.reads.gather(...args)), text: value }) as never,
  },
})

test.each(NONSENSE.map((value) => [JSON.stringify(value), value]))(
  'hits of full text that are %s',
  async (_, value) => {
    const { answer } = await ask(spoilt(await warm(), value), world.config, SEARCH)
    expect([answer.rung, answer.degraded.includes('gather')]).toEqual([expect.stringMatching(/L[34]/), true])
    expect(answer.shown.length).toBeGreaterThan(3)
  },
)

test('control: hits as they are leave the shelf where it was', async () => {
  const isolate = await warm()
  expect((await ask(isolate, world.config, SEARCH)).answer.rung).toBe('L2')
  expect((await ask(spoilt(isolate, []), world.config, SEARCH)).answer.rung).toBe('L2')
})

test('a wave that cannot be read at all leaves what the isolate holds', async () => {
  const isolate = await warm()
  const vectors = new Proxy(isolate.vectors, { get: () => async () => 7 })
  const failed: unknown[] = []
  const log = { ...isolate.log, error: (_event: string, _error: unknown, about: unknown) => failed.push(about) }
  const body = { placement: 'product', item_ids: [world.data.items[0]!.id] }
  const { answer } = await ask({ ...isolate, vectors, log } as ShelfParts, world.config, body)
  expect(failed).toContainEqual(expect.objectContaining({ stage: 'wave' }))
  expect([answer.rung, answer.shown.length > 3]).toEqual([expect.stringMatching(/L[2345]/), true])
})

import { expect, test } from 'vitest'
import { manualClock } from '../base/clock.ts'
import { createLru } from '../base/lru.ts'
import type { StoredItem } from '../domain/card.ts'
import type { ShelfDeps } from './deps.ts'
import { ITEMS_TTL_MS, keptItems } from './kept_items.ts'

const item = (id: string, of = 'kv') => ({ id, title: of }) as StoredItem

function setUp() {
  const clock = manualClock(0)
  const deps = { clock, memory: { items: createLru(2, ITEMS_TTL_MS) } } as unknown as ShelfDeps
  const asked: string[][] = []
  const get = async (ids: string[], shop = 'a') => {
    const found = await keptItems(shop, ids, deps, async (missing) => {
      asked.push([...missing])
      return new Map(missing.filter((id) => id !== 'gone').map((id) => [id, item(id, shop)]))
    })
    return [...found.values()].map(({ id, title }) => `${title}/${id}`)
  }
  return { clock, asked, get }
}

test('what is held is not read again, for a while', async () => {
  const { clock, asked, get } = setUp()
  expect(await get(['x', 'y'])).toEqual(['a/x', 'a/y'])
  expect((await get(['y', 'x'])).sort()).toEqual(['a/x', 'a/y'])
  clock.advance(ITEMS_TTL_MS)
  await get(['x'])
  expect(asked).toEqual([['x', 'y'], ['x']])
})

test('another shop’s item of the same name is another item, and what is missing is looked for again', async () => {
  const { asked, get } = setUp()
  await get(['x'])
  expect(await get(['x'], 'b')).toEqual(['b/x'])
  expect([await get(['gone']), await get(['gone'])]).toEqual([[], []])
  expect(asked).toEqual([['x'], ['x'], ['gone'], ['gone']])
})

test('a reader that fails is heard', async () => {
  const { clock } = setUp()
  const deps = { clock, memory: { items: createLru(2, ITEMS_TTL_MS) } } as unknown as ShelfDeps
  await expect(keptItems('a', ['x'], deps, () => Promise.reject(new Error('KV')))).rejects.toThrow('KV')
})

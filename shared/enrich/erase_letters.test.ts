import { expect, test } from 'vitest'
import { createOperations, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createDeadLetterStore, type NewLetter } from '../store/operations/dead_letters.ts'
import type { ErasedShoppers } from '../store/operations/erasures.ts'
import { forgetLetters } from './erase_letters.ts'

const letter = (ref: string, customer: number, over: Partial<NewLetter> = {}): NewLetter => ({
  ...{ origin: 'webhook:shopify', shop: SHOP, kind: 'delivery', topic: 'orders/create', ref, code: 'rejected' },
  ...{ detail: '', headers: {}, body: new TextEncoder().encode(JSON.stringify({ customer: { id: customer } })) },
  ...over,
})

/** @param letters of which the first, one in the middle and the last name the shopper */
async function setUp(letters: number) {
  const operations = await createOperations()
  const store = createDeadLetterStore(operations)
  const named = [0, Math.floor(letters / 2), letters - 1]
  for (let at = 0; at < letters; at++) await store.put(letter(`l-${at}`, named.includes(at) ? 5 : 55), NOW)
  await store.put(letter('elsewhere', 5, { shop: OTHER_SHOP }), NOW)
  const counted = rewritingD1(operations, (sql) => `${sql} `)
  const left = async () =>
    (await operations.prepare('SELECT COUNT(*) AS n FROM dead_letters WHERE shop = ?1').bind(SHOP).first<number>('n'))!
  const run = async (from: string, objects: number, shoppers: ErasedShoppers = ['u:5'], pages = Number.MAX_VALUE) => {
    const turn = { objects, isOver: false }
    let [removed, through, read] = [0, from, 0]
    for await (const page of forgetLetters(SHOP, shoppers, from, turn, {
      deadLetters: createDeadLetterStore(counted),
    })) {
      removed += page.letters
      through = page.through
      read += 1
      if (read === pages) break
    }
    return { removed, through, turn }
  }
  return { store, counted, run, left }
}

test('a thousand letters take a tenth of the statements that a run has', async () => {
  const { counted, run, left } = await setUp(1_000)
  expect(await run('', 2_000)).toMatchObject({ removed: 3, turn: { isOver: false } })
  expect(counted.hits).toBeLessThan(100)
  expect(await left()).toBe(997)
})

test('control: read one by one they take more than it has', async () => {
  const { counted } = await setUp(1_000)
  const store = createDeadLetterStore(counted)
  const page = await store.list({ shop: SHOP, origin: null, beforeSeq: null, limit: 1_000 })
  for (const { seq } of page) await store.get(seq, SHOP)
  expect(counted.hits).toBeGreaterThan(1_000)
})

test('all of a shop’s go unread', async () => {
  const { counted, run, left } = await setUp(120)
  expect(await run('', 2_000, 'all')).toMatchObject({ removed: 120, turn: { isOver: false } })
  expect(counted.hits).toBeLessThan(15)
  expect(await left()).toBe(0)
})

test('a turn ends where it has read its part, and the next goes on there', async () => {
  const { run } = await setUp(130)
  const first = await run('', 60)
  expect(first).toMatchObject({ removed: 1, turn: { objects: 0, isOver: true } })
  const second = await run(first.through, 60)
  expect(second).toMatchObject({ removed: 1, turn: { objects: 0, isOver: true } })
  expect(await run(second.through, 60)).toMatchObject({ removed: 1, turn: { objects: 50, isOver: false } })
})

test('a turn that ends with the last letter leaves nothing for another', async () => {
  const { run } = await setUp(100)
  expect(await run('', 100)).toMatchObject({ removed: 3, turn: { objects: 0, isOver: false } })
})

test('a run that dies goes on behind the last page that it told of', async () => {
  const { run } = await setUp(120)
  const died = await run('', 500, ['u:5'], 1)
  expect(died.removed).toBe(1)
  expect(await run(died.through, 500)).toMatchObject({ removed: 2, turn: { objects: 430 } })
})

test('large bodies are read alone, and count as several', async () => {
  const { store, run } = await setUp(3)
  const filler = 'x'.repeat(3_000_000)
  for (const at of [1, 2]) {
    const body = new TextEncoder().encode(JSON.stringify({ filler, customer: { id: 5 } }))
    await store.put(letter(`large-${at}`, 5, { body }), NOW)
  }
  const { removed, turn } = await run('', 100)
  expect(removed).toBe(5)
  expect(turn.objects).toBe(100 - 3 - 2 * 8)
})

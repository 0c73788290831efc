import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ItemLine } from '../shared/domain/item.ts'
import { checkShop } from './check.ts'
import { nearDuplicates } from './near-duplicates.ts'

const SHOPS = join(import.meta.dirname, 'shops')
const scratch = mkdtempSync(join(tmpdir(), 'demo-check-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** The problems of the British shop after its items were changed. */
function problemsAfter(change: (items: ItemLine[]) => void): string[] {
  const source = join(SHOPS, 'hearth-and-field')
  const items = readFileSync(join(source, 'items.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ItemLine)
  change(items)
  writeFileSync(join(scratch, 'shop.json'), readFileSync(join(source, 'shop.json')))
  writeFileSync(join(scratch, 'items.jsonl'), items.map((item) => JSON.stringify(item)).join('\n'))
  return checkShop(scratch).map(({ what }) => what)
}

describe('checkShop', () => {
  test.each(['hearth-and-field', 'tsukimi'])('%s is in order', (shop) =>
    expect(checkShop(join(SHOPS, shop))).toEqual([]),
  )

  test.each<[string, string, (items: ItemLine[]) => void]>([
    [
      'a repeated id',
      'id used twice',
      (items) => {
        items[1]!.id = items[0]!.id
      },
    ],
    [
      'a copied description',
      'description used twice',
      (items) => {
        items[1]!.description = items[0]!.description
      },
    ],
    [
      'a short description',
      'description too short',
      (items) => {
        items[0]!.description = 'A teapot.'
      },
    ],
    [
      'a foreign currency',
      'USD in GB',
      (items) => {
        items[0]!.offers[0]!.currency = 'USD'
      },
    ],
    [
      'a lost variant',
      'variants differ in GB',
      (items) => {
        items[0]!.offers[0]!.variants!.pop()
      },
    ],
    [
      'a false discount',
      'list price is no discount in GB',
      (items) => {
        items[0]!.offers[0]!.list_price = 1
      },
    ],
    [
      'too few items',
      '100 items, fewer than 130',
      (items) => {
        items.length = 100
      },
    ],
  ])('finds %s', (_, what, change) => expect(problemsAfter(change)).toContain(what))

  test('finds a mail merge', () => {
    const problems = problemsAfter((items) => {
      for (const [i, item] of items.slice(0, 5).entries())
        item.description = `Number ${i} is made with care from the best materials, easy to clean, and a fine present for everyone you know.`
    })
    expect(problems).toContainEqual(expect.stringContaining('near-duplicate'))
  })
})

test('nearDuplicates measures shared five-character sequences', () => {
  expect(nearDuplicates(['abcdefgh', 'abcdefgh', 'stuvwxyz'], 0.6)).toEqual([{ first: 0, second: 1, similarity: 1 }])
  expect(nearDuplicates(['', '', 'abc'], 0.6)).toEqual([])
})

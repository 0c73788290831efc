import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCatalogue, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import { EVENT_TYPES } from '../domain/event.ts'
import { LIMITS } from '../domain/limits.ts'
import { createItemWriter } from '../store/catalogue/item_writes.ts'
import { createShelfReads } from '../store/catalogue/shelf_reads.ts'
import { allAnchors, type PastItem, pastAnchors, rejectedItems } from './anchors.ts'
import { addNeighbours, addSeedVectors, addTextVectors, addTrending, CandidatePool } from './candidates.ts'
import { textQuery } from './text_query.ts'

const SEED = 20_261_133

const past = (id: string, atMs: number | null, over: Partial<PastItem> = {}): PastItem => ({
  id,
  type: 'purchase',
  atMs,
  value: null,
  ...over,
})
const pastArbitrary = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  type: fc.constantFrom(...EVENT_TYPES),
  atMs: fc.integer({ min: 0, max: 4 }).map((visit) => NOW + visit),
  value: fc.constantFrom(null, 1, -1),
})

test('equal times are a set: the order in the list changes nothing', () => {
  fc.assert(
    fc.property(fc.array(pastArbitrary, { maxLength: 30 }), fc.integer(), (list, seed) => {
      expect(pastAnchors(seededRng(seed).shuffle(list))).toEqual(pastAnchors(list))
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

test('even where the cut goes through one visit', () => {
  const visit = Array.from({ length: LIMITS.historyItemsUsed + 40 }, (_, index) => past(`i${index}`, NOW))
  const anchors = pastAnchors(visit)
  expect(anchors).toHaveLength(LIMITS.historyItemsUsed)
  expect(pastAnchors(seededRng(SEED).shuffle(visit))).toEqual(anchors)
})

test('control: weighing by the place in the list would see the order of one visit', () => {
  const byPlace = (list: PastItem[]) => list.map((own, index) => [own.id, 0.8 ** (list.length - 1 - index)])
  const visit = [past('a', NOW), past('b', NOW)]
  expect(new Map(byPlace(visit) as never)).not.toEqual(new Map(byPlace([...visit].reverse()) as never))
  expect(pastAnchors(visit)).toEqual(pastAnchors([...visit].reverse()))
})

test('the last visit weighs most; items of one visit weigh the same', () => {
  const weights = pastAnchors([past('old', NOW), past('a', NOW + 1), past('b', NOW + 1)])
  expect(weights.map((own) => [own.id, own.weight])).toEqual([
    ['a', 1],
    ['b', 1],
    ['old', 0.8],
  ])
})

test('without times the list is in order, newest last', () => {
  expect(pastAnchors([past('a', null), past('b', null)]).map((own) => own.id)).toEqual(['b', 'a'])
})

test('impressions, refunds and dislikes are no anchors; what was turned down is known', () => {
  const list = [
    past('seen', NOW, { type: 'impression' }),
    past('back', NOW, { type: 'refund' }),
    past('bad', NOW, { type: 'feedback', value: -1 }),
    past('good', NOW, { type: 'feedback', value: 1 }),
  ]
  expect(pastAnchors(list).map((own) => own.id)).toEqual(['good'])
  expect(rejectedItems(list)).toEqual(['bad'])
})

test('an item is one anchor: the seed before the cart before the past', () => {
  const anchors = allAnchors(['a', 'a'], ['a', 'b'], pastAnchors([past('b', NOW), past('c', NOW)]))
  expect(anchors.map((own) => [own.id, own.kind])).toEqual([
    ['a', 'seed'],
    ['b', 'cart'],
    ['c', 'past'],
  ])
})

test('a neighbour keeps its strongest link and the sum of its purchases', () => {
  const pool = new CandidatePool()
  const anchors = allAnchors(['s'], [], [{ id: 'p', kind: 'past', strength: 0.5, visit: 1, weight: 0.4 }])
  const own = (weights: readonly [number, number, number], count: number, cosine: number) => ({
    bought: [['x', ...weights, count] as const],
    similar: [['x', cosine] as const],
  })
  addNeighbours(
    pool,
    anchors,
    new Map([
      ['s', own([400, 200, 100], 3, 0.5)],
      ['p', own([1_000, 500, 2_000], 9, 0.9)],
    ]),
  )
  const x = pool.at('x')
  // Half as strong, and a visit ago: 0.5 * 0.8 for what lasts, 0.5 * 0.5 for a basket.
  expect([x.taste, x.tasteEver, x.next, x.together]).toEqual([400, 500, 800, 125])
  expect([x.cartTaste, x.cartTogether]).toEqual([400, 200])
  expect(x.bought).toEqual({ anchor: 'p', strength: 1_200, count: 9 })
  expect(x.similar).toEqual({ anchor: 's', strength: 0.5, count: 0 })
  expect([x.similarSeed, x.similarPast]).toEqual([0.5, expect.closeTo(0.36, 10)])
  expect(pool.countBySource()).toEqual({ bought_together: 1, vector_seed: 1, vector_recent: 1 })
})

test('an item that follows itself counts, and is no reason for itself', () => {
  const pool = new CandidatePool()
  const anchors = allAnchors([], [], pastAnchors([past('p', NOW)]))
  addNeighbours(pool, anchors, new Map([['p', { bought: [['p', 0, 0, 900, 0]], similar: [] }]]))
  expect([pool.at('p').next, pool.at('p').bought]).toEqual([900, null])
})

test('the strongest call for a complement counts, of what is there now alone', () => {
  const pool = new CandidatePool()
  const anchors = allAnchors(['s', 't'], [], pastAnchors([past('p', NOW)]))
  const calling = (lift: number, both: number) => ({
    bought: [],
    similar: [],
    complements: [['x', lift, both, 50] as const],
  })
  const rows = new Map([
    ['s', calling(300, 7)],
    ['t', calling(200, 9)],
    ['p', calling(900, 20)],
  ])
  addNeighbours(pool, anchors, rows)
  expect(pool.at('x').goesWith).toEqual({ anchor: 's', strength: Math.log(3), count: 7 })
  expect(pool.at('x').complement).toBeCloseTo(Math.log(3), 10)
})

test('of too many the ones with the largest shares stay', () => {
  const pool = new CandidatePool()
  for (let n = 0; n < 700; n++) pool.at(`i${n}`).taste = n
  pool.at('text').text = 0.1
  pool.trim()
  expect(pool.all()).toHaveLength(500)
  expect([pool.has('i699'), pool.has('i201'), pool.has('i200'), pool.has('text')]).toEqual([true, true, false, true])
})

test('what points away is no match', () => {
  const pool = new CandidatePool()
  addSeedVectors(pool, 's', [
    { id: 'a', score: -0.5 },
    { id: 'b', score: 0 },
  ])
  addTextVectors(pool, [{ id: 'c', score: -0.1 }])
  expect(pool.all()).toEqual([])
  addTrending(pool, [['t', 1, 12]])
  expect([pool.at('t').trendingCount, pool.has('t')]).toEqual([12, true])
  pool.keep((own) => own.id !== 't')
  expect(pool.has('t')).toBe(false)
})

async function stocked() {
  const db = await createCatalogue()
  const titles = ['Iron teapot', 'iPhone case', '急須 鉄', 'NEAR miss', 'tenant']
  await createItemWriter(db).apply(
    SHOP,
    titles.map((title, index) => itemWrite({ id: `i${index}`, title })),
    NOW,
  )
  const reads = createShelfReads(db, 'primary')
  return async (expressions: readonly string[]) =>
    (await reads.gather(SHOP, [], expressions, 20)).text.map((hit) => hit.id)
}

const HOSTILE = [
  '"',
  "'",
  '*',
  '(',
  ')',
  ':',
  '^',
  '-',
  '+',
  'AND',
  'OR',
  'NOT',
  'NEAR',
  '{',
  '}',
  'tenant',
  ',',
  '\u0000',
  '\u0301',
  '茶',
  'ｶﾞ',
  '²',
  'ꙮ',
  '٣',
  'é',
  ' ',
  'a',
  '\ud800',
  '𠮷',
]
const words = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

test('any text gives expressions that FTS5 takes', async () => {
  const find = await stocked()
  await fc.assert(
    fc.asyncProperty(words, async (query) => {
      await find(textQuery(query))
    }),
    { seed: SEED, numRuns: 1_500 },
  )
}, 30_000)

test('control: the bare text is refused by FTS5', async () => {
  const find = await stocked()
  for (const raw of ['"', 'a AND', 'x:y', '('])
    await expect(find([raw]), raw).rejects.toThrow(/fts5|syntax|no such column|unterminated/)
})

test('no query names a column or leaves its shop', async () => {
  const find = await stocked()
  expect(await find(textQuery('tenant : x OR title : teapot'))).toEqual(expect.arrayContaining(['i0', 'i4']))
  expect(await find(textQuery('") OR tenant : ("a'))).toEqual(['i4'])
})

test.each([
  ['teapots', ['i0']],
  ['TEAPOT!!', ['i0']],
  ['急須', ['i2']],
  ['iPhone用ケース', ['i1']],
  ['鉄teapot', ['i0', 'i2']],
])('%s finds %j', async (query, expected) => {
  const find = await stocked()
  expect((await find(textQuery(query))).sort()).toEqual(expected)
})

test.each([
  ['spider man', 'Spiderman mask'],
  ['teapot', 'Tea pot of iron'],
])('%s is found in "%s": words are run together and taken apart', async (query, title) => {
  const db = await createCatalogue()
  await createItemWriter(db).apply(SHOP, [itemWrite({ id: 'x', title }), itemWrite({ id: 'y', title: 'Towel' })], NOW)
  const found = await createShelfReads(db, 'primary').gather(SHOP, [], textQuery(query), 20)
  expect(found.text.map((hit) => hit.id)).toEqual(['x'])
})

test('words count once, and only so many', () => {
  expect(textQuery('b b B')).toEqual(['"b"', '"bb"'])
  expect(textQuery(Array.from({ length: 100 }, (_, index) => `w${index}`).join(' '))).toHaveLength(24)
  const long = Array.from({ length: 24 }, (_, index) => `${'abcdefghijklmnopqrst'.slice(index % 4)}`).join(' ')
  expect(textQuery(long).length).toBeLessThanOrEqual(24 + 60)
  for (const nothing of ['', '   ', '!?', '\u200b', '👍']) expect(textQuery(nothing), nothing).toEqual([])
})

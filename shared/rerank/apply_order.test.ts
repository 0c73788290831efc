import { expect, test } from 'vitest'
import { seededRng } from '../base/rng.ts'
import type { LlmOrder } from '../domain/llm_order.ts'
import { applyOrder, type ComposedItem } from './apply_order.ts'

const SEED = 20_261_121
const D = { maxMoves: 3 }

const composed = (ids: string, pinned = ''): ComposedItem[] =>
  [...ids].map((id) => ({ id, version: '1', pinned: pinned.includes(id) }))

/** @param wanted the candidates, the best first; the base order is that of the alphabet */
function order(wanted: string, own: Partial<LlmOrder> = {}): LlmOrder {
  const base = [...wanted].sort()
  return {
    v: 1,
    key: 'key',
    candidates: base.map((id) => [id, '1']),
    order: [...wanted].map((id) => base.indexOf(id)),
    passes: 1,
    agreement: 0,
    cost: { inputTokens: 0, outputTokens: 0, microCost: 0 },
    madeAtMs: 0,
    softUntilMs: 1,
    hardUntilMs: 2,
    ...own,
  }
}

const applied = (ids: string, wanted: string, own: Partial<LlmOrder> = {}, options = D) =>
  applyOrder(composed(ids), order(wanted, own), options).ids.join('')

test('an order that stays within its places is served as it is', () => {
  expect(applyOrder(composed('abcdef'), order('cabfde'), D)).toEqual({
    ids: [...'cabfde'],
    places: [2, 0, 1, 5, 3, 4],
    moved: 6,
    known: 1,
    confidence: 0,
  })
})

test('nobody moves further than three places on the word of one pass', () => {
  expect(applied('abcdefgh', 'hgfedcba').indexOf('a')).toBe(3)
  expect(applied('abcdefgh', 'habcdefg')).toBe('abcdhefg')
})

test('several passes move further where they agree, and not at all where they contradict each other', () => {
  const wanted = 'habcdefg'
  expect(applied('abcdefgh', wanted, { passes: 3, agreement: 0.49 })).toBe('abcdhefg')
  expect(applied('abcdefgh', wanted, { passes: 2, agreement: 0.5 })).toBe('ahbcdefg')
  expect(applied('abcdefgh', wanted, { passes: 3, agreement: 0.09 })).toBe('abcdefgh')
  // One pass agrees with nobody.
  expect(applied('abcdefgh', wanted, { passes: 1, agreement: 1 })).toBe('abcdhefg')
})

test('how far up an item comes can be bounded apart from how far down it goes', () => {
  const agreed = { passes: 3, agreement: 0.9 }
  expect(applied('abcdefgh', 'habcdefg', agreed, { maxMoves: 3, maxRise: 3 } as typeof D)).toBe('abcdhefg')
  expect(applied('abcdefgh', 'bcdefgha', agreed, { maxMoves: 3, maxRise: 3 } as typeof D)).toBe('bcdefgah')
})

test('pinned items and items that the order does not know stay, and the rest is ordered around them', () => {
  expect(applyOrder(composed('abcdef', 'a'), order('fedcba'), D).ids[0]).toBe('a')
  const unknown = composed('abxcd')
  expect(applyOrder(unknown, order('dcba'), D)).toMatchObject({ ids: [...'cdxab'], known: 0.8 })
  const changed = composed('abcd').map((item) => (item.id === 'b' ? { ...item, version: '2' } : item))
  expect(applyOrder(changed, order('dcba'), D)).toMatchObject({ ids: [...'dbca'], known: 0.75 })
  expect(applyOrder(composed('abcd'), order('yzx'), D)).toMatchObject({ moved: 0, known: 0 })
  expect(applyOrder([], order('ab'), D)).toMatchObject({ ids: [], moved: 0, known: 0 })
})

/** @returns what is wrong with what was served, over random lists and orders */
function violations(apply: typeof applyOrder, rounds: number): Set<string> {
  const rng = seededRng(SEED)
  const found = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const items = 'abcdefghijklmnop'.slice(0, 1 + rng.int(16))
    const list = composed(items).map((item) => ({ ...item, pinned: rng.int(6) === 0, version: String(rng.int(2)) }))
    const passes = 1 + rng.int(3)
    const own = order(rng.shuffle([...items, ...'XYZ']).join(''), { passes, agreement: passes > 1 ? rng.next() : 0 })
    const options = rng.int(2) === 0 ? D : { maxMoves: 3, maxRise: 3 }
    const { ids, places, known } = apply(list, own, options)
    if ([...ids].sort().join('') !== items) found.add('no permutation')
    if (known !== list.filter(({ version }) => version === '1').length / list.length) found.add('known')
    const limit = passes > 1 && own.agreement >= 0.5 ? 6 : passes > 1 && own.agreement < 0.1 ? 0 : 3
    for (const [place, base] of places.entries()) {
      if (list[base]!.id !== ids[place]) found.add('places')
      if (Math.abs(base - place) > limit) found.add('too far')
      if (base - place > ('maxRise' in options ? 3 : limit)) found.add('too high')
      if (list[base]!.pinned && base !== place) found.add('pinned')
    }
  }
  return found
}

test('whatever the order: a permutation, within the bounds, with what is pinned in its place', () => {
  expect(violations(applyOrder, 4_000)).toEqual(new Set())
})

test('control: an order that is served as the model wants it is caught', () => {
  const obeying: typeof applyOrder = (list, own) => {
    const ids = own.order.map((place) => own.candidates[place]![0])
    const places = ids.flatMap((id) =>
      list.some((item) => item.id === id) ? list.findIndex((item) => item.id === id) : [],
    )
    return { ids, places, moved: 0, known: 1, confidence: 1 }
  }
  expect([...violations(obeying, 200)].sort()).toEqual([
    'known',
    'no permutation',
    'pinned',
    'places',
    'too far',
    'too high',
  ])
})

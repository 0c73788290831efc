import { expect, test } from 'vitest'
import { plantTastes, TOPIC_NAMES } from '../../tests/support/planted_tastes.ts'
import { seededRng } from '../base/rng.ts'
import { dot } from '../domain/item_factors.ts'
import { embedText } from '../model/local/embed.ts'
import { fitLocalEmbedder } from '../model/local/fit.ts'
import { atOnce } from '../model/local/slices.ts'
import { blended, kappaOf, ownShare } from './cold_blend.ts'
import { itemFactors, type Wishes } from './factors_svd.ts'
import { affinityOf, likenessTo, linksOf, placeText } from './text_map.ts'
import { anchorsOf } from './text_map_anchors.ts'
import { fitTextMap, SHIPPED_SETTINGS } from './text_map_fit.ts'
import { hideItems } from './text_map_hide.ts'
import { aucOf, gridOf } from './text_map_judge.ts'
import { decodeTextMap, encodeTextMap } from './text_map_pack.ts'
import { whitened, whiteningOf } from './text_map_whiten.ts'

const SEED = 20_260_115

/** A planted shop as numbers: wishes, and the local embedder's vectors of its titles. */
function plantedNumbers(itemsPerTopic = 50) {
  const { items, interactions, topicOf } = plantTastes({ seed: SEED, itemsPerTopic, shoppersPerTopic: 60 })
  const documents = items.map(({ id, title }) => ({ id, fields: [{ text: title, weight: 1 }] }))
  const model = fitLocalEmbedder(documents, { seed: 1 })
  const texts = documents.map(({ fields }) => embedText(model, fields, 'item'))
  const rawDims = texts[0]!.length
  const vectors = new Float32Array(items.length * rawDims)
  for (const [at, text] of texts.entries()) vectors.set(text, at * rawDims)
  const index = new Map(items.map(({ id }, at) => [id, at]))
  const rows = new Map<string, Set<number>>()
  for (const { shopper, item } of interactions)
    rows.set(shopper, (rows.get(shopper) ?? new Set<number>()).add(index.get(item)!))
  return { items, topicOf, wishes: wishesOf([...rows.values()], items.length), vectors, rawDims }
}

function wishesOf(rows: ReadonlyArray<Set<number>>, columns: number): Wishes {
  const start = Int32Array.from([0, ...rows.keys()])
  start[0] = 0
  for (const [at, row] of rows.entries()) start[at + 1] = start[at]! + row.size
  const column = Int32Array.from(rows.flatMap((row) => [...row].sort((a, b) => a - b)))
  return { rows: rows.length, columns, byRow: { start, column } }
}

const planted = plantedNumbers()

test('the map finds the shoppers of items that it never saw wanted', () => {
  const fit = atOnce(fitTextMap(planted))!
  expect(fit.items).toBeGreaterThanOrEqual(20)
  expect(fit.both.auc).toBeGreaterThan(0.75)
  expect(fit.map.auc).toBeGreaterThan(0.7)
  expect(fit.both.auc).toBeGreaterThanOrEqual(Math.max(fit.map.auc, fit.text.auc) - 0.02)
})

test('control: with texts dealt out anew it finds nobody', () => {
  const order = seededRng(SEED).shuffle(planted.items.map((_, at) => at))
  const vectors = new Float32Array(planted.vectors.length)
  const { rawDims } = planted
  for (const [at, from] of order.entries())
    vectors.set(planted.vectors.subarray(from * rawDims, (from + 1) * rawDims), at * rawDims)
  const fit = atOnce(fitTextMap({ ...planted, vectors }))!
  expect(fit.both.auc).toBeGreaterThan(0.4)
  expect(fit.both.auc).toBeLessThan(0.6)
})

test('wishes of hidden items reach nothing that places them', () => {
  const { kept, items } = hideItems(planted.wishes)
  const hidden = new Set(items)
  expect(items.length).toBeGreaterThan(0)
  expect([...kept.byRow.column].some((item) => hidden.has(item))).toBe(false)
  const { shoppers, vectors } = atOnce(itemFactors(kept))
  for (const item of items) {
    expect(shoppers[item]).toBe(0)
    expect(vectors.subarray(item * 64, (item + 1) * 64).every((value) => value === 0)).toBe(true)
  }
})

test('a text lies among the items of its topic, and its links are strongest there', () => {
  const { anchors, whitening, topics } = mapOf()
  const text = whitened(whitening, 0.3, planted.vectors.subarray(0, planted.rawDims))
  const placement = placeText(anchors, likenessTo(anchors, text, 0), 2)
  const links = linksOf(anchors, { ...SHIPPED_SETTINGS, mapScale: 1, kernelScale: 10 }, placement)
  const best = [...links.keys()].filter((at) => at !== 0).sort((a, b) => links[b]! - links[a]!)
  expect(best.slice(0, 20).filter((at) => topics[at] === topics[0]).length).toBeGreaterThanOrEqual(18)
  const wishes = anchors.shoppers.reduce((sum, own) => sum + own, 0)
  expect(dot(links, anchors.shoppers) / wishes).toBeCloseTo(0, 6)
  const ownPast = [...topics.keys()].filter((at) => topics[at] === topics[0] && at !== 0).slice(0, 5)
  const otherPast = [...topics.keys()].filter((at) => topics[at] !== topics[0]).slice(0, 5)
  expect(affinityOf(links, ownPast)).toBeGreaterThan(affinityOf(links, otherPast))
})

test('whitened texts have the same variance along every axis where eps is nothing', () => {
  const whitening = atOnce(whiteningOf(planted.vectors, planted.rawDims))
  expect(whitening.axes).toBeGreaterThan(10)
  // Before the length is taken off.
  for (const axis of [0, 1, whitening.axes - 1]) {
    let squares = 0
    for (let at = 0; at < planted.items.length; at++) {
      const row = planted.vectors.subarray(at * planted.rawDims, (at + 1) * planted.rawDims)
      let sum = 0
      for (let i = 0; i < whitening.dims; i++)
        sum += whitening.basis[axis * whitening.dims + i]! * (row[i]! - whitening.mean[i]!)
      squares += sum ** 2 / whitening.variances[axis]!
    }
    expect(squares / (planted.items.length - 1)).toBeCloseTo(1, 2)
  }
})

test('vectors of a provider with many dimensions are folded and keep their likeness', () => {
  const rng = seededRng(SEED)
  const [count, dims] = [60, 1_024]
  const bases = TOPIC_NAMES.map(() => Float32Array.from({ length: dims }, () => rng.next() - 0.5))
  const vectors = new Float32Array(count * dims)
  for (let at = 0; at < count; at++)
    for (let dim = 0; dim < dims; dim++) vectors[at * dims + dim] = bases[at % 5]![dim]! + 0.5 * (rng.next() - 0.5)
  const whitening = atOnce(whiteningOf(vectors, dims))
  expect(whitening.dims).toBeLessThan(dims)
  const of = (at: number) => whitened(whitening, 1, vectors.subarray(at * dims, (at + 1) * dims))
  expect(dot(of(0), of(5))).toBeGreaterThan(0.5)
  expect(dot(of(0), of(1))).toBeLessThan(0.1)
}, 30_000)

test('an item moves from its text to its own shoppers as they come', () => {
  const [own, mapped] = [new Float32Array(64), new Float32Array(64)]
  own[0] = 1
  mapped[1] = 1
  expect(blended(null, mapped, 0)).toEqual(mapped)
  expect(blended(own, null, 3)).toEqual(own)
  const shares = [0, 1, 4, 7, 16, 64].map((shoppers) => blended(own, mapped, shoppers)[0]!)
  expect([...shares].sort((a, b) => a - b)).toEqual(shares)
  expect([kappaOf(3), kappaOf(20), ownShare(8), ownShare(16)]).toEqual([8, 16, 8 / 24, 0.5])
})

test('a map is read as it was written', () => {
  const { anchors, whitening } = mapOf()
  const ids = planted.items.map(({ id }) => id)
  const map = { version: 'run space', settings: SHIPPED_SETTINGS, whitening, anchors, ids }
  expect(decodeTextMap(encodeTextMap(map))).toEqual(map)
})

test('a shop of too few items has nothing to choose by', () => {
  expect(atOnce(fitTextMap(plantedNumbers(10)))).toBeNull()
})

test('AUC counts ties half and needs shoppers on both sides', () => {
  const wanted = gridOf(10, 2)
  for (let row = 0; row < 5; row++) wanted.values[row * 2] = 1
  const scores = gridOf(10, 2)
  expect(aucOf(scores, wanted)).toBe(0.5)
  for (let row = 0; row < 5; row++) scores.values[row * 2] = 1
  expect(aucOf(scores, wanted)).toBe(1)
})

function mapOf() {
  const whitening = atOnce(whiteningOf(planted.vectors, planted.rawDims))
  const factors = atOnce(itemFactors(planted.wishes))
  const anchors = anchorsOf(Int32Array.from(planted.items.keys()), factors, whitening.axes, (at) =>
    whitened(whitening, 0.3, planted.vectors.subarray(at * planted.rawDims, (at + 1) * planted.rawDims)),
  )
  return { anchors, whitening, topics: planted.items.map(({ id }) => planted.topicOf(id)) }
}

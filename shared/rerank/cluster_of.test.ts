import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { plantTastes, TOPIC_NAMES } from '../../tests/support/planted_tastes.ts'
import { NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { MINUTE_MS, manualClock } from '../base/clock.ts'
import { createLru } from '../base/lru.ts'
import type { Interaction } from '../domain/event.ts'
import { indexTastes, type TasteLifts, tasteLifts } from '../domain/taste_lifts.ts'
import type { TastesText } from '../domain/tastes.ts'
import { clustersLearner } from '../learn/clusters.ts'
import { factorsLearner } from '../learn/factors.ts'
import { interestsLearner } from '../learn/interests_pool_fit.ts'
import { shopperMatrix } from '../learn/regression/models.ts'
import { ROW_KINDS, type RowStores } from '../learn/rows.ts'
import { pastAnchors } from '../recall/anchors.ts'
import { createCacheStore } from '../store/cache.ts'
import { clusterOf } from './cluster_of.ts'
import { type HeldTastes, heldTastes } from './held_tastes.ts'

const SEED = 20_260_116
const LEARNERS = [shopperMatrix, factorsLearner, interestsLearner, clustersLearner]
const planted = plantTastes({ seed: SEED, shoppersPerTopic: 60 })

async function tastesOf(interactions: readonly Interaction[]): Promise<TastesText> {
  const { clusters = [] } = await learned(LEARNERS, [...interactions])
  return clusters[0]![1] as TastesText
}

/** The topic that most of each taste's items are of. */
const topics = ({ tastes }: TasteLifts) =>
  new Map(
    tastes.map(({ id, items }) => {
      const sums = new Map<string, number>()
      for (const [item, lift] of items) {
        const topic = planted.topicOf(item)
        sums.set(topic, (sums.get(topic) ?? 0) + lift)
      }
      return [id, [...sums].sort((a, b) => b[1] - a[1])[0]![0]]
    }),
  )

const anchorsOf = (items: readonly string[]) =>
  pastAnchors(items.map((id) => ({ id, type: 'purchase', atMs: null, value: null })))

test('shoppers are told by what they did: nine in ten to a taste of their own topic', async () => {
  const lifts = tasteLifts(await tastesOf(planted.interactions), NOW, null)
  const [index, topicOf] = [indexTastes(lifts)!, topics(lifts)]
  const pasts = new Map<string, string[]>()
  for (const { shopper, item } of planted.interactions) pasts.set(shopper, [...(pasts.get(shopper) ?? []), item])
  let [right, wrong] = [0, 0]
  for (const [shopper, items] of pasts) {
    const own = clusterOf(anchorsOf(items), index)
    if (own !== null && shopper.startsWith(`u:${topicOf.get(own)}`)) right += 1
    else if (own !== null) wrong += 1
  }
  expect(right / pasts.size).toBeGreaterThan(0.9)
  expect(wrong / pasts.size).toBeLessThan(0.05)
})

test('no past, a foreign past, and one of everything tell of no taste; the page and the cart do not count', async () => {
  const index = indexTastes(tasteLifts(await tastesOf(planted.interactions), NOW, null))!
  expect(clusterOf([], index)).toBeNull()
  expect(clusterOf(anchorsOf(['unknown']), index)).toBeNull()
  const page = anchorsOf(['Kitchen-1', 'Kitchen-2']).map((anchor) => ({ ...anchor, kind: 'seed' as const }))
  expect(clusterOf(page, index)).toBeNull()
  const even = TOPIC_NAMES.map((topic) => ({
    id: `${topic}-1`,
    kind: 'past' as const,
    strength: 1,
    visit: 0,
    weight: 0.1,
  }))
  expect(clusterOf(even, index)).toBeNull()
  expect(clusterOf(anchorsOf(['Kitchen-1', 'Kitchen-2', 'Kitchen-3']), index)).not.toBeNull()
})

test('a taste keeps its id from run to run, in whatever order it is found', async () => {
  const before = tasteLifts(await tastesOf(planted.interactions), NOW, null)
  // A tenth of the shoppers was not there before.
  const grown = await tastesOf(planted.interactions.filter((_, at) => at % 10 !== 3))
  const after = tasteLifts({ ...grown, tastes: grown.tastes.toReversed() }, NOW + 1, before)
  const [earlier, later] = [topics(before), topics(after)]
  const same = after.tastes.filter(({ id }) => earlier.get(id) === later.get(id))
  expect(same.length / after.tastes.length).toBeGreaterThan(0.7)
  expect(new Set(after.tastes.map(({ id }) => id)).size).toBe(after.tastes.length)
  // Control: ids of places in the list say nothing in the next run.
  const numbered = { ...before, tastes: before.tastes.map((taste, at) => ({ ...taste, id: String(at) })) }
  const renumbered = { ...after, tastes: after.tastes.map((taste, at) => ({ ...taste, id: String(at) })) }
  const byPlace = [...topics(renumbered)].filter(([id, topic]) => topics(numbered).get(id) === topic)
  expect(byPlace.length / after.tastes.length).toBeLessThan(0.5)
})

test('published tastes have a copy for shelves, which goes with them', async () => {
  const cache = createCacheStore(createMemoryKv({ clock: manualClock(NOW) }))
  let stored: TastesText | null = null
  const factors = {
    putTastes: async (_shop: string, text: TastesText) => {
      stored = text
    },
    clearTastesBefore: async () => {},
    tastes: async () => stored,
  }
  const stores = { cache, factors } as unknown as RowStores
  const text = await tastesOf(planted.interactions)
  const to = (stampMs: number) => ({ shop: SHOP, markets: new Set<string>(), stampMs })
  const { publish, finish } = ROW_KINDS.clusters!
  await publish([['clusters', text]], to(NOW), stores)
  await finish(to(NOW), stores)
  const first = (await cache.tastes(SHOP)) as TasteLifts
  await publish([['clusters', text]], to(NOW + 1), stores)
  const second = (await cache.tastes(SHOP)) as TasteLifts
  expect(second).toEqual({ ...first, stampMs: NOW + 1 })
  stored = null
  await finish(to(NOW + 2), stores)
  expect(await cache.tastes(SHOP)).toBeNull()
  expect(indexTastes(null)).toBeNull()
})

test('tastes come behind an answer and are held; what cannot be read is none', async () => {
  const clock = manualClock(NOW)
  const kv = createMemoryKv({ clock })
  const cache = createCacheStore(kv)
  const work: Array<() => Promise<unknown>> = []
  const memory = { tastes: createLru<HeldTastes>(2, 3_600_000) }
  const deps = { clock, cache, memory, defer: (_label: string, one: () => Promise<unknown>) => void work.push(one) }
  await cache.putTastes(SHOP, { v: 1, stampMs: NOW, tastes: [{ id: 't', share: 1, items: [['a', 70]] }] })
  expect([heldTastes(SHOP, deps), heldTastes(SHOP, deps), work.length]).toEqual([null, null, 1])
  await work.pop()!()
  expect(heldTastes(SHOP, deps)?.byItem.get('a')).toEqual([[0, 0.7]])
  expect(work).toEqual([])
  await kv.put(`tastes:v1:${SHOP}`, '{"v":9}')
  clock.advance(5 * MINUTE_MS)
  expect(heldTastes(SHOP, deps)?.ids).toEqual(['t'])
  await work.pop()!()
  expect(heldTastes(SHOP, deps)).toBeNull()
})

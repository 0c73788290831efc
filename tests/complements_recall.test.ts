/** What goes with an item, judged on orders that nobody learned from. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openDataset } from '../eval/dataset/dataset.ts'
import type { DatasetEvent } from '../eval/dataset/format.ts'
import { difference, estimate, resample } from '../eval/metrics/bootstrap.ts'
import { DAY_MS, SECOND_MS } from '../shared/base/clock.ts'
import { seededRng } from '../shared/base/rng.ts'
import { complementsLearner } from '../shared/learn/complements.ts'
import { openBaskets } from '../shared/learn/complements_baskets.ts'
import { createPairSums } from '../shared/learn/complements_pairs.ts'
import { itemStatsLearner } from '../shared/learn/item_stats.ts'
import { readManifest } from '../shared/learn/manifest_step.ts'
import { rowsByKind } from '../shared/learn/rows.ts'
import { scenesLearner } from '../shared/learn/scenes.ts'
import { marketsLearner } from '../shared/learn/scenes_markets.ts'
import { OBJECTS, type RunContext } from '../shared/learn/step.ts'
import { readInput } from '../shared/learn/visits_step.ts'
import { learnFrom } from './support/learned.ts'
import { interaction } from './support/unit_catalogue.ts'

const FOLDER = fileURLToPath(new URL('../../shared/data/online-retail', import.meta.url))
const KEPT = 20
const FEW_ORDERS = 5
const SEED = 20_261_126
const DAY_S = DAY_MS / SECOND_MS
/** Learned up to these days of the shop, judged by the orders of the four weeks after each. */
const UP_TO_DAYS = [30, 60, 120, 180]
const JUDGED_DAYS = 28
/** Finding less by so much of what co-purchase finds is worse. */
const WORSE_BY = 0.05

type Lists = ReadonlyMap<string, readonly string[]>

async function learn(events: readonly DatasetEvent[], price: ReadonlyMap<string, number | null>): Promise<RunContext> {
  const rows = events.map(({ user, item, ts, country }, at) =>
    interaction({
      eventId: `e${at}`,
      shopper: `u:${user}`,
      item,
      atMs: ts * 1_000,
      market: country ?? null,
      price: price.get(item) ?? null,
    }),
  )
  return learnFrom([marketsLearner, scenesLearner, itemStatsLearner, complementsLearner], rows)
}

async function published(run: RunContext): Promise<Lists> {
  const texts = await Promise.all((await readManifest(run)).objects.map(({ name }) => run.folder.text(name)))
  const rows = rowsByKind(texts.join('\n')).get('complements')!
  return new Map(rows.map((row) => [row[1] as string, (row[2] as Array<[string]>).map(([id]) => id)]))
}

/** Orders of each item, and for those of few what was ordered with it most often; equals by how often at all. */
async function coPurchased(run: RunContext): Promise<{ orders: ReadonlyMap<string, number>; lists: Lists }> {
  const { items } = await readInput(run, [])
  const baskets = openBaskets(await run.folder.bytes(OBJECTS.state('complements')), items.length)
  const sums = createPairSums(baskets, items.length)
  const orders = new Map(items.map((id, item) => [id, baskets.itemStart[item + 1]! - baskets.itemStart[item]!]))
  const lists = new Map<string, string[]>()
  for (const [item, id] of items.entries()) {
    if (orders.get(id)! >= FEW_ORDERS) continue
    for (const _ of sums.of(item));
    const others = [...sums.touched()].filter((other) => other !== item)
    const of = new Map(others.map((other) => [other, sums.counts(item, other)]))
    others.sort((a, b) => of.get(b)!.both - of.get(a)!.both || of.get(b)!.second - of.get(a)!.second || a - b)
    lists.set(
      id,
      others.slice(0, KEPT).map((other) => items[other]!),
    )
    sums.clear()
  }
  return { orders, lists }
}

/** An item of few orders in an order that nobody learned from, and what was ordered with it. */
interface Case {
  user: string
  item: string
  companions: ReadonlySet<string>
}

function casesOf(events: readonly DatasetEvent[], orders: ReadonlyMap<string, number>): Case[] {
  const ordered = Map.groupBy(events, ({ user, ts }) => `${user} ${ts}`)
  return [...ordered.values()].flatMap((own) => {
    const items = new Set(own.map(({ item }) => item))
    return [...items]
      .filter((item) => items.size > 1 && (orders.get(item) ?? FEW_ORDERS) < FEW_ORDERS)
      .map((item) => ({ user: own[0]!.user, item, companions: new Set([...items].filter((one) => one !== item)) }))
  })
}

/** What is judged: the lists, those they are compared with, and lists that must be found to be worse. */
const ARMS = ['complements', 'co-purchase', "others'", 'with gaps'] as const
type Found = { users: string[] } & Record<(typeof ARMS)[number], number[]>

async function judge(events: readonly DatasetEvent[], price: ReadonlyMap<string, number | null>, found: Found) {
  const startS = events[0]!.ts
  for (const days of UP_TO_DAYS) {
    const splitS = startS + days * DAY_S
    const isJudged = ({ ts }: DatasetEvent) => ts >= splitS && ts < splitS + JUDGED_DAYS * DAY_S
    const run = await learn(
      events.filter(({ ts }) => ts < splitS),
      price,
    )
    const complements = await published(run)
    const { orders, lists } = await coPurchased(run)
    const others = seededRng(SEED).shuffle([...complements.values()])
    const arms: Record<(typeof ARMS)[number], Lists> = {
      complements,
      'co-purchase': lists,
      "others'": new Map([...complements.keys()].map((id, at) => [id, others[at]!])),
      'with gaps': new Map([...complements].map(([id, list]) => [id, list.filter((_, at) => at % 5 !== 2)])),
    }
    for (const { user, item, companions } of casesOf(events.filter(isJudged), orders)) {
      found.users.push(user)
      for (const arm of ARMS) {
        const hits = (arms[arm].get(item) ?? []).slice(0, KEPT).filter((one) => companions.has(one)).length
        found[arm].push(hits / Math.min(KEPT, companions.size))
      }
    }
  }
}

test.skipIf(!existsSync(FOLDER))(
  'items of few orders: as many held-out companions as by co-purchase (skipped without ../shared/data)',
  { timeout: 180_000 },
  async () => {
    const dataset = openDataset(FOLDER)
    const { learnBefore } = dataset.tasks('cart.valid').spec
    const events = dataset.learnable({ learnBefore: learnBefore!, exclude: [] })
    const price = new Map(dataset.items.map((item) => [item.id, item.price?.amount ?? null]))
    const found: Found = { users: [], complements: [], 'co-purchase': [], "others'": [], 'with gaps': [] }
    await judge(events, price, found)
    const resampled = resample(
      found.users,
      ARMS.map((arm) => Float64Array.from(found[arm])),
      SEED,
    )
    const [own, base, ...controls] = resampled
    const bar = -WORSE_BY * base!.value
    const told = (name: string, one = difference(own!, base!)) =>
      `${name} ${one.value.toFixed(4)} [${one.lo.toFixed(4)}, ${one.hi.toFixed(4)}]`
    const lines = resampled.map((one, at) => told(ARMS[at]!, estimate(one)))
    console.info(`recall@${KEPT} of ${found.users.length} cases: ${lines.join(', ')}; ${told('more than co-purchase')}`)
    expect(found.users.length).toBeGreaterThan(2_000)
    expect(difference(own!, base!).lo).toBeGreaterThan(bar)
    // Controls: the lists of other items, best sellers among them, and every fifth companion left out.
    for (const control of controls) {
      expect(difference(control, base!).lo).toBeLessThan(bar)
      expect(difference(own!, control).lo).toBeGreaterThan(0)
    }
  },
)

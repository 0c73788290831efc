/** From events to an order in force: a shop where trends decide learns so, says so, and can take it back. */
import { beforeAll, expect, test } from 'vitest'
import { seededRng } from '../shared/base/rng.ts'
import type { RankerReport } from '../shared/domain/ranker.ts'
import { rankerVersion } from '../shared/rank/defaults.ts'
import { serve } from './support/ask.ts'
import type { ShopData } from './support/shops.ts'
import { DAY, iso, NOW } from './support/unit_catalogue.ts'
import { createWorld, type ShelfParts, type World } from './support/world.ts'

const SEED = 20_261_206
const ITEMS = 60
const SHOPPERS = 320
const VISITS = 5
const DAYS = 60
/** Days that a fashion lasts, and items that are in it. */
const FASHION_DAYS = 20
const FASHION_ITEMS = 5

const idOf = (item: number) => `item-${String(item).padStart(2, '0')}`

/** Everybody buys what is in fashion; who bought what before says nothing. */
function fashion(seed: number) {
  const rng = seededRng(seed)
  const all = Array.from({ length: ITEMS }, (_, item) => item)
  const fashions = Array.from({ length: DAYS / FASHION_DAYS + 1 }, () => rng.shuffle(all).slice(0, FASHION_ITEMS))
  let events = 0
  return (shopper: number, day: number) => {
    const now = fashions[Math.floor(day / FASHION_DAYS)]!
    const occurred_at = iso(NOW - (DAYS - day) * DAY + rng.int(20 * 3_600) * 1_000)
    const wanted = new Set([rng.pick(now), rng.pick(now), rng.int(ITEMS)])
    return [...wanted].map((item) => {
      events += 1
      const bought = { event_id: `e${events}`, type: 'purchase', item_id: idOf(item) }
      return { ...bought, user_id: `u-${shopper}`, occurred_at, market: 'GB' }
    })
  }
}

function fashionShop(seed: number): ShopData {
  const rng = seededRng(seed + 1)
  const visit = fashion(seed)
  const items = Array.from({ length: ITEMS }, (_, item) => ({
    ...{ id: idOf(item), title: `Thing ${item}`, created_at: iso(NOW - 400 * DAY) },
    offers: [{ market: 'GB', currency: 'GBP', price: 500 + item }],
  }))
  const events = Array.from({ length: SHOPPERS * VISITS }, (_, at) => visit(at % SHOPPERS, rng.int(DAYS))).flat()
  events.sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))
  const markets = [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }]
  const body = { name: 'Fashion', locale: 'en-GB', market: 'GB', markets }
  return { shop: 'fashion', body, items, events, newestMs: NOW }
}

let world: World
let isolate: () => ShelfParts
let report: RankerReport
let learned: string
beforeAll(async () => {
  world = await createWorld(fashionShop(SEED))
  const location = await world.location()
  isolate = () => location.isolate()
  const [newest] = await world.enrich.rankers.list(world.shop)
  report = newest!.report
  learned = newest!.version
})

const orderOf = async (body: object = { placement: 'home', user_id: 'u-1' }) => {
  await world.reread()
  return (await serve(isolate(), world.config, body)).response.served.order
}

test('the run ends with an order in force, in D1, in the copy that is read while D1 is down, and on shelves', async () => {
  expect(world.config.ranker!.version).toBe(learned)
  expect((await world.enrich.cache.shop(world.shop))!.ranker).toEqual(world.config.ranker)
  expect(await orderOf()).toBe(learned)
})

test('it has learned what decides: on shoppers that it was not fitted on it is better than the shipped order', () => {
  const { home } = report
  expect([home!.kept, home!.judged > 10]).toEqual([true, true])
  expect(home!.ndcg).toBeGreaterThan(home!.shipped + 0.05)
  const order = world.config.ranker!.orders.home!
  const said = (name: string) => order[name]?.[2] ?? 0
  expect(said('wanted_7d') + said('wanted_14d') + said('trending_here')).toBeGreaterThan(
    Math.abs(said('taste_rank')) + Math.abs(said('next_rank')),
  )
})

test('the trace tells what moved an item, feature by feature', async () => {
  const body = { placement: 'home', user_id: 'u-1', explain: 'trace', limit: 5 }
  const { response } = await serve(isolate(), world.config, body)
  const [best] = response.trace!.candidates
  const names = Object.keys(best!.features)
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(Object.keys(world.config.ranker!.orders.home!)).toContain(name)
})

test('taken back, the shipped order serves, through what is learned next, until it is released', async () => {
  const { clock } = world
  const { rankers } = world.enrich
  await rankers.choose(world.shop, null, clock.now())
  expect(await orderOf()).toBe(rankerVersion(null))
  const visit = fashion(SEED + 100)
  const relearn = async (day: number) => {
    clock.advance(DAY)
    const events = Array.from({ length: 100 }, (_, shopper) => visit(shopper, DAYS + day)).flat()
    await world.sendEvents(events.map((event) => ({ ...event, event_id: `later-${event.event_id}` })))
    await world.catchUp()
  }
  await relearn(0)
  const kept = await rankers.list(world.shop)
  expect([kept.length > 1, await orderOf()]).toEqual([true, rankerVersion(null)])
  await rankers.release(world.shop, clock.now())
  expect(await orderOf()).toBe(rankerVersion(null))
  await relearn(1)
  const [newest] = await rankers.list(world.shop)
  expect([kept.map((one) => one.version).includes(newest!.version), await orderOf()]).toEqual([false, newest!.version])
})

test('the same events learn the same order', async () => {
  const other = await createWorld(fashionShop(SEED))
  expect(other.config.ranker!.version).toBe(learned)
})

test('negative control: where nobody follows anything, nothing that is kept is worth much', async () => {
  const data = fashionShop(SEED)
  const rng = seededRng(1)
  const lot = data.items.map(({ id }) => id)
  const events = data.events.map((event) => ({ ...(event as object), item_id: rng.pick(lot) }))
  const other = await createWorld({ ...data, shop: 'by-lot', events })
  const versions = await other.enrich.rankers.list('by-lot')
  const gains = versions.flatMap(({ report: own }) =>
    Object.values(own).map(({ ndcg, shipped, kept }) => (kept ? ndcg - shipped : 0)),
  )
  for (const gain of gains) expect(gain).toBeLessThan(0.05)
})

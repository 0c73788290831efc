import { expect, test } from 'vitest'
import { madeOrder } from '../../tests/support/order_world.ts'
import { NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { HOUR_MS, MINUTE_MS, manualClock } from '../base/clock.ts'
import type { Card } from '../domain/card.ts'
import type { LlmOrder, OrderAudience, OrderCandidate, OrderContext } from '../domain/llm_order.ts'
import { silentLog } from '../observe/log.ts'
import type { OrderPlace } from '../store/llm_orders.ts'
import { ALLOWANCE, callsOf, createAllowance } from './allowance.ts'
import type { MadeOrder } from './make_order.ts'
import { createOrderPool, ownProposal, type PooledItem } from './order_pool.ts'
import { decideRefresh, type RefreshDeps, refreshOrder, type Wish } from './refresh.ts'

const item = (id: string, version = '1'): PooledItem => ({
  id,
  version,
  card: { offerMarket: '*', currency: 'EUR' } as Card,
})
const shelf = (ids: string, version = '1') => [...ids].map((id) => item(id, version))
const PRESENT = shelf('abcdefgh')
const CANDIDATES = PRESENT.map(({ id, version }) => ({ id, version }) as OrderCandidate)

const AUDIENCES: Record<string, OrderAudience> = {
  exact: { kind: 'exact', fingerprint: 'f' },
  cluster: { kind: 'cluster', cluster: 'c' },
  everyone: { kind: 'everyone' },
}
const contextOf = (kind: string, seeds: string[] = []) =>
  ({
    shop: SHOP,
    placement: 'home',
    audience: AUDIENCES[kind]!,
    seeds,
    cart: [] as string[],
    query: null,
  }) as unknown as OrderContext
const placeOf = (kind: string): OrderPlace => ({ shop: SHOP, key: `key of ${kind}`, digest: kind })
const orderOf = (kind: string, ids = 'abcdefgh'): LlmOrder =>
  madeOrder(placeOf(kind).key, shelf(ids) as unknown as OrderCandidate[], 3, NOW).order

function wish(kind: string, order: LlmOrder | null = null, proposed = PRESENT): Wish {
  return { place: placeOf(kind), context: contextOf(kind), order, proposal: () => ownProposal(proposed) }
}

function setUp(oftenMin = 1) {
  const clock = manualClock(NOW)
  const settings = { ...ALLOWANCE, initial: 60, oftenMin, wantedMin: { everyone: 1, cluster: 1, exact: 2 } }
  const allowance = createAllowance(clock, settings)
  const decide = (...wishes: Wish[]) => {
    const decision = decideRefresh(wishes, PRESENT, allowance, clock.now())
    return decision.ask ? decision.wish.place.digest : decision.why
  }
  return { clock, allowance, decide }
}

test('the broadest audience without an order comes first, a single history last and from its second shelf on', () => {
  const { decide } = setUp()
  const [everyone, cluster] = [orderOf('everyone'), orderOf('cluster')]
  expect(decide(wish('exact'), wish('cluster'), wish('everyone'))).toBe('everyone')
  expect(decide(wish('exact'), wish('cluster'), wish('everyone', everyone))).toBe('cluster')
  expect(decide(wish('exact'), wish('cluster', cluster), wish('everyone'))).toBe('exact')
  const first = setUp()
  expect(first.decide(wish('exact'), wish('cluster', cluster), wish('everyone'))).toBe('rare')
  expect(first.decide(wish('exact', orderOf('exact')), wish('cluster', cluster))).toBe('fresh')
})

test('an order past its soft end is asked anew; one that fits badly only when another would fit better, and not at once', () => {
  const { clock, decide } = setUp()
  const poor = orderOf('cluster', 'abcde')
  expect(decide(wish('cluster', poor))).toBe('young')
  clock.advance(11 * MINUTE_MS)
  expect(decide(wish('cluster', poor))).toBe('cluster')
  const little: Wish['proposal'] = () => ({
    items: PRESENT,
    further: () => [],
    covers: ({ length }) => (length === 8 ? 0.75 : 0.6),
  })
  expect(decide({ ...wish('cluster', poor), proposal: little })).toBe('no_gain')
  expect(decide(wish('cluster', orderOf('cluster')))).toBe('fresh')
  clock.advance(6 * HOUR_MS)
  expect(decide(wish('cluster', orderOf('cluster')))).toBe('cluster')
})

test('a page is asked for before what goes with none, and nothing is where several orders know most together', () => {
  const { decide } = setUp()
  const page: Wish = { ...wish('everyone'), context: contextOf('everyone', ['a']) }
  expect(decide(page, wish('cluster'))).toBe('everyone')
  expect(decide({ ...page, order: orderOf('everyone', 'abc') }, wish('cluster'))).toBe('cluster')
  const both = [{ ...page, order: orderOf('everyone', 'abc') }, wish('cluster', orderOf('cluster', 'def'))]
  expect(decide(...both)).toBe('fresh')
})

test('nothing is asked where no list is like another, or where there is nothing to order', () => {
  const { decide } = setUp()
  const unlike: Wish = {
    ...wish('cluster'),
    proposal: () => ({ items: PRESENT, further: () => [], covers: () => 0.2 }),
  }
  expect(decide(unlike)).toBe('no_gain')
  expect(decide(wish('cluster', null, shelf('a')))).toBe('too_few')
})

test('a pool proposes what shelves show most and first, as it is now', () => {
  const pool = createOrderPool()
  for (const ids of ['abcx', 'abdy', 'abcz']) pool.saw('d', shelf(ids), NOW)
  pool.saw('d', shelf('ab', '2'), NOW)
  const { items, covers } = pool.proposal('d', 3, NOW)
  expect(items.map(({ id, version }) => id + version)).toEqual(['a2', 'b2', 'c1'])
  expect(covers([['a', '1']])).toBe(0)
  expect(covers([['a', '2']])).toBeCloseTo(4 / 11.3, 1)
  expect(covers([...'abcdxyz'].map((id) => [id, 'ab'.includes(id) ? '2' : '1']))).toBe(1)
  expect(pool.proposal('unseen', 3, NOW)).toMatchObject({ items: [] })
})

test('what stood behind shelves is asked about where there is room, and says nothing of what an order covers', () => {
  const pool = createOrderPool()
  pool.saw('d', shelf('ab'), NOW, shelf('xyz'))
  pool.saw('d', shelf('bc'), NOW, shelf('ya'))
  const { items, covers } = pool.proposal('d', 5, NOW)
  expect(items.map(({ id }) => id).join('')).toBe('bacyx')
  expect(covers([...'abc'].map((id) => [id, '1']))).toBe(1)
  expect(covers([...'xyz'].map((id) => [id, '1']))).toBe(0)
})

test('a pool is bounded, and what is shown no more fades', () => {
  const pool = createOrderPool()
  for (let at = 0; at < 300; at++) pool.saw('d', shelf('old'), NOW)
  for (let at = 0; at < 1_000; at++) pool.saw('d', [item(`n${at % 400}`), ...shelf('new')], NOW)
  const { items } = pool.proposal('d', 1_000, NOW)
  expect(items.length).toBeLessThanOrEqual(160)
  expect(items.slice(0, 3).map(({ id }) => id)).toEqual(['n', 'e', 'w'])
})

function job(make: RefreshDeps['make'], keep: RefreshDeps['orders']['keep'] = async () => true) {
  const { clock, allowance } = setUp()
  const lines: string[] = []
  const note = (event: string) => void lines.push(event)
  const log = { ...silentLog, info: note, error: note }
  const kept: LlmOrder[] = []
  const orders = {
    keep: (place: OrderPlace, order: LlmOrder) => {
      kept.push(order)
      return keep(place, order)
    },
  }
  allowance.wanted('cluster')
  const run = () =>
    refreshOrder({ wish: wish('cluster'), candidates: CANDIDATES }, { clock, allowance, log, orders, make })
  return { clock, allowance, lines, kept, run }
}

const good = async (_context: OrderContext, candidates: readonly OrderCandidate[], { passes }: { passes: number }) =>
  madeOrder('key of cluster', candidates, passes, NOW)

test('an order is made once however many ask, kept, told of, and paid from the allowance', async () => {
  const { allowance, lines, kept, run } = job(good)
  const results = await Promise.all([run(), run(), run()])
  expect(results.map((result) => (result.made ? 'made' : result.reason))).toEqual(['made', 'in_flight', 'in_flight'])
  const left = 60 - 3 * callsOf(CANDIDATES.length)
  expect([kept.length, lines, allowance.left(SHOP)]).toEqual([1, ['llm_order_made'], left])
})

test('an order of fewer passes than were asked is asked anew soon', async () => {
  const { kept, run } = job(async (_context, candidates) => madeOrder('key of cluster', candidates, 2, NOW))
  await run()
  expect(kept[0]!.softUntilMs).toBe(NOW + 10 * MINUTE_MS)
  const whole = job(good)
  await whole.run()
  expect(whole.kept[0]!.softUntilMs).toBe(NOW + 6 * HOUR_MS)
})

const failing = (reason: Extract<MadeOrder, { ok: false }>['reason']): MadeOrder => ({
  ok: false,
  reason,
  cost: { inputTokens: 0, outputTokens: 0, microCost: 0 },
  reports: [],
})
const BROKEN: Record<string, RefreshDeps['make']> = {
  unavailable: async () => failing('unavailable'),
  late: async () => failing('in_doubt'),
  useless: async () => failing('unreadable'),
  budget: async () => failing('budget'),
  internal: async () => Promise.reject(new Error('broken')),
}

test.each(Object.entries(BROKEN))(
  'what fails (%s) is never kept, never thrown, and not asked again at once',
  async (reason, make) => {
    const { clock, lines, kept, run } = job(make)
    expect(await run()).toEqual({ made: false, reason })
    expect(await run()).toEqual({ made: false, reason: 'backoff' })
    expect([kept, lines.includes('llm_order_failed')]).toEqual([[], true])
    clock.advance(11 * MINUTE_MS)
    expect(await run()).toEqual({ made: false, reason })
  },
)

test('an order for another key, or for other items, is not kept', async () => {
  const foreign = job(async (_context, candidates) => madeOrder('another key', candidates, 3, NOW))
  expect(await foreign.run()).toEqual({ made: false, reason: 'internal' })
  const other = job(async () => madeOrder('key of cluster', CANDIDATES.slice(1), 3, NOW))
  expect(await other.run()).toEqual({ made: false, reason: 'internal' })
  expect([foreign.kept, other.kept]).toEqual([[], []])
})

test('a store that is down loses no order that was paid for, and breaks nothing', async () => {
  const { lines, run } = job(good, async () => Promise.reject(new Error('KV is down')))
  expect(await run()).toMatchObject({ made: true, kept: false })
  expect(lines).toEqual(['llm_order_not_kept', 'llm_order_made'])
})

test('the same question is asked again in the same words for a while, and in others once an order has aged', async () => {
  const seeds: number[] = []
  const { clock, run } = job(async (context, candidates, options) => {
    seeds.push(options.seed)
    return good(context, candidates, options)
  })
  await run()
  clock.advance(MINUTE_MS)
  await run()
  clock.advance(6 * HOUR_MS)
  await run()
  expect(seeds[1]).toBe(seeds[0])
  expect(seeds[2]).not.toBe(seeds[0])
})

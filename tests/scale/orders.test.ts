/** The replay of `npm run check:orders` in short, and what it finds in a policy, a store and a ledger that are broken. */
import { beforeAll, expect, test } from 'vitest'
import type { LlmOrder } from '../../shared/domain/llm_order.ts'
import { ALLOWANCE, createAllowance } from '../../shared/rerank/allowance.ts'
import type { LlmOrders } from '../../shared/store/llm_orders.ts'
import { demoShop } from '../support/shops.ts'
import { worldsOf } from '../support/world.ts'
import { type Judged, judge } from './orders/judge.ts'
import { type ReplayOptions, replay } from './orders/replay.ts'
import { type OrderShopOptions, openOrderShop } from './orders/shop.ts'

const SEED = 20_261_121
const TIME_MS = 240_000
const data = demoShop('hearth-and-field')
const worlds = worldsOf(data)

async function judged(own: Partial<ReplayOptions>, broken: Partial<OrderShopOptions> = {}): Promise<Judged> {
  const options = { seed: SEED, requests: 200, warmUp: 60, sampleEvery: 10_000, ...own }
  const shop = await openOrderShop(data, { seed: SEED, isolates: 2, world: await worlds(), ...broken })
  return judge(await replay(shop, options), options.requests)
}

const failed = ({ failures }: Judged, what: string) => failures.some((failure) => failure.startsWith(what))

/** What only a longer run shows: how much is served, and to a few hundredths what it is worth. */
const LONG_RUN = ['requests served', '... L1 of L0']

let healthy: Judged
beforeAll(async () => {
  healthy = await judged({ requests: 700, warmUp: 500, sampleEvery: 8 })
}, TIME_MS)

test('orders keep to their tokens, their worth, their versions and their ledger', () => {
  expect(healthy.failures.filter((failure) => !LONG_RUN.some((name) => failure.startsWith(name)))).toEqual([])
})

test(
  'control: a policy that asks for each shelf is seen by its tokens',
  async () => {
    const eager = { ...ALLOWANCE, callsPerShelf: 1, burst: 1_000, oftenReserve: 0, exactReserve: 0 }
    const settings = { ...eager, wantedMin: { everyone: 1, cluster: 1, exact: 1 } }
    const world = await worlds()
    const breaks: OrderShopOptions['breaks'] = (llm) => ({ ...llm, allowance: createAllowance(world.clock, settings) })
    expect(failed(await judged({ sampleEvery: 40 }, { world, breaks }), 'tokens')).toBe(true)
  },
  TIME_MS,
)

/** Items change while their orders are young. */
const RESTLESS = { changeEvery: 40, changedShare: 0.3 }
const STALE = 'shelves in an order that knows too little'

test(
  'control: orders that are served without a look at versions are seen; where items change as fast, none is otherwise',
  async () => {
    expect(failed(await judged(RESTLESS), STALE)).toBe(false)
    const blind = await judged(RESTLESS, {
      breaks: (llm, { versions }) => ({
        ...llm,
        orders: seenAs(llm.orders, (order) => ({
          ...order,
          candidates: order.candidates.map(([id, version]) => [id, versions.get(id) ?? version] as const),
        })),
      }),
    })
    expect(failed(blind, STALE)).toBe(true)
  },
  TIME_MS,
)

test(
  'control: shared orders that stand upside down are worth less than their own, and a ledger that forgets is found out',
  async () => {
    const wrong = await judged(
      { requests: 300, warmUp: 300, sampleEvery: 6 },
      {
        breaks: (llm) => ({
          ...llm,
          orders: seenAs(llm.orders, (order) => ({ ...order, order: order.order.toReversed() })),
        }),
        ledger: (calls) => ({
          ...calls,
          settle: (answers, ...rest) =>
            calls.settle(
              answers.map(([key, answer]) => [key, { ...answer, outputTokens: answer.outputTokens - 1 }] as const),
              ...rest,
            ),
        }),
      },
    )
    expect([failed(wrong, '... L1 less base on all placements'), failed(wrong, 'provider')]).toEqual([true, true])
    expect(failed(wrong, '... L1 of L0 on all placements')).toBe(true)
  },
  TIME_MS,
)

const seenAs = (orders: LlmOrders, seen: (order: LlmOrder) => LlmOrder): LlmOrders => ({
  ...orders,
  held(place) {
    const order = orders.held(place)
    return order ? seen(order) : order
  },
  async read(places) {
    const found = await orders.read(places)
    return new Map([...found].map(([digest, order]) => [digest, order === null ? null : seen(order)]))
  },
})

import { expect, test } from 'vitest'
import { ORDER_WORLD, type OrderFigures, runOrderWorld } from '../support/order_world.ts'

/** Of one call a shelf; profiles and reasons have the rest of eight hundredths. */
const CALLS_MAX = 0.061
const SERVED_MIN = 0.6

const TIME_MS = 240_000

function told(name: string, figures: OrderFigures): OrderFigures {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const { l0, l1, calls, callsInAll, orders } = figures
  console.log(
    `${name}: L0 ${percent(l0)}, L1 ${percent(l1)}, calls ${percent(calls)} (${percent(callsInAll)} with the warm-up),`,
    `orders ${JSON.stringify(orders)}`,
  )
  return figures
}

test(
  'six calls in a hundred shelves serve an order on more than sixty',
  async () => {
    const { l0, l1, calls, callsInAll } = told('policy', await runOrderWorld({}))
    expect(l0 + l1).toBeGreaterThan(SERVED_MIN + 0.1)
    expect(calls).toBeLessThan(CALLS_MAX)
    expect(callsInAll).toBeLessThan(CALLS_MAX)
  },
  TIME_MS,
)

/** Short runs: what goes wrong here goes wrong early. */
const SHORT = { requests: 6_000, warmUp: 3_000 }

test(
  'control: orders of one shelf each hold for no other shopper, and an allowance that is ten times as large is seen',
  async () => {
    const alone = told('one shelf each', await runOrderWorld({ ...SHORT, pooled: false }))
    expect(alone.l0 + alone.l1).toBeLessThan(0.1)
    const settings = { ...ORDER_WORLD.settings, callsPerShelf: 0.6, burst: 600 }
    expect(told('ten times as much', await runOrderWorld({ ...SHORT, settings })).calls).toBeGreaterThan(0.08)
  },
  TIME_MS,
)

test(
  'a provider that never answers costs no more, and serves nothing',
  async () => {
    const { l0, l1, calls } = told('nothing but failures', await runOrderWorld({ ...SHORT, failing: 1 }))
    expect([l0, l1]).toEqual([0, 0])
    expect(calls).toBeLessThan(CALLS_MAX)
  },
  TIME_MS,
)

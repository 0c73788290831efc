import { describe, expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import type { SimItem } from './catalogue.ts'
import { choiceModel, utilityOf } from './choice.ts'
import { buildWorld, type Played, playWorld, simulateHistory } from './history.ts'
import { Memory } from './memory.ts'
import { testConfig, testItems } from './testing.ts'
import { FULL_STRENGTH, type ShelfPolicy, type SimulatedEvent, type Strengths } from './types.ts'
import { toJsonLines } from './write.ts'

const items = testItems()
const categoryOf = (event: SimulatedEvent) => event.item_id.split('-')[0]!
const shopperOf = (event: SimulatedEvent) => (event.user_id ?? event.anonymous_id)!

describe('simulateHistory', () => {
  test('the same seed gives the same bytes, another seed others', () => {
    const bytes = (seed: number) => toJsonLines(simulateHistory(items, testConfig(seed)))
    expect(bytes(3)).toBe(bytes(3))
    expect(bytes(3)).not.toBe(bytes(4))
  })

  test('events are in order, inside the period, with ids of their own', () => {
    const config = testConfig(3)
    const events = simulateHistory(items, config)
    const times = events.map((event) => Date.parse(event.occurred_at))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(config.endsAt - config.days * 86_400_000)
    expect(times.at(-1)).toBeLessThanOrEqual(config.endsAt)
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length)
  })

  test('nothing happens to an item before it exists', () => {
    const born = '2026-11-10T00:00:00Z'
    const late = items.map((item) => (item.id.startsWith('c0') ? { ...item, created_at: born } : item))
    const touched = simulateHistory(late, testConfig(3)).filter((event) => categoryOf(event) === 'c0')
    expect(touched.length).toBeGreaterThan(0)
    expect(touched.every((event) => event.occurred_at >= born)).toBe(true)
  })
})

describe('taste', () => {
  /** Share of clicks in the shopper's planted favourite category, over the share when shoppers are shuffled. */
  const overRepresentation = (off: Partial<Strengths>) => {
    const world = buildWorld(items, testConfig(6, off))
    const favourite = new Map(
      world.shoppers.map(({ id, categoryTaste }) => [
        id,
        [...categoryTaste].reduce((a, b) => (b[1] > a[1] ? b : a))[0].slice(-2),
      ]),
    )
    const clicked = playWorld(world).events.filter((event) => event.type === 'click')
    const share = (owners: readonly string[]) =>
      clicked.filter((event, i) => favourite.get(owners[i]!)!.toLowerCase() === categoryOf(event)).length /
      clicked.length
    const owners = clicked.map(shopperOf)
    return share(owners) / share(seededRng(1).shuffle(owners))
  }

  test('clicks over-represent the favourite category', () => expect(overRepresentation({})).toBeGreaterThan(1.5))
  test('control: without taste they do not', () => expect(overRepresentation({ taste: 0 })).toBeLessThan(1.2))
})

describe('complements', () => {
  const planted: [string, string][] = [
    ['c0', 'c1'],
    ['c2', 'c7'],
  ]
  const unplanted: [string, string][] = [
    ['c0', 'c3'],
    ['c2', 'c8'],
    ['c4', 'c6'],
    ['c5', 'c9'],
    ['c1', 'c7'],
  ]

  /** How much likelier pairs are to meet in one shopper's carts than chance says: P(a and b) / (P(a) P(b)), mean over pairs. */
  const lifts = (off: Partial<Strengths>) => {
    // Taste alone makes some categories go together; it is off, so that only the planted pairs can.
    const config = { ...testConfig(2, { taste: 0, satiation: 0, ...off }), shoppers: 1_000, medianSessions: 12 }
    const added = simulateHistory(items, config).filter((event) => event.type === 'add_to_cart')
    const carts = [...Map.groupBy(added, shopperOf).values()].map((events) => new Set(events.map(categoryOf)))
    const share = (...wanted: string[]) =>
      carts.filter((cart) => wanted.every((each) => cart.has(each))).length / carts.length
    const mean = (pairs: readonly [string, string][]) =>
      pairs.reduce((sum, [a, b]) => sum + share(a, b) / (share(a) * share(b)), 0) / pairs.length
    return { planted: mean(planted), unplanted: mean(unplanted) }
  }

  test('planted pairs share a shopper far more than chance, and more than other pairs', () => {
    const on = lifts({})
    expect(on.planted).toBeGreaterThan(1.2)
    expect(on.planted).toBeGreaterThan(1.2 * on.unplanted)
  })

  test('control: with the mechanism off, planted pairs are like the others', () => {
    const off = lifts({ complements: 0 })
    expect(Math.abs(off.planted / off.unplanted - 1)).toBeLessThan(0.25)
  })
})

describe('policies', () => {
  /** Clicks per examined position of a policy that knows every shopper's utility and counts what it has shown, over exploration. */
  const gain = (off: Partial<Strengths>) => {
    const world = buildWorld(items, testConfig(8, off))
    const model = choiceModel(world.catalogue, world.config.complements, FULL_STRENGTH)
    const shoppers = new Map(world.shoppers.map((shopper) => [shopper.id, shopper]))
    const shown = new Map<string, number>()
    const oracle: ShelfPolicy = ({ shopper, limit, atMs }) => {
      const key = (itemId: string) => `${shopper} ${itemId}`
      const worth = (item: SimItem) => {
        const { taste, price } = utilityOf(model, shoppers.get(shopper)!, item, new Memory(), atMs)
        return taste + 0.5 * price - 0.7 * Math.log1p(shown.get(key(item.id)) ?? 0)
      }
      const scored = world.catalogue.items.map((item) => ({ id: item.id, score: worth(item) }))
      const shelf = scored.sort((a, b) => b.score - a.score).slice(0, limit)
      for (const { id } of shelf) shown.set(key(id), (shown.get(key(id)) ?? 0) + 1)
      return shelf.map(({ id }) => id)
    }
    const rate = ({ events, examined }: Played) => events.filter((event) => event.type === 'click').length / examined
    return rate(playWorld(world, oracle)) / rate(playWorld(world))
  }

  test('one that knows the taste beats exploration clearly', () => expect(gain({})).toBeGreaterThan(1.5))
  test('control: in a world without taste and price, knowing them gains little', () =>
    expect(gain({ taste: 0, price: 0 })).toBeLessThan(1.15))
})

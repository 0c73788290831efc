import { describe, expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { buildCatalogue, priceKey } from './catalogue.ts'
import { choiceModel } from './choice.ts'
import { Memory } from './memory.ts'
import { SHELF_LIMIT, simulateSession } from './session.ts'
import { population, type Shopper } from './shopper.ts'
import { testConfig, testItems } from './testing.ts'
import type { ShelfContext, ShelfPolicy, SimulatedEvent, Strengths } from './types.ts'

const START = Date.parse('2026-11-01T12:00:00Z')
const HOUR_MS = 3_600_000
const catalogue = buildCatalogue(testItems(), 1)

/** Plays `sessions` sessions of every shopper, an hour apart, and returns events per round. */
function play(
  shelfOf: ShelfPolicy,
  sessions: number,
  off: Partial<Strengths> = {},
  adapt = (shopper: Shopper) => shopper,
) {
  const config = testConfig(9, off)
  const model = choiceModel(catalogue, config.complements, config.strengths)
  const rounds = Array.from({ length: sessions }, () => ({
    events: [] as SimulatedEvent[],
    examined: 0,
    revenueMinor: 0,
  }))
  for (const [index, drawn] of population(config, catalogue).entries()) {
    const shopper = adapt(drawn)
    const memory = new Memory()
    for (const [round, sum] of rounds.entries()) {
      const visit = {
        model,
        memory,
        sessionId: `s-${index}-${round}`,
        startMs: START + round * HOUR_MS,
        endsAt: Infinity,
      }
      const outcome = simulateSession(shopper, shelfOf, seededRng(1_000 * index + round), visit)
      sum.events.push(...outcome.events)
      sum.examined += outcome.examined
      sum.revenueMinor += outcome.revenueMinor
    }
  }
  return rounds
}

const clicks = (events: readonly SimulatedEvent[]) => events.filter((event) => event.type === 'click')
const everyTenth: ShelfPolicy = () => catalogue.items.filter((_, i) => i % 10 === 0).map((item) => item.id)
/** Two items of each of four categories, one cheap and one dear. */
const cheapAndDear: ShelfPolicy = () => ['c1-0', 'c1-7', 'c3-7', 'c3-0', 'c6-0', 'c6-7', 'c8-7', 'c8-0']

describe('simulateSession', () => {
  test('the funnel narrows, every step follows the one before, and money adds up', () => {
    const [round] = play(everyTenth, 1)
    const count = (type: string) => round!.events.filter((event) => event.type === type).length
    expect(count('view')).toBeGreaterThan(count('add_to_cart'))
    expect(count('add_to_cart')).toBeGreaterThanOrEqual(count('purchase'))
    const bought = round!.events.filter((event) => event.type === 'purchase')
    expect(bought.length).toBeGreaterThan(0)
    for (const { session_id, item_id } of bought)
      expect(
        round!.events.some((e) => e.type === 'add_to_cart' && e.session_id === session_id && e.item_id === item_id),
      ).toBe(true)
    expect(bought.reduce((sum, event) => sum + event.quantity! * event.price!, 0)).toBe(round!.revenueMinor)
  })

  test('a policy sees the page, the cart and recent items, and nothing hidden', () => {
    const seen: ShelfContext[] = []
    play((context) => {
      seen.push(context)
      return everyTenth(context)
    }, 1)
    expect(new Set(seen.map((context) => context.placement))).toEqual(new Set(['home', 'category', 'product', 'cart']))
    expect(seen.every((context) => context.limit === SHELF_LIMIT)).toBe(true)
    expect(seen.flatMap(Object.keys)).not.toContain('categoryTaste')
  })

  test('unknown ids and empty shelves earn no clicks and do no harm', () => {
    expect(clicks(play(() => ['nothing', ''], 1)[0]!.events)).toEqual([])
    expect(clicks(play(() => [], 1)[0]!.events)).toEqual([])
  })

  test('the first position is clicked more than the last, whatever stands there', () => {
    const ids = everyTenth({} as ShelfContext)
    let [first, last] = [0, 0]
    for (let turn = 0; turn < SHELF_LIMIT; turn++) {
      const shelf = [...ids.slice(turn), ...ids.slice(0, turn)]
      const clicked = clicks(play(() => shelf, 1)[0]!.events).map((event) => event.item_id)
      first += clicked.filter((id) => id === shelf[0]).length
      last += clicked.filter((id) => id === shelf.at(-1)).length
    }
    expect(first).toBeGreaterThan(1.5 * last)
  })
})

describe('fatigue', () => {
  const rate = (off: Partial<Strengths>) => {
    const rounds = play(everyTenth, 8, { satiation: 0, complements: 0, ...off })
    const of = (list: typeof rounds) =>
      list.reduce((sum, { events }) => sum + clicks(events).length, 0) /
      list.reduce((sum, { examined }) => sum + examined, 0)
    return of(rounds.slice(-3)) / of(rounds.slice(0, 1))
  }

  test('the same shelf again and again is clicked less', () => expect(rate({})).toBeLessThan(0.75))
  test('control: without fatigue the click rate holds', () =>
    expect(Math.abs(rate({ fatigue: 0 }) - 1)).toBeLessThan(0.15))
})

describe('price sensitivity', () => {
  /** Mean price of what was put in the cart, each against its category's median. */
  const paid = (priceSensitivity: number, off: Partial<Strengths> = {}) => {
    const rounds = play(cheapAndDear, 6, off, (shopper) => ({ ...shopper, priceSensitivity }))
    const carts = rounds.flatMap(({ events }) => events.filter((event) => event.type === 'add_to_cart'))
    const relative = carts.map(({ item_id }) => {
      const item = catalogue.byId.get(item_id)!
      return item.prices.get('GB')! / catalogue.medianPrice.get(priceKey('GB', item.category))!
    })
    return relative.reduce((sum, each) => sum + each, 0) / relative.length
  }

  test('sensitive shoppers take cheaper things', () => expect(paid(2.5)).toBeLessThan(0.85 * paid(0)))
  test('control: with the mechanism off they take the same', () =>
    expect(paid(2.5, { price: 0 })).toBe(paid(0, { price: 0 })))
})

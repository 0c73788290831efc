import { describe, expect, test } from 'vitest'
import { buildCatalogue } from './catalogue.ts'
import { cartProbability, choiceModel, clickProbability, utilityOf } from './choice.ts'
import { Memory } from './memory.ts'
import { population } from './shopper.ts'
import { testConfig, testItems } from './testing.ts'
import type { Strengths } from './types.ts'

const NOW = Date.parse('2026-11-01T12:00:00Z')
const DAY_MS = 86_400_000
const catalogue = buildCatalogue(testItems(), 1)
const item = (id: string) => catalogue.byId.get(id)!

function setting(off: Partial<Strengths> = {}) {
  const config = testConfig(5, off)
  const shopper = { ...population(config, catalogue)[0]!, priceSensitivity: 1.5, referenceMultiple: 1 }
  return { shopper, model: choiceModel(catalogue, config.complements, config.strengths), memory: new Memory() }
}

describe('price', () => {
  test('the dearer of two items is worth less, and most of the drop is near the reference', () => {
    const { shopper, model, memory } = setting()
    const prices = ['c3-0', 'c3-4', 'c3-7'].map((id) => utilityOf(model, shopper, item(id), memory, NOW).price)
    expect(prices[0]).toBeGreaterThan(prices[1]!)
    expect(prices[1]).toBeGreaterThan(prices[2]!)
    expect(prices.every((price) => price <= 0 && price >= -3)).toBe(true)
  })

  test('control: switched off, or without sensitivity, no price matters', () => {
    const off = setting({ price: 0 })
    expect(utilityOf(off.model, off.shopper, item('c3-7'), off.memory, NOW).price).toBeCloseTo(0)
    const { shopper, model, memory } = setting()
    expect(utilityOf(model, { ...shopper, priceSensitivity: 0 }, item('c3-7'), memory, NOW).price).toBeCloseTo(0)
  })
})

describe('fatigue', () => {
  test('each look without a click lowers the next click, and a pause restores it', () => {
    const { shopper, model, memory } = setting()
    const click = (atMs: number) => clickProbability(utilityOf(model, shopper, item('c1-1'), memory, atMs))
    const fresh = click(NOW)
    memory.sawWithoutClick(item('c1-1'), NOW)
    const once = click(NOW)
    memory.sawWithoutClick(item('c1-1'), NOW)
    expect(once).toBeLessThan(fresh)
    expect(click(NOW)).toBeLessThan(once)
    expect(click(NOW + 90 * DAY_MS)).toBeCloseTo(fresh, 3)
  })

  test('control: switched off, looks leave no trace', () => {
    const { shopper, model, memory } = setting({ fatigue: 0 })
    memory.sawWithoutClick(item('c1-1'), NOW)
    expect(utilityOf(model, shopper, item('c1-1'), memory, NOW).fatigue).toBeCloseTo(0)
  })
})

describe('complements and satiation', () => {
  test('taking from C0 lifts C1, not C2, and not the other way round', () => {
    const { shopper, model, memory } = setting()
    memory.took(item('c0-0'), NOW)
    expect(utilityOf(model, shopper, item('c1-3'), memory, NOW).complements).toBeCloseTo(3)
    expect(utilityOf(model, shopper, item('c2-3'), memory, NOW).complements).toBe(0)
    const other = new Memory()
    other.took(item('c1-0'), NOW)
    expect(utilityOf(model, shopper, item('c0-3'), other, NOW).complements).toBe(0)
  })

  test('owning an item dims it more than its neighbours, which dim more than the rest', () => {
    const { shopper, model, memory } = setting()
    memory.bought(item('c4-0'), NOW)
    const dimming = (id: string) => utilityOf(model, shopper, item(id), memory, NOW).satiation
    expect(dimming('c4-0')).toBeLessThan(dimming('c4-1'))
    expect(dimming('c4-1')).toBeLessThan(0)
    expect(dimming('c5-1')).toBeCloseTo(0)
  })
})

test('probabilities stay inside (0, 1) for every shopper and item', () => {
  const { model, memory } = setting()
  for (const shopper of population(testConfig(5), catalogue).slice(0, 40))
    for (const each of catalogue.items) {
      const utility = utilityOf(model, shopper, each, memory, NOW)
      for (const chance of [clickProbability(utility), cartProbability(utility)]) {
        expect(chance).toBeGreaterThan(0)
        expect(chance).toBeLessThan(1)
      }
    }
})

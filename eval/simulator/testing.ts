import type { ItemLine } from '../../shared/domain/item.ts'
import { FULL_STRENGTH, type SimulatorConfig, type Strengths } from './types.ts'

/** Test data: ten categories under two roots, eight items each, prices from half to twice the category's middle. */
export function testItems(): ItemLine[] {
  const items: ItemLine[] = []
  for (let c = 0; c < 10; c++)
    for (let i = 0; i < 8; i++) {
      const price = Math.round(1_000 * (c + 1) * 2 ** ((i - 3.5) / 3.5))
      items.push({
        id: `c${c}-${i}`,
        title: `Item ${c} ${i}`,
        brand: `Brand ${(c + i) % 5}`,
        categories: [c < 5 ? `Indoor > Room > C${c}` : `Outdoor > Yard > C${c}`],
        attributes: { style: ['rustic', 'modern', 'classic', 'rugged'][i % 4]! },
        created_at: '2025-06-01T00:00:00Z',
        offers: [{ market: 'GB', currency: 'GBP', price, stock: 9 }],
      })
    }
  return items
}

/** Test configuration: one market, two complement pairs, everything on unless `off` says so. */
export function testConfig(seed: number, off: Partial<Strengths> = {}): SimulatorConfig {
  return {
    seed,
    shoppers: 200,
    days: 40,
    endsAt: Date.parse('2026-11-20T20:00:00Z'),
    markets: [{ market: 'GB', currency: 'GBP', share: 1, utcOffsetHours: 0 }],
    medianSessions: 6,
    complements: [
      { from: 'Indoor > Room > C0', to: 'Indoor > Room > C1', lift: 3 },
      { from: 'Indoor > Room > C2', to: 'Outdoor > Yard > C7', lift: 3 },
    ],
    strengths: { ...FULL_STRENGTH, ...off },
  }
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ItemLine, itemLineSchema } from '../../shared/domain/item.ts'
import { SHOP_COMPLEMENTS } from './affinities.ts'
import { simulateHistory } from './history.ts'
import { FULL_STRENGTH, type MarketMix, type SimulatedEvent, type SimulatorConfig } from './types.ts'

const SHOPS = join(import.meta.dirname, '../../demo/shops')

const MARKETS: Readonly<Record<string, MarketMix[]>> = {
  'hearth-and-field': [
    { market: 'GB', currency: 'GBP', share: 68, utcOffsetHours: 0 },
    { market: 'IE', currency: 'EUR', share: 14, utcOffsetHours: 0 },
    { market: 'DE', currency: 'EUR', share: 18, utcOffsetHours: 1 },
  ],
  tsukimi: [
    { market: 'JP', currency: 'JPY', share: 78, utcOffsetHours: 9 },
    { market: 'TW', currency: 'TWD', share: 22, utcOffsetHours: 8 },
  ],
}

/** The setting behind a demo shop's events.jsonl; throws on a shop it does not know. */
export function demoConfig(shop: string): SimulatorConfig {
  const markets = MARKETS[shop]
  const complements = SHOP_COMPLEMENTS[shop]
  if (markets === undefined || complements === undefined) throw new RangeError(`no demo shop is called ${shop}`)
  return {
    seed: shop === 'tsukimi' ? 20_261_121 : 20_261_120,
    shoppers: 250,
    days: 60,
    endsAt: Date.parse('2026-11-20T20:00:00Z'),
    markets,
    medianSessions: shop === 'tsukimi' ? 6 : 7.5,
    complements: [...complements],
    strengths: FULL_STRENGTH,
  }
}

/** The items of a demo shop, checked against the public schema. */
export function readItems(shop: string): ItemLine[] {
  const lines = readFileSync(join(SHOPS, shop, 'items.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => itemLineSchema.parse(JSON.parse(line)))
}

export const toJsonLines = (events: readonly SimulatedEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

function main(shops: readonly string[]): void {
  for (const shop of shops.length > 0 ? shops : Object.keys(MARKETS)) {
    const events = simulateHistory(readItems(shop), demoConfig(shop))
    writeFileSync(join(SHOPS, shop, 'events.jsonl'), toJsonLines(events))
    const counts = Map.groupBy(events, (event) => event.type)
    console.log(
      `${shop}: ${events.length} events, ${[...counts].map(([type, list]) => `${list.length} ${type}`).join(', ')}`,
    )
  }
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2))

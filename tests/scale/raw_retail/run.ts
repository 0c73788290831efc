import { manualClock } from '../../../shared/base/clock.ts'
import type { IngestDeps } from '../../../workers/ingest/deps.ts'
import { openIngestDoor } from '../../support/ingest_door.ts'
import { type Comparison, compare } from './compare.ts'
import { type CleanShop, type RawFile, readClean, readRaw } from './rows.ts'
import { cleaned, HORIZON_MS, rulesDiffer } from './rules.ts'
import { readShop, SHOP, type ShopState, type Streamed, type StreamOptions, streamDays } from './stream.ts'

/** Days of the quick check. */
export const QUICK_DAYS = 30

export interface RetailData {
  file: RawFile
  published: CleanShop
}

/** @throws Error when the rules of docs/raw_retail.md do not make the published set of the raw one */
export function loadRetail(): RetailData {
  const file = readRaw()
  const published = readClean()
  const wrong = rulesDiffer(cleaned(file.rows), published)
  if (wrong.length > 0)
    throw new Error(`the cleaning rules are not those of the cleaned set:\n${wrong.slice(0, 20).join('\n')}`)
  return { file, published }
}

/** The first days. Of fewer days than all the cleaned items are made by the rules, its events are the published ones. */
export function firstDays({ file, published }: RetailData, days: number): RetailData {
  const kept = new Set([...new Set(file.rows.map((row) => row.day))].slice(0, days))
  const rows = file.rows.filter((row) => kept.has(row.day))
  const until = Math.min(HORIZON_MS, Date.parse([...kept].at(-1)!) + 86_400_000)
  return {
    file: { header: file.header, rows },
    published: { items: cleaned(rows).items, lines: published.lines.filter((line) => line.atMs < until) },
  }
}

export interface RetailRun extends Comparison {
  streamed: Streamed
  state: ShopState
  seconds: number
}

/** @param adapt breaks a part of the shop on purpose */
export async function runRetail(
  data: RetailData,
  options: StreamOptions,
  adapt?: (deps: IngestDeps) => IngestDeps,
): Promise<RetailRun> {
  const startedAt = performance.now()
  const newest = data.file.rows.at(-1)!.atMs
  const door = await openIngestDoor(manualClock(newest + 86_400_000), adapt)
  const markets = [{ market: 'United Kingdom', currency: 'GBP', locale: 'en-GB' }]
  await door.makeShop(SHOP, { name: 'Gifts', locale: 'en', market: 'United Kingdom', markets })
  const streamed = await streamDays(door, data.file, options)
  const state = await readShop(door)
  const seconds = (performance.now() - startedAt) / 1_000
  return { ...compare(state, data.published, data.file.rows), streamed, state, seconds }
}

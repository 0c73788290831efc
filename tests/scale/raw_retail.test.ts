import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { IngestDeps } from '../../workers/ingest/deps.ts'
import { RULES } from './raw_retail/compare.ts'
import { documentedCounts } from './raw_retail/documented.ts'
import { hasRawRetail } from './raw_retail/rows.ts'
import { firstDays, loadRetail, QUICK_DAYS, type RetailData, runRetail } from './raw_retail/run.ts'

const LIMIT_MS = 180_000
const FEW_DAYS = 2

describe.skipIf(!hasRawRetail())('a till with its dirt against the cleaned shop', () => {
  let data: RetailData
  beforeAll(() => {
    data = loadRetail()
  }, LIMIT_MS)

  test('thirty days, shuffled and partly sent twice: every difference is documented, in its number', {
    timeout: LIMIT_MS,
  }, async () => {
    const run = await runRetail(firstDays(data, QUICK_DAYS), { seed: 1, shuffled: true })
    expect(run.unexplained).toEqual([])
    expect(run.streamed.duplicates).toBeGreaterThan(0)
    const documented = documentedCounts(readFileSync(join(import.meta.dirname, '../../docs/raw_retail.md'), 'utf8'))
    expect(Object.fromEntries(RULES.map((rule) => [rule, documented.get(rule)?.quick]))).toEqual(run.counts)
  })

  test('the order of days, requests and lines changes nothing', { timeout: LIMIT_MS }, async () => {
    const few = firstDays(data, FEW_DAYS)
    const [sorted, ...others] = await Promise.all(
      [0, 7, 8].map((seed) => runRetail(few, { seed, shuffled: seed !== 0 })),
    )
    expect(sorted!.unexplained).toEqual([])
    for (const other of others) {
      expect(new Map([...other!.state.items].sort())).toEqual(new Map([...sorted!.state.items].sort()))
      expect({ ...other!.state, items: null }).toEqual({ ...sorted!.state, items: null })
    }
  })

  test('a shop that takes repeated events for new ones is seen', { timeout: LIMIT_MS }, async () => {
    let names = 0
    const forgetful = withAccept((events) =>
      events.map((event) => ({ ...event, eventId: `${event.eventId}-${++names}` })),
    )
    const run = await runRetail(firstDays(data, FEW_DAYS), { seed: 1, shuffled: true }, forgetful)
    expect(run.unexplained.length).toBeGreaterThan(10)
  })

  test('a shop that passes cancellations over is seen', { timeout: LIMIT_MS }, async () => {
    const deaf = withAccept((events) => events.filter((event) => event.interactions[0]!.type !== 'refund'))
    const run = await runRetail(firstDays(data, FEW_DAYS), { seed: 1, shuffled: true }, deaf)
    expect(run.unexplained.length).toBeGreaterThan(10)
    expect(run.unexplained.every((line) => line.startsWith('returned'))).toBe(true)
  })

  test('a shop that lets an older day overwrite a newer one is seen', { timeout: LIMIT_MS }, async () => {
    const careless = (deps: IngestDeps): IngestDeps => {
      let writes = 0
      const apply: IngestDeps['items']['apply'] = (shop, list, nowMs) =>
        deps.items.apply(
          shop,
          list.map((write) => ({ ...write, sourceAtMs: ++writes })),
          nowMs,
        )
      return { ...deps, items: { ...deps.items, apply } }
    }
    const run = await runRetail(firstDays(data, 2 * FEW_DAYS), { seed: 1, shuffled: true }, careless)
    expect(run.unexplained.some((line) => line.startsWith('item'))).toBe(true)
  })
})

type Accept = IngestDeps['inbox']['accept']

function withAccept(change: (events: Parameters<Accept>[1]) => Parameters<Accept>[1]) {
  return (deps: IngestDeps): IngestDeps => ({
    ...deps,
    inbox: { ...deps.inbox, accept: (shop, events, ...rest) => deps.inbox.accept(shop, change(events), ...rest) },
  })
}

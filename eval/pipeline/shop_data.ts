import { datasetEvent, datasetItem, type Mapped } from '../../cli/import/dataset.ts'
import { createEventIds } from '../../cli/import/event_ids.ts'
import { shopSettings } from '../../cli/import/settings.ts'
import { byFrequency, momentOf } from '../../cli/import/survey.ts'
import { HOUR_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { type ItemLine, itemLineSchema } from '../../shared/domain/item.ts'
import type { ShopBody } from '../../shared/domain/shop.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetEvent, TaskSpec } from '../dataset/format.ts'
import { EvalFailure } from '../failure.ts'

const FALLBACK_CURRENCY = 'USD'
/** Of a shop without events: any moment does, as long as it is the same in every run. */
const STILL_MS = Date.parse('2026-01-01T00:00:00Z')

/** A shop as the service takes it: its settings, its items and the events that it may learn from. */
export interface ShopLines {
  shop: string
  body: ShopBody
  items: ItemLine[]
  events: Record<string, unknown>[]
  newestMs: number
  /** When it is asked: nothing that it learned from is later. */
  nowMs: number
}

/**
 * The lines that the shipped import makes of a dataset. Items are as old as the oldest event, since a dataset does not
 * tell when they came: none of them counts as new.
 * @param events what may be learned from, and nothing else
 */
export function shopLines(dataset: Dataset, spec: TaskSpec, events: readonly DatasetEvent[]): ShopLines {
  let oldest = Number.POSITIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  for (const { ts } of events) {
    oldest = Math.min(oldest, ts)
    newest = Math.max(newest, ts)
  }
  const newestMs = events.length === 0 ? STILL_MS : newest * SECOND_MS
  const createdMs = events.length === 0 ? STILL_MS : Math.max(0, oldest * SECOND_MS - HOUR_MS)
  const currency = dataset.items.find((item) => item.price !== undefined)?.price?.currency ?? FALLBACK_CURRENCY
  const created_at = new Date(createdMs).toISOString()
  const items = dataset.items.map((item) => {
    const line = itemLineSchema.safeParse({ ...taken(datasetItem(item, currency), `item ${item.id}`), created_at })
    if (!line.success) throw new EvalFailure(`${dataset.folder}: item ${item.id}: ${line.error.issues[0]!.message}`)
    return line.data
  })
  const ids = createEventIds(false, (content) => momentOf(content, 'dataset'))
  const sent = events.map((event) => ({
    event_id: ids.next(event),
    ...taken(datasetEvent(event), `an event of ${event.user} at ${event.ts}`),
  }))
  const nowMs = spec.learnBefore === undefined ? newestMs + HOUR_MS : spec.learnBefore * SECOND_MS
  return { shop: 'evaluation', body: settingsOf(currency, events), items, events: sent, newestMs, nowMs }
}

/** The settings that the shipped import would give the shop. */
function settingsOf(currency: string, events: readonly DatasetEvent[]): ShopBody {
  const markets = new Map<string, number>()
  for (const { country } of events)
    if (country !== undefined && country !== '') markets.set(country, (markets.get(country) ?? 0) + 1)
  const survey = {
    lines: {},
    groups: {},
    sorted: {},
    markets: new Map(byFrequency(markets).map((market) => [market, markets.get(market)!])),
    currencies: new Map([[currency, 1]]),
    marketCurrencies: new Map(),
    itemsWithoutPrice: 0,
    newestEventMs: null,
    newestItemMs: null,
  }
  const source = { path: '', name: '', form: 'dataset' as const, files: [], shop: null, fingerprint: '' }
  return shopSettings('evaluation', source, survey, {})
}

function taken(mapped: Mapped, what: string): Record<string, unknown> {
  if (mapped.ok) return mapped.value
  throw new EvalFailure(`${what}: ${mapped.errors.map((error) => `${error.pointer} ${error.detail}`).join('; ')}`)
}

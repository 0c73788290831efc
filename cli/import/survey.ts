import { ANY_MARKET } from '../../shared/domain/ids.ts'
import { DEFAULT_OPTIONS, type FeedOptions } from '../../shared/ingest/feeds/record.ts'
import { Interrupted } from '../failure.ts'
import { refusals } from './feed_file.ts'
import { type FeedSettings, groupsOf, recordsOf } from './feeds.ts'
import { readLines } from './lines.ts'
import { type LineForm, parseObject, type Source, type SourceFile } from './source.ts'

/** What one look at all lines tells before the first is sent: totals for the progress, settings for a new shop. */
export interface Survey {
  /** Number of each file's last line, by file name; of a feed, of its records. */
  lines: Record<string, number>
  /** Rows of each product of each feed. */
  groups: Record<string, ReadonlyMap<string, number> | null>
  /** Whether each file's moments never fall. */
  sorted: Record<string, boolean>
  /** How often each market occurs in events, else in offers. */
  markets: Map<string, number>
  /** How often each currency occurs, in all and by market. */
  currencies: Map<string, number>
  marketCurrencies: Map<string, Map<string, number>>
  itemsWithoutPrice: number
  /** Milliseconds; of the events, or of the items' creation when there are no events. */
  newestEventMs: number | null
  newestItemMs: number | null
}

/** Reads the source once, a line at a time. Lines that are not JSON are passed over: sending reports them. */
export async function surveySource(
  source: Source,
  signal?: AbortSignal,
  settings: FeedSettings = DEFAULT_OPTIONS,
): Promise<Survey> {
  const survey: Survey = {
    lines: {},
    groups: {},
    sorted: {},
    markets: new Map(),
    currencies: new Map(),
    marketCurrencies: new Map(),
    itemsWithoutPrice: 0,
    newestEventMs: null,
    newestItemMs: null,
  }
  for (const file of source.files) {
    if (file.format === 'jsonl') await surveyFile(file, source.form, survey, signal)
    else await surveyFeed(file, survey, settings, signal)
  }
  return survey
}

/** Reads a feed twice: which rows belong together is only known at its end. */
async function surveyFeed(
  file: SourceFile,
  survey: Survey,
  settings: FeedSettings,
  signal?: AbortSignal,
): Promise<void> {
  const groupSizes = await groupsOf(file)
  // A moment that no sale can hold at: prices are not what is looked at.
  const options: FeedOptions = { ...settings, groupSizes, nowMs: 0 }
  let records = 0
  await refusals(file.name, async () => {
    for await (const record of recordsOf(file, options)) {
      if (signal?.aborted) throw new Interrupted()
      records += 1
      if (record.kind === 'item') noteItem(record.value, 'api', survey)
      if (record.kind === 'event') noteEvent(record.value, 'api', momentOf(record.value, 'api'), survey)
    }
  })
  survey.lines[file.name] = records
  survey.groups[file.name] = groupSizes
}

async function surveyFile(file: SourceFile, form: LineForm, survey: Survey, signal?: AbortSignal): Promise<void> {
  let last = 0
  let sorted = true
  let before = Number.NEGATIVE_INFINITY
  for await (const line of readLines(file.path)) {
    if (signal?.aborted) throw new Interrupted()
    last = line.number
    const value = parseObject(line.text)
    if (value === null) continue
    if (file.kind === 'items') {
      noteItem(value, form, survey)
      continue
    }
    const moment = momentOf(value, form)
    noteEvent(value, form, moment, survey)
    // A moment that is missing stands in no order.
    if (moment === null || moment < before) sorted = false
    else before = moment
  }
  survey.lines[file.name] = last
  survey.sorted[file.name] = sorted
}

/** When an event happened, in milliseconds; null when it does not say. */
export function momentOf(content: unknown, form: LineForm): number | null {
  const { ts, occurred_at } = content as { ts?: unknown; occurred_at?: unknown }
  if (form === 'dataset') return typeof ts === 'number' && Number.isFinite(ts) ? ts * 1_000 : null
  return timeOf(occurred_at)
}

const timeOf = (value: unknown): number | null => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

function noteEvent(event: Record<string, unknown>, form: LineForm, moment: number | null, survey: Survey): void {
  const market = form === 'dataset' ? event.country : event.market
  if (typeof market === 'string' && market !== '') bump(survey.markets, market)
  if (moment !== null) survey.newestEventMs = Math.max(survey.newestEventMs ?? Number.NEGATIVE_INFINITY, moment)
}

function noteItem(item: Record<string, unknown>, form: LineForm, survey: Survey): void {
  const created = timeOf(item.created_at)
  if (created !== null) survey.newestItemMs = Math.max(survey.newestItemMs ?? Number.NEGATIVE_INFINITY, created)
  if (form === 'dataset') {
    const currency = (item.price as { currency?: unknown } | undefined)?.currency
    if (typeof currency === 'string') bump(survey.currencies, currency)
    else survey.itemsWithoutPrice += 1
    return
  }
  if (!Array.isArray(item.offers)) return
  for (const offer of item.offers as Array<{ market?: unknown; currency?: unknown } | null>) {
    const { market, currency } = offer ?? {}
    if (typeof currency !== 'string' || typeof market !== 'string') continue
    bump(survey.currencies, currency)
    if (market === ANY_MARKET) continue
    const own = survey.marketCurrencies.get(market) ?? new Map<string, number>()
    survey.marketCurrencies.set(market, own)
    bump(own, currency)
  }
}

const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

/** Keys by how often they occur, most frequent first; equal counts by name, so that the order is always the same. */
export const byFrequency = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key)

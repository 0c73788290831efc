import { type FieldError, Problem } from '../../shared/base/problem.ts'
import { decode } from '../../shared/domain/decode.ts'
import { ANY_MARKET, currencySchema, marketSchema } from '../../shared/domain/ids.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import { detectFormat } from '../../shared/ingest/feeds/detect.ts'
import { emailSalt } from '../../shared/ingest/feeds/email_shopper.ts'
import { readFeed } from '../../shared/ingest/feeds/read_feed.ts'
import {
  FEED_FORMATS,
  type FeedFormat,
  type FeedOptions,
  FeedRefused,
  isEventFormat,
} from '../../shared/ingest/feeds/record.ts'
import { readText } from '../http/body.ts'
import { NDJSON_TYPES } from './lines.ts'
import { requireMarket } from './markets.ts'

/** Content types of feeds; NDJSON without `?format=` is the API's own form and not read here. */
const FEED_TYPES = new Set([
  'text/csv',
  'text/tab-separated-values',
  'application/xml',
  'text/xml',
  'application/rss+xml',
  'application/atom+xml',
])

type Kind = 'items' | 'events'

/** A request's feed in the API's own form, every record with its line in the body. */
export interface FeedBody {
  values: Array<{ line: number; value: Record<string, unknown> }>
  rejects: Array<{ line: number; id: string | null; errors: FieldError[] }>
  warnings: Array<{ line: number; detail: string }>
  ignored: number
}

/** Whether a bulk request carries a feed in another form than the API's own. */
export function isFeed(request: Request): boolean {
  const format = new URL(request.url).searchParams.get('format')
  return (format !== null && format !== 'jsonl') || FEED_TYPES.has(typeOf(request))
}

const typeOf = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()

/**
 * Reads a feed whole: a request is bounded, and a product is whole only when all its rows were seen.
 * @throws Problem `unsupported_media_type`, `payload_too_large`, `invalid_request`
 */
export async function readFeedBody(
  request: Request,
  kind: Kind,
  shop: ShopConfig,
  context: { nowMs: number; signingSecret: string },
): Promise<FeedBody> {
  const type = typeOf(request)
  if (!FEED_TYPES.has(type) && !NDJSON_TYPES.includes(type))
    throw new Problem('unsupported_media_type', { detail: `send ${[...FEED_TYPES, ...NDJSON_TYPES].join(', ')}` })
  const query = new URL(request.url).searchParams
  const text = await readText(request, LIMITS.bulkBodyBytes)
  const options = await optionsOf(query, shop, context)
  try {
    const format = formatOf(query.get('format') ?? 'auto', text, kind)
    return await collect(text, format, kind, options)
  } catch (error) {
    if (error instanceof FeedRefused)
      throw new Problem('invalid_request', { errors: [{ pointer: '', detail: error.message }] })
    throw error
  }
}

function formatOf(name: string, text: string, kind: Kind): FeedFormat {
  const refuse = (detail: string) => new Problem('invalid_request', { errors: [{ pointer: '/format', detail }] })
  const known = FEED_FORMATS.find((format) => format === name)
  if (name !== 'auto' && known === undefined) throw refuse(`one of auto, ${FEED_FORMATS.join(', ')}`)
  const format = known ?? detectFormat(text)
  if (format !== 'jsonl' && isEventFormat(format) !== (kind === 'events'))
    throw refuse(
      `${format} holds ${isEventFormat(format) ? 'events: send it to /v1/events:bulk' : 'items: send it to /v1/items:bulk'}`,
    )
  return format
}

async function optionsOf(
  query: URLSearchParams,
  shop: ShopConfig,
  context: { nowMs: number; signingSecret: string },
): Promise<FeedOptions> {
  const market = decode(marketSchema, query.get('market') ?? ANY_MARKET)
  requireMarket(shop, market, '/market')
  const dates = query.get('dates')
  if (dates !== null && dates !== 'dmy' && dates !== 'mdy')
    throw new Problem('invalid_request', { errors: [{ pointer: '/dates', detail: 'dmy or mdy' }] })
  const given = query.get('currency')
  return {
    currency: given === null ? currencyOf(shop, market) : decode(currencySchema, given),
    market,
    markets: shop.markets,
    nowMs: context.nowMs,
    groupSizes: null,
    salt: await emailSalt(shop.shop, context.signingSecret),
    dateOrder: dates,
  }
}

/** The market's own, or that of all markets where they agree; otherwise prices have to name theirs. */
function currencyOf(shop: ShopConfig, market: string): string | null {
  const own = shop.markets.find((one) => one.market === market)
  const all = new Set(shop.markets.map((one) => one.currency))
  return own?.currency ?? (all.size === 1 ? [...all][0]! : null)
}

async function collect(text: string, format: FeedFormat, kind: Kind, options: FeedOptions): Promise<FeedBody> {
  const max = kind === 'items' ? LIMITS.bulkItemLines : LIMITS.bulkEventLines
  const body: FeedBody = { values: [], rejects: [], warnings: [], ignored: 0 }
  for await (const record of readFeed(once(text), format, options)) {
    if (record.kind === 'reject') body.rejects.push(record)
    else if (record.kind === 'warning') body.warnings.push({ line: record.line, detail: record.detail })
    else if (record.kind === 'ignored') body.ignored += 1
    else if (`${record.kind}s` === kind) body.values.push(record)
    else
      body.rejects.push({
        line: record.line,
        id: null,
        errors: [{ pointer: '', detail: `an ${record.kind} among ${kind}` }],
      })
    if (body.values.length > max || body.rejects.length > max * 2)
      throw new Problem('payload_too_large', { detail: `at most ${max} ${kind} a request` })
  }
  return body
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

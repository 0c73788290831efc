import * as answers from '../../shared/domain/api_answers.ts'
import { BULK_KEYS } from '../../shared/domain/bulk_request.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import { FEED_FORMATS, isEventFormat } from '../../shared/ingest/feeds/record.ts'
import type { Operation } from './operation.ts'

type Json = Record<string, unknown>

const inQuery = (name: string, schema: Json, description: string): Json => ({ name, in: 'query', schema, description })
const formatsOf = (events: boolean) => FEED_FORMATS.filter((one) => one === 'jsonl' || isEventFormat(one) === events)
const dates = inQuery('dates', { enum: ['dmy', 'mdy'] }, 'How 3/4/2025 is meant; without it such a date is refused')

/** What a bulk write of a feed is told beside its body. */
export const feedQuery = (kind: 'items' | 'events'): Json[] => [
  inQuery(
    'format',
    { enum: ['auto', ...formatsOf(kind === 'events')] },
    "The form of the body; NDJSON is the API's own unless told, other content types are looked at",
  ),
  inQuery(
    'currency',
    { type: 'string', pattern: '^[A-Z]{3}$' },
    "Of prices that name none; the market's, where that is clear, when absent",
  ),
  inQuery(
    'market',
    { type: 'string', minLength: 1, maxLength: 40 },
    'The market that prices or events are of; every market when absent',
  ),
  ...(kind === 'items' ? [] : [dates, inQuery('resolve', { enum: ['sku'] }, 'NDJSON names items by SKU or variant')]),
]

/** What makes a bulk write one that may be sent again. */
export const repeatable: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: BULK_KEYS.chars, pattern: '^[!#-~]+$' },
  description: `Any text that no other request has; in quotes it may hold blanks. For ${BULK_KEYS.ttlMs / 3_600_000} hours the same request with the same key changes nothing and gets the same answer, marked by \`Idempotency-Replayed: true\`. A shop has ${BULK_KEYS.perShop} keys at most, with ${BULK_KEYS.itemsPerShop} items; a dry run takes no notice of them.`,
}

/** What a bulk write with a key may be refused for. */
export const REPEATABLE_PROBLEMS = ['idempotency_key_in_use', 'idempotency_key_reused', 'rate_limited'] as const

/** Content types beside NDJSON that bulk writes take. */
export const FEED_CONTENT: Record<'items' | 'events', readonly string[]> = {
  items: ['text/csv', 'text/tab-separated-values', 'application/xml'],
  events: ['text/csv', 'text/tab-separated-values'],
}

const cursor = inQuery('cursor', { type: 'string' }, '`next_cursor` of the page before')
const limit = (usual: number, most: number): Json =>
  inQuery('limit', { type: 'integer', minimum: 1, maximum: most, default: usual }, 'Lines of a page')

/** A shop's data on its way out. */
export const EXPORT_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/items',
    tag: 'Items',
    key: 'sk',
    summary: 'Every item, page by page',
    description: 'Each as the line that would write it again, by id. A page is one state of the catalogue.',
    query: [cursor, limit(200, 500), inQuery('deleted', { type: 'boolean' }, 'With tombstones among them')],
    answer: { status: 200, description: 'A page', schema: answers.itemsPageSchema },
  },
  {
    method: 'get',
    path: '/v1/events',
    tag: 'Events',
    key: 'sk',
    summary: 'Every event, page by page',
    description: `Each as the line that would send it again, ${LIMITS.bulkEventLines} a page at most; read until there is no cursor. An event that is moved into its daily partition meanwhile may come twice, with one id; none is left out.`,
    query: [cursor, limit(1_000, 5_000)],
    answer: { status: 200, description: 'A page', schema: answers.eventsPageSchema },
  },
  {
    method: 'get',
    path: '/v1/shops/{shop}',
    tag: 'Shop',
    key: 'sk_or_admin',
    summary: 'A shop and its markets',
    description: "With the shop's own secret key or the admin key.",
    answer: { status: 200, description: 'The shop', schema: answers.shopDetailsSchema },
    problems: ['not_found'],
  },
]

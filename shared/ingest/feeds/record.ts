import type { FieldError } from '../../base/problem.ts'

/** Every format that is understood; `docs` and the CLI name them the same. */
export const FEED_FORMATS = [
  'jsonl',
  'acp',
  'google-xml',
  'google-csv',
  'google-jsonl',
  'retail',
  'retail-events',
  'shopify',
  'orders',
  'orders-jsonl',
] as const
export type FeedFormat = (typeof FEED_FORMATS)[number]

const EVENT_FORMATS: ReadonlySet<FeedFormat> = new Set(['retail-events', 'orders', 'orders-jsonl'])
/** What a format's lines are; `jsonl` may be either, which only its lines tell. */
export const isEventFormat = (format: FeedFormat): boolean => EVENT_FORMATS.has(format)

/** Bytes or text in pieces of any size: a request's body, a file, a decompressing stream. */
export type FeedSource = AsyncIterable<Uint8Array | string>

/** A product or an event in the API's own form; `line` is where its first row stands, counted from 1. */
export interface FeedValue {
  kind: 'item' | 'event'
  line: number
  value: Record<string, unknown>
}
/** A row that cannot be taken; `pointer` is a JSON pointer or `/` and the column's name as the file has it. */
export interface FeedReject {
  kind: 'reject'
  line: number
  id: string | null
  errors: FieldError[]
}
/** Something was taken with a remark. */
export interface FeedWarning {
  kind: 'warning'
  line: number
  id: string | null
  detail: string
}
/** A valid row that says nothing that is kept, such as a page view of no product. */
export interface FeedIgnored {
  kind: 'ignored'
  line: number
  reason: string
}
export type FeedRecord = FeedValue | FeedReject | FeedWarning | FeedIgnored

export interface FeedOptions {
  /** Of prices that name none; null: such a price is refused. */
  currency: string | null
  /** The market that offers are written for; `*` is every market. */
  market: string
  /** The shop's markets: columns that are named after one of them become its offers. */
  markets: ReadonlyArray<{ market: string; currency: string }>
  /** Which of two prices holds depends on the moment. */
  nowMs: number
  /** Rows of each group, when they were counted before: a group is then handed over with its last row. */
  groupSizes: ReadonlyMap<string, number> | null
  /** Turns an e-mail address into a shopper's stable id; null: such a shopper stays unknown. The address is never kept. */
  salt: string | null
  /** How `3/4/2025` is meant; null: a date that could be either is refused. */
  dateOrder: 'dmy' | 'mdy' | null
}

export const DEFAULT_OPTIONS: Omit<FeedOptions, 'nowMs'> = {
  currency: null,
  market: '*',
  markets: [],
  groupSizes: null,
  salt: null,
  dateOrder: null,
}

export const reject = (line: number, id: string | null, pointer: string, detail: string): FeedReject => ({
  kind: 'reject',
  line,
  id: id === null || id === '' ? null : id.slice(0, 200),
  errors: [{ pointer, detail }],
})

/** The whole feed cannot be read as what it is said to be. */
export class FeedRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FeedRefused'
  }
}

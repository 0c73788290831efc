/** Every limit on what comes in or goes out, with its unit and its reason. */
export const LIMITS = {
  /** Characters of an id. Vectorize takes 64 bytes, so longer ids travel hashed there. */
  idChars: 128,
  titleChars: 500,
  /** Characters of a description kept; a longer one is refused, since silent cuts lose facts. */
  descriptionChars: 20_000,
  shortTextChars: 200,
  urlChars: 2_000,
  categoriesPerItem: 20,
  tagsPerItem: 50,
  attributesPerItem: 60,
  attributeValues: 30,
  /** Shopify allows 2,048 variants a product. */
  variantsPerItem: 2_048,
  marketsPerItem: 100,
  marketsPerShop: 250,
  /** Items on one shelf. */
  shelfLimit: 50,
  /** Longer than this a shelf waits for no language model. */
  waitMs: 10_000,
  /** Candidates whose live metadata is read for one shelf (one D1 batch). */
  finalists: 50,
  /** Candidates that a request may bring to be ranked; all of them are read. */
  rerankItems: 200,
  seedItems: 20,
  cartItems: 100,
  /** Past items that a request may carry. */
  historyItems: 1_000,
  /** Most recent past items that are looked at for neighbours. */
  historyItemsUsed: 60,
  recentEvents: 50,
  /** Recent events kept for a shopper in the live store. */
  recentEventsKept: 20,
  excludeItems: 500,
  queryChars: 300,
  filterDepth: 5,
  filterNodes: 50,
  filterValues: 100,
  /** Ids that a cursor remembers as already shown: ten pages of fifty. */
  cursorItems: 500,
  cursorChars: 8_000,
  /** A cursor's life. */
  cursorTtlMs: 30 * 60_000,
  eventsPerRequest: 500,
  impressionItems: 50,
  purchaseItems: 200,
  /** Body sizes in bytes. */
  jsonBodyBytes: 256 * 1024,
  bulkBodyBytes: 8 * 1024 * 1024,
  /** Shopify's products of 2,048 variants are about 3 MB; the worker holds the body, its text and its items at once. */
  webhookBodyBytes: 8 * 1024 * 1024,
  /** Lines of one bulk request. */
  bulkItemLines: 1_000,
  bulkEventLines: 5_000,
  bulkLineBytes: 256 * 1024,
  /** Browser keys may not report the distant past: nobody can check it. */
  eventMaxAgeMs: 30 * 86_400_000,
  /** Clocks of shoppers run ahead a little. */
  eventMaxAheadMs: 5 * 60_000,
  /** How long an event id of a browser key is remembered. */
  eventIdTtlMs: 24 * 3_600_000,
} as const

/** Freshness, as promised in docs/design.md. */
export const FRESHNESS = {
  /** A replica that lags more than this is not believed; the primary is read. */
  replicaLagMs: 10_000,
  /** Availability known from D1 is refreshed in the background from this age on. */
  availabilityRefreshMs: 4_000,
  /** A veto snapshot from KV is held in isolate memory at most this long. */
  vetoHoldMs: 30_000,
  /** With D1 down, an item whose availability was last known longer ago than this is not returned. */
  stalenessMs: 90_000,
} as const

/** Milliseconds that each stage of a request may take before the next rung answers. */
export const DEADLINES = {
  total: 800,
  config: 250,
  live: 80,
  gather: 200,
  vectors: 200,
  /** A query's embedding is a provider call. */
  embed: 120,
  finalists: 250,
  cache: 150,
  /** What a language model made before: a shelf is whole without it. */
  kept: 60,
} as const

export type Deadlines = { readonly [Stage in keyof typeof DEADLINES]: number }

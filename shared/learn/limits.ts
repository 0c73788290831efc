const MIB = 1024 * 1024

/** What one tier of learning takes on (docs/design.md, "Past one machine"). */
export interface Tier {
  /** How to learn when it is too much for this tier. */
  beyond: string
  /** Events that say something; impressions apart. */
  events: number
  items: number
  /** Bytes of all partitions, impressions among them: reading them takes time as well. */
  partitionBytes: number
}

const SEE = '(docs/design.md, "Past one machine")'
export const TIERS = {
  /** A worker: 128 MB of memory, minutes of a cron. */
  0: {
    beyond: `learn with tier 1, shelfwise learn run, on a machine of its own ${SEE}`,
    events: 5_000_000,
    items: 20_000,
    partitionBytes: 2_048 * MIB,
  },
  /** One machine under Node. */
  1: {
    beyond: `learn with tier 2, shelfwise learn export, in an engine of many machines ${SEE}`,
    events: 100_000_000,
    items: 1_000_000,
    partitionBytes: 20_480 * MIB,
  },
} as const satisfies Record<number, Tier>

/** Partitions are read in chunks of so much text: some 200,000 events, 8 MB in columns. */
export const CHUNK_BYTES = 16 * MIB
/** Small partitions cost a call each, and a chunk must not take minutes. */
export const PARTITIONS_PER_CHUNK = 300
/** Text a bucket of shoppers: some 150,000 events. */
export const BUCKET_BYTES = 12 * MIB
/** A bucket with more rows than this has a shopper who is a robot. */
export const BUCKET_ROWS_MAX = 400_000
/** Of a robot's events about so many are looked at. */
export const EVENTS_PER_SHOPPER_MAX = 20_000
/** A shopper with more items than this is a reseller or a robot; only as many count, spread over all of them. */
export const ITEMS_PER_SHOPPER_MAX = 1_500

/** There is more than this tier takes on; the message says where to go. */
export class TooMuchToLearn extends Error {
  constructor(what: 'events' | 'items' | 'bytes of events', limit: number, tier: Tier) {
    super(`more than ${limit} ${what}: ${tier.beyond}`)
    this.name = 'TooMuchToLearn'
  }
}

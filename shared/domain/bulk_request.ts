const HOUR_MS = 3_600_000

/** How Idempotency-Keys of bulk writes are kept. */
export const BULK_KEYS = {
  /** How long a key is remembered: whoever lost an answer asks again within the day. */
  ttlMs: 24 * HOUR_MS,
  /** Keys of a shop at one time: twenty-five million events a day in full requests, and about a megabyte of rows. */
  perShop: 5_000,
  /**
   * Items that the requests of these keys may tell of: what each was before is kept as long, in about 90 bytes. The largest
   * catalogues whole once a day, and 90 MB of the database that shelves are read from.
   */
  itemsPerShop: 1_000_000,
  /**
   * How long nobody else may do what one has begun. A full request takes a few seconds; one that outlives this is only
   * done by two, which comes to the same.
   */
  heldMs: 30_000,
  /** Characters of a key, as of the Idempotency-Key draft's examples with room; longer ones are mistakes. */
  chars: 255,
} as const

/** What a bulk write that named itself is done with, so that doing it again changes nothing and tells the same. */
export interface RepeatableRun {
  /** What everything that it does is named by. */
  request: string
  /** The clock of everything that it writes. */
  startedAtMs: number
  /** Some or all of it may be done already. */
  isAgain: boolean
}

/**
 * The key in a header's value: a structured field's string in quotes, as the IETF draft
 * (draft-ietf-httpapi-idempotency-key-header-07) has it, or bare, as most senders write it.
 * Null when it is neither, empty or too long.
 */
export function readIdempotencyKey(value: string): string | null {
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(value)
  const key = quoted === null ? value : quoted[1]!.replaceAll(/\\(["\\])/g, '$1')
  const isBare = quoted !== null || /^[\x21\x23-\x7e]+$/.test(value)
  return isBare && key.length > 0 && key.length <= BULK_KEYS.chars ? key : null
}

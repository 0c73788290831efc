/** First of the history lengths of each bucket: 0, 1-2, 3-5, 6-10, 11-20, 21-50, 51 and more. */
const FIRST = [0, 1, 3, 6, 11, 21, 51] as const

/** Lengths that are not told apart. */
export const HISTORY_BUCKETS = FIRST.length

/** The bucket of a shopper's number of items. */
export function bucketOf(items: number): number {
  let bucket = 0
  while (bucket + 1 < FIRST.length && items >= FIRST[bucket + 1]!) bucket += 1
  return bucket
}

/** Longer than any history. */
const NO_END = 1_000_000

/** The longest history of a bucket; the last one has no end. */
export const lastOf = (bucket: number): number => (FIRST[bucket + 1] ?? NO_END + 1) - 1

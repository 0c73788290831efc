import type { Visits } from './visits.ts'

/** What every learner may know beside the visits. */
export interface LearnInput {
  /** Ids in the order of their code units: a number of an item is its place in here, in every run of the same events. */
  items: readonly string[]
  markets: readonly string[]
  /** The newest event: ages are relative to it, never to a clock. */
  newestMs: number
  /** Events that were read, impressions and refunds apart. */
  events: number
  shoppers: number
  visits: number
  entries: number
  /** Shoppers of each bucket; the sums of those before number a shopper over all buckets. */
  bucketShoppers: Int32Array
  /** The state of a learner that this one depends on. */
  state(name: string): Uint8Array
}

/**
 * One or more passes over all buckets in their order, which sum up into a state. Yields about every 20 ms of work (the
 * clock of a worker stands still while it computes, so by counting: some two million multiplications, or 20,000 rows),
 * so that whoever shares the thread goes first.
 */
export interface Gathering {
  readonly passes: number
  /** The visits are there for this call alone: their memory is used again after it. */
  bucket(pass: number, bucket: number, visits: Visits): Generator<void, void>
  finish(): Generator<void, Uint8Array>
}

/** What is learned, cut into blocks of at most about a second: a run that is killed repeats at most one. */
export interface Blocks {
  readonly count: number
  /** Rows as rows.ts knows them, one JSON array a line. Depends on no other block. */
  block(index: number): Generator<void, string[]>
}

/** A piece of learning: pure, without clock or chance, so that the same events give the same bytes. */
export interface Learner {
  /** [a-z_]+; names of steps and objects come from it. */
  readonly name: string
  /** Raised with every change of what it makes: it is part of a run's name. */
  readonly version: number
  /** Learners whose state it reads. */
  readonly dependsOn: readonly string[]
  /** Whether its rows name shoppers, by their hash: once they are published, the objects go. */
  readonly personal?: true
  gather(input: LearnInput): Gathering
  /** Opens a state, once for several blocks. */
  open(state: Uint8Array, input: LearnInput): Blocks
}

/** Of a learner that is only there for others to depend on. */
export const NO_BLOCKS: Blocks = {
  count: 0,
  // biome-ignore lint/correctness/useYield: there is nothing to do
  *block() {
    throw new RangeError('there are no blocks')
  },
}

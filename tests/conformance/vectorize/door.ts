/** What the contract is written over: an index, however it is reached. */

export type Metric = 'cosine' | 'euclidean' | 'dot-product'
export type IndexMethod = 'describe' | 'query' | 'queryById' | 'insert' | 'upsert' | 'getByIds' | 'deleteByIds'

/** Dimensions of every index of the contract: the fewest that the service makes an index with. */
export const WIDTH = 32
/** Milliseconds from a mutation to the first read that sees it, where time can be moved. */
export const DELAY_MS = 1_000

/** Metadata indexes that are there before anything is written; there may be ten. */
export const INDEXED = {
  tag: 'string',
  kind: 'string',
  price: 'number',
  sold: 'boolean',
  'maker.city': 'string',
} as const

/** An index with the metadata indexes above, for one case or, where indexes are dear, for several at once. */
export interface IndexUnderTest {
  /** A method of the binding. Rejects as the binding does. */
  call(method: IndexMethod, ...args: unknown[]): Promise<unknown>
  createMetadataIndex(property: string, type: string): Promise<{ mutationId: string }>
  /** Comes back once reads see a mutation, and with it all that were accepted before. */
  settle(mutationId: string): Promise<void>
  /** Lets time pass; null where the time is the service's own, and for an index that is shared. */
  advance: ((ms: number) => Promise<void>) | null
}

export interface Door {
  name: string
  /** Vectors in one call: 1,000 through a binding, 5,000 over HTTP. */
  batchMax: number
  open(metric: Metric): Promise<IndexUnderTest>
  close(): Promise<void>
}

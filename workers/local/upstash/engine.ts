/** A command as Redis takes it: a name and its arguments, all text. */
export type Command = readonly string[]

/** Redis's own refusal; the message begins with its kind, as in `WRONGTYPE Operation against ...`. */
export class RedisError extends Error {
  override readonly name = 'RedisError'
}

/** Whole numbers beyond 2^53 are bigints, so that the door can write them digit by digit. */
export type Reply = string | number | bigint | null | RedisError | Reply[]

/** What stands behind the door: Redis itself, or what behaves like it. */
export interface RedisEngine {
  /** Each in its turn; others may come between. A refusal is a reply, and the rest is done all the same. */
  pipeline(commands: readonly Command[]): Promise<Reply[]>
  /**
   * All at once, nothing of anybody else's between.
   * @throws RedisError `EXECABORT` when one of them can never be run: then none is
   */
  transaction(commands: readonly Command[]): Promise<Reply[]>
}

/** Commands that change nothing, of those that the product and its tests send. */
export const READS: ReadonlySet<string> = new Set([
  ...['GET', 'EXISTS', 'TTL', 'TYPE', 'ZCARD', 'ZRANGE', 'ZSCORE', 'SCAN', 'DBSIZE', 'PING'],
])

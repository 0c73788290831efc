import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import { createBreaker } from '../base/breaker.ts'
import type { Clock } from '../base/clock.ts'
import { DeadlineExceeded, withDeadline } from '../base/deadline.ts'

/** D1 said nothing in time. Whether it will still do what it was told is not known. */
export class D1Silent extends Error {
  constructor(ms: number) {
    super(`D1_ERROR: no answer within ${ms} ms`)
    this.name = 'D1Silent'
  }
}

/**
 * A database whose every call is answered within `ms`, if only with D1Silent: D1 has been seen to stall for more than a
 * minute, longer than any sender waits. After five silences in a row it is asked once in five seconds, and all others are
 * refused at once. What it says, be it an error, is no silence.
 */
export function timedD1(db: D1Database, ms: number, clock: Clock): D1Database {
  const breaker = createBreaker(clock)
  const made = new WeakMap<object, D1PreparedStatement>()
  const timed = async <T>(call: () => Promise<T>): Promise<T> => {
    if (!breaker.allows()) throw new D1Silent(0)
    try {
      const answer = await withDeadline('d1', ms, call())
      breaker.succeeded()
      return answer
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) {
        breaker.succeeded()
        throw error
      }
      breaker.failed()
      throw new D1Silent(ms)
    }
  }
  const wrap = (inner: D1PreparedStatement): D1PreparedStatement => {
    const statement = {
      bind: (...values: unknown[]) => wrap(inner.bind(...values)),
      run: () => timed(() => inner.run()),
      all: () => timed(() => inner.all()),
      first: (column?: string) => timed(() => (column === undefined ? inner.first() : inner.first(column))),
      raw: (options?: { columnNames: true }) =>
        timed((): Promise<unknown> => (options === undefined ? inner.raw() : inner.raw(options))),
    } as unknown as D1PreparedStatement
    made.set(statement, inner)
    return statement
  }
  const surface = (target: Pick<D1Database, 'prepare' | 'batch'>) => ({
    prepare: (sql: string) => wrap(target.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      timed(() => target.batch(statements.map((one) => made.get(one) ?? one))),
  })
  return {
    ...surface(db),
    withSession: (constraint?: string) => {
      const session = db.withSession(constraint)
      return { ...surface(session), getBookmark: () => session.getBookmark() }
    },
  } as unknown as D1Database
}

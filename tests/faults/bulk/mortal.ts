/** A worker that is killed: from a commit on nothing that it began ever ends, and nothing more is written. */
import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import type { SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'

export interface Life {
  /** The databases as the worker has them. */
  mortal(db: SqliteD1): D1Database
  /** Commits of all its databases so far. */
  commits(): number
  /** Resolves when it dies. */
  died: Promise<'died'>
}

const RUNS = ['run', 'all', 'first', 'raw']

/** @param dieAfter the commit that is its last, counted from 1; null: it lives */
export function createLife(dieAfter: number | null): Life {
  const targets = new WeakMap<object, D1PreparedStatement>()
  const { promise: died, resolve } = Promise.withResolvers<'died'>()
  let commits = 0
  const isDead = () => dieAfter !== null && commits >= dieAfter
  const never = new Promise<never>(() => undefined)
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead()) return never
    const result = await work()
    return isDead() ? never : result
  }
  const statement = (target: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(target, {
      get(own, name, receiver) {
        const value = Reflect.get(own, name, receiver) as unknown
        if (name === 'bind') return (...values: unknown[]) => statement(own.bind(...values))
        if (typeof value !== 'function' || !RUNS.includes(String(name))) return value
        return (...rest: unknown[]) => alive(() => value.apply(own, rest) as Promise<unknown>)
      },
    })
    targets.set(proxy, target)
    return proxy
  }
  return {
    died,
    commits: () => commits,
    mortal(db) {
      db.onCommit(() => {
        commits += 1
        if (isDead()) resolve('died')
      })
      return new Proxy(db, {
        get(own, name) {
          if (name === 'prepare') return (sql: string) => statement(own.prepare(sql))
          if (name === 'batch')
            return (list: D1PreparedStatement[]) => alive(() => own.batch(list.map((one) => targets.get(one) ?? one)))
          const value = Reflect.get(own, name) as unknown
          return typeof value === 'function' ? value.bind(own) : value
        },
      })
    },
  }
}

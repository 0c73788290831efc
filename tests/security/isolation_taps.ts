/** The bindings with a look at everything that goes in and comes out of them. */
import type { KVNamespace, R2Bucket, Vectorize } from '@cloudflare/workers-types'
import type { MemoryQueue } from '../../workers/local/node/memory_queue.ts'
import type { Query, QueryOutcome } from '../../workers/local/node/sqlite_core.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import type { Judge } from './isolation_judge.ts'
import { isOne, type Mask, maskIn, maskOfShop, maskOfText, namesIn } from './isolation_marks.ts'

const TOUCHED = 'isolation_touched'
const TABLES = `SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name`

/** Names of the tables whose rows belong to a shop. */
export const shopTables = (db: SqliteD1): string[] =>
  db
    .execute([{ sql: TABLES, params: [] }])[0]!
    .rows.filter(([, sql]) => /^\s+shop TEXT/m.test(String(sql)))
    .map(([name]) => String(name))

/** Triggers that tell whose rows are written; they stay with every copy of the database. */
export function withTouches(db: SqliteD1): SqliteD1 {
  db.core.database.function(TOUCHED, () => null)
  for (const table of shopTables(db))
    for (const [event, row] of [
      ['INSERT', 'NEW'],
      ['UPDATE', 'OLD'],
      ['UPDATE', 'NEW'],
      ['DELETE', 'OLD'],
    ] as const)
      db.execute([
        {
          sql: `CREATE TRIGGER isolation_${table}_${event}_${row} AFTER ${event} ON ${table} BEGIN SELECT ${TOUCHED}('${table}', ${row}.shop); END`,
          params: [],
        },
      ])
  return db
}

/**
 * Looks at every transaction: what it was given, the rows that it read, and whose rows it wrote. A statement that is given
 * one shop's things is about that shop, whoever asks.
 * @returns the tables that were written since, of those whose rows belong to shops
 */
export function watchD1(name: string, db: SqliteD1, judge: Judge): ReadonlySet<string> {
  const { core } = db
  const written = new Set<string>()
  let touched: Mask = 0
  core.database.function(TOUCHED, (table, shop) => {
    written.add(String(table))
    touched |= maskOfShop(String(shop))
    return null
  })
  const run = core.transaction.bind(core)
  core.transaction = (queries) => {
    touched = 0
    const outcomes = run(queries)
    lookAt(name, queries, outcomes, touched, judge)
    return outcomes
  }
  return written
}

function lookAt(
  name: string,
  queries: readonly Query[],
  outcomes: readonly QueryOutcome[],
  touched: Mask,
  judge: Judge,
): void {
  const doing = judge.crowded ? 0 : judge.doing()
  let all: Mask = 0
  for (const [at, { sql, params }] of queries.entries()) {
    const given = maskIn(params)
    all |= given
    const where = `D1 ${name}`
    if (doing !== 0) judge.holds(`${where} parameters`, params, doing)
    const owner = doing || (isOne(given) ? given : 0)
    const { rows } = outcomes[at]!
    if (owner !== 0 && rows.length > 0 && (maskIn(rows) & ~owner) !== 0)
      judge.holds(`${where} rows`, { sql, rows }, owner)
  }
  judge.looked[`D1 ${name} statements`] = (judge.looked[`D1 ${name} statements`] ?? 0) + queries.length
  const owners = doing || all
  if (owners !== 0 && (touched & ~owners) !== 0)
    judge.found(
      `D1 ${name} writes`,
      `rows of ${namesIn(touched & ~owners)} where ${namesIn(owners)} may be`,
      queries.map(({ sql }) => sql).join('\n'),
    )
}

/** A KV whose every key and value is looked at: what says anything of a shop stands under that shop's name. */
export function watchKv(kv: KVNamespace, judge: Judge): KVNamespace {
  const owned = (where: string, key: string, value: unknown) =>
    judge.holds(where, { key, value }, (judge.crowded ? 0 : judge.doing()) || maskOfText(key))
  const got = (given: string | string[], answer: unknown) => {
    // Reads that begin at the same moment may be one call, whoever begins them.
    for (const key of [given].flat()) owned('KV reads', key, answer instanceof Map ? answer.get(key) : answer)
    return answer
  }
  return {
    get: async (key: never, options: never) => got(key, await kv.get(key, options)),
    getWithMetadata: async (key: never, options: never) => got(key, await kv.getWithMetadata(key, options)),
    list: async (options: { prefix?: string }) => {
      const listed = await kv.list(options)
      owned('KV lists', options.prefix ?? '', listed.keys)
      return listed
    },
    delete: async (key: string) => {
      owned('KV deletes', key, null)
      await kv.delete(key)
    },
    put: async (key: string, value: string, options: never) => {
      owned('KV writes', key, value)
      await kv.put(key, value, options)
    },
  } as unknown as KVNamespace
}

/** A bucket whose every name is looked at; what lies in it is looked at where it lies. */
export function watchR2(bucket: R2Bucket, judge: Judge): R2Bucket {
  const names = (given: unknown) => judge.ones('R2 names', given)
  return {
    head: async (key: string) => {
      names(key)
      return bucket.head(key)
    },
    get: async (key: string, options: never) => {
      names(key)
      return bucket.get(key, options)
    },
    put: async (key: string, value: never, options: never) => {
      names(key)
      return bucket.put(key, value, options)
    },
    delete: async (keys: string | string[]) => {
      for (const key of [keys].flat()) names(key)
      await bucket.delete(keys)
    },
    list: async (options: { prefix?: string }) => {
      const listed = await bucket.list(options)
      const keys = [...listed.objects.map(({ key }) => key), ...listed.delimitedPrefixes]
      judge.ones('R2 lists', [options.prefix ?? '', ...keys], maskOfText(options.prefix ?? ''))
      return listed
    },
  } as unknown as R2Bucket
}

/** An index that is looked at: what it is asked, and what it finds. */
export function watchVectorize(index: Vectorize, judge: Judge): Vectorize {
  const bare = (value: unknown) => JSON.parse(JSON.stringify(value, (key, own) => (key === 'values' ? undefined : own)))
  const asked = (given: unknown) => {
    judge.ones('vector questions', bare(given))
    return maskIn(bare(given))
  }
  const told = <T>(answer: T, owner: Mask): T => {
    judge.ones('vector answers', bare(answer), owner)
    return answer
  }
  return {
    describe: () => index.describe(),
    query: async (vector: never, options: { namespace?: string }) =>
      told(await index.query(vector, options as never), asked(options?.namespace ?? '')),
    queryById: async (id: string, options: never) => told(await index.queryById(id, options), asked(id)),
    insert: async (vectors: never) => {
      asked(vectors)
      return index.insert(vectors)
    },
    upsert: async (vectors: never) => {
      asked(vectors)
      return index.upsert(vectors)
    },
    getByIds: async (ids: string[]) => told(await index.getByIds(ids), asked(ids)),
    deleteByIds: async (ids: string[]) => {
      asked(ids)
      return index.deleteByIds(ids)
    },
  } as unknown as Vectorize
}

/** A queue whose messages are looked at. Records of several shops may share a message: each is one shop's alone. */
export function watchQueue(queue: MemoryQueue, judge: Judge): MemoryQueue {
  const send = queue.send.bind(queue)
  return Object.assign(Object.create(queue) as MemoryQueue, {
    send: async (body: unknown, options: never) => {
      for (const part of Array.isArray(body) ? body : [body]) {
        const shop = (part as { shop?: unknown } | null)?.shop
        judge.holds(`queue ${queue.name}`, part, typeof shop === 'string' ? maskOfShop(shop) : 0)
      }
      return send(body, options)
    },
  })
}

/**
 * The rows that D1 bills are those that SQLite scans and writes, indexes included. node:sqlite does not tell them, the
 * platform's own runtime does: it is asked everything that the replay asked, in the same order.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { chunk } from '../../shared/base/batch.ts'
import { DATABASES } from '../../tests/support/migrated.ts'
import { splitStatements } from '../../workers/local/node/sql_scan.ts'
import type { Query, Transaction } from './counted/d1.ts'

export interface Rows {
  read: number
  written: number
}

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const COMPATIBILITY_DATE = '2026-11-01'
/** Statements of one batch, in the order in which the database had them: what a statement scans does not depend on the cut. */
const STATEMENTS_AT_ONCE = 200

const ASKER = `export default {
  async fetch(request, env) {
    const { database, queries } = await request.json()
    const db = env[database]
    const results = await db.batch(queries.map(({ sql, params }) => {
      const values = params.map((one) => (one !== null && typeof one === 'object' ? Uint8Array.from(one.bytes) : one))
      return values.length === 0 ? db.prepare(sql) : db.prepare(sql).bind(...values)
    }))
    return Response.json(results.map(({ meta }) => ({ read: meta.rows_read, written: meta.rows_written })))
  },
}`

/** @returns rows by account */
export async function rowsOnWorkerd(transactions: readonly Transaction[]): Promise<Map<string, Rows>> {
  const options = {
    ...{ cf: false, port: 0, modules: true, script: ASKER, compatibilityDate: COMPATIBILITY_DATE },
    d1Databases: Object.fromEntries(DATABASES.map((name) => [name, name])),
  }
  const runtime = new Miniflare(convertV4MiniflareOptions(options as unknown as V4MiniflareOptions))
  const ask = async (database: string, queries: readonly Query[]): Promise<Rows[]> => {
    const body = JSON.stringify({ database, queries: queries.map(toWire) })
    const response = await runtime.dispatchFetch('http://asker/', { method: 'POST', body })
    const text = await response.text()
    if (!response.ok) throw new Error(`the local runtime refused what the stand-in took: ${text.slice(0, 300)}`)
    return JSON.parse(text) as Rows[]
  }
  try {
    const sums = new Map<string, Rows>()
    for (const database of DATABASES) {
      for (const queries of await migrationsOf(database)) await ask(database, queries)
      const asked = transactions
        .filter((one) => one.database === database)
        .flatMap(({ account, queries }) => queries.map((query) => ({ account, query })))
      for (const part of chunk(asked, STATEMENTS_AT_ONCE)) {
        const told = await ask(
          database,
          part.map(({ query }) => query),
        )
        for (const [index, { read, written }] of told.entries()) {
          const { account } = part[index]!
          const sum = sums.get(account) ?? { read: 0, written: 0 }
          sums.set(account, { read: sum.read + read, written: sum.written + written })
        }
      }
    }
    return sums
  } finally {
    await runtime.dispose()
  }
}

/** The statements of each file, in the order of their names. */
async function migrationsOf(database: string): Promise<Query[][]> {
  const folder = join(MIGRATIONS, database)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .map((text) => splitStatements(text).map((sql) => ({ sql, params: [] })))
    .filter((queries) => queries.length > 0)
}

/** JSON has no bytes. */
const toWire = ({ sql, params }: Query) => ({
  sql,
  params: params.map((one) => (one instanceof Uint8Array ? { bytes: [...one] } : one)),
})

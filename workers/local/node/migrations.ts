import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { D1Database } from '@cloudflare/workers-types'
import { splitStatements } from './sql_scan.ts'

/**
 * Applies every .sql file of a folder, in the order of their names, each file as one transaction.
 * Returns the names applied. Nothing is recorded: meant for a fresh database.
 */
export async function applyMigrations(db: D1Database, dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort()
  for (const name of names) {
    const statements = splitStatements(await readFile(join(dir, name), 'utf8'))
    if (statements.length === 0) continue
    try {
      await db.batch(statements.map((sql) => db.prepare(sql)))
    } catch (error) {
      throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }
  return names
}

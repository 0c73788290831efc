/** Fresh databases with the real migrations. */
import { join } from 'node:path'
import { applyMigrations } from '../../workers/local/node/migrations.ts'
import { createSqliteD1, type SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'

export const DATABASES = ['catalogue', 'operations', 'live'] as const
export type DatabaseName = (typeof DATABASES)[number]

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const templates = new Map<DatabaseName, Promise<SqliteD1>>()

/** A database of its own with another one's content. */
export function copyOf(source: SqliteD1): SqliteD1 {
  const db = createSqliteD1()
  db.core.copyFrom(source.core)
  return db
}

async function migrate(name: DatabaseName): Promise<SqliteD1> {
  const db = createSqliteD1()
  await applyMigrations(db, join(MIGRATIONS, name))
  return db
}

/** Migrated once in a process and copied from then on: a copy takes a millisecond. */
export async function migrated(name: DatabaseName): Promise<SqliteD1> {
  const template = templates.get(name) ?? migrate(name)
  templates.set(name, template)
  return copyOf(await template)
}

/** A worker in a process of its own, with databases on disk, that is killed the moment after a commit. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { applyMigrations } from '../../../workers/local/node/migrations.ts'
import { createSqliteD1, type SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import type { DatabaseName } from '../../support/migrated.ts'
import type { BulkRequest } from './world.ts'

const CHILD = join(import.meta.dirname, 'disk_child.ts')
const MIGRATIONS = join(import.meta.dirname, '../../../migrations')

export interface DiskRun {
  directory: string
  request: BulkRequest
  /** The commit that is its last, counted from 1. */
  dieAfter: number
}

/** The databases of a directory, made when they are not there. */
export const onDisk =
  (directory: string) =>
  async (name: DatabaseName): Promise<SqliteD1> => {
    await mkdir(directory, { recursive: true })
    const path = join(directory, `${name}.sqlite`)
    const isThere = existsSync(path)
    const db = createSqliteD1({ path })
    if (!isThere) await applyMigrations(db, join(MIGRATIONS, name))
    return db
  }

/** Sends the request to a process that kills itself. @returns the signal that ended it; null when it answered */
export async function killedRun(run: DiskRun): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(run)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { R2Bucket } from '@cloudflare/workers-types'
import { migrateDatabase } from '../../workers/local/migrate.ts'
import { createFolderR2 } from '../../workers/local/node/folder_r2.ts'
import { createSqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import { stateDirectory } from '../credentials.ts'
import { usage } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

const MIGRATIONS = join(import.meta.dirname, '../../migrations/operations')

/** A bucket to work on, and what must be let go at the end. */
export interface OpenBucket {
  bucket: R2Bucket
  close(): Promise<void>
}

/** The folder that is named, a file an object as `rclone` and the like write it; else the bucket of the local stack. */
export async function openBucket(folder: string | undefined, terminal: Terminal): Promise<OpenBucket> {
  if (folder !== undefined) {
    const path = resolve(terminal.directory, folder)
    if (!existsSync(path)) throw usage(`there is no folder ${folder}`)
    return { bucket: createFolderR2(path), close: async () => {} }
  }
  const state = join(stateDirectory(terminal.directory), 'state')
  if (!existsSync(state)) throw usage('no local stack has run here: name a copy of the bucket, --bucket <folder>')
  // Loaded only here: a copy of a bucket needs no platform.
  const { openArchive } = await import('../../workers/local/archive.ts')
  return openArchive(state)
}

/** Where the progress of learning in this directory is kept: an interrupted run goes on. */
export async function openProgress(terminal: Terminal) {
  await mkdir(stateDirectory(terminal.directory), { recursive: true })
  const database = createSqliteD1({ path: join(stateDirectory(terminal.directory), 'learn.sqlite') })
  await migrateDatabase(database, MIGRATIONS)
  return database
}

import { readdirSync } from 'node:fs'
import { DeployFailure } from './failure.ts'
import type { Platform } from './platform/client.ts'
import { Refusal } from './platform/errors.ts'
import { failureOf } from './platform/refusals.ts'
import type { Step } from './steps.ts'

/** The table in which wrangler keeps what was applied. */
const APPLIED = 'SELECT name FROM d1_migrations'

/** The migrations of a folder, in their order. */
export const migrationsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()

/** Brings a database's tables to what the code expects; each migration is one transaction with its record. */
export function migrationsStep(
  { name, migrations }: { name: string; migrations: string },
  path: string,
  platform: Platform,
  ids: ReadonlyMap<string, string>,
  apply: (name: string) => Promise<void>,
): Step {
  const what = `migrations of ${name}`
  return {
    name: what,
    proves: true,
    async look() {
      const id = ids.get(name)
      const applied = id === undefined ? [] : await appliedIn(`${path}/d1/database/${id}`, platform, what)
      const wanted = migrationsIn(migrations)
      const ahead = applied.find((one) => !wanted.includes(one))
      // An older checkout's code does not know these tables.
      if (ahead !== undefined)
        throw new DeployFailure('usage', `${what}: it has had ${ahead}, which is not here: update`)
      const missing = wanted.filter((one) => !applied.includes(one))
      if (missing.length === 0) return { done: true, said: `all ${wanted.length} applied` }
      return { done: false, said: `apply ${missing.length} of ${wanted.length}` }
    },
    take: () => apply(name),
  }
}

/** A statement that only reads, though the platform takes statements by POST alone. */
async function appliedIn(database: string, platform: Platform, what: string): Promise<string[]> {
  try {
    const answer = await platform.write<Array<{ results: Array<{ name: string }> }>>('POST', `${database}/query`, {
      sql: APPLIED,
    })
    return answer[0]?.results.map((row) => row.name) ?? []
  } catch (error) {
    if (error instanceof Refusal && /no such table/.test(error.message)) return []
    throw failureOf(error, what)
  }
}

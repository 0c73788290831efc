import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { DeployFailure } from './failure.ts'

const madeSchema = z.record(z.string(), z.string())
const underWaySchema = z.array(z.string())

/** What an installation keeps on this machine, readable by its user alone. */
export interface PrivateFiles {
  /** Values that were made here and are needed again, by the variable's name. */
  keepMade(values: Readonly<Record<string, string>>): void
  /** A kept value, null where there is none. */
  made(variable: string): string | null
  /** Names of secrets that a run began to set and may not have set in every worker. */
  underWay(): string[]
  setUnderWay(names: readonly string[]): void
  /** Writes what is there for one call only. @returns the file, and what removes it */
  brief(values: Readonly<Record<string, string>>): { path: string; remove(): void }
}

/** @param dryRun nothing is written, and nothing removed */
export function createPrivateFiles(folder: string, dryRun: boolean): PrivateFiles {
  const madeFile = join(folder, 'made_secrets.json')
  const underWayFile = join(folder, 'secrets_under_way.json')
  const briefFile = join(folder, 'secrets_of_one_call.json')
  // A run that was killed may have left it.
  const removeBrief = () => rmSync(briefFile, { force: true })
  if (!dryRun) removeBrief()

  function write(path: string, value: unknown): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const draft = `${path}.${process.pid}.tmp`
    writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
    // The mode above counts only for a new file.
    chmodSync(draft, 0o600)
    renameSync(draft, path)
  }

  return {
    made: (variable) => read(madeFile, madeSchema, {})[variable] ?? null,
    keepMade: (values) => write(madeFile, { ...read(madeFile, madeSchema, {}), ...values }),
    underWay: () => read(underWayFile, underWaySchema, []),
    setUnderWay(names) {
      if (names.length === 0) rmSync(underWayFile, { force: true })
      else write(underWayFile, names)
    },
    brief(values) {
      write(briefFile, values)
      return { path: briefFile, remove: removeBrief }
    },
  }
}

function read<T>(path: string, schema: z.ZodType<T>, none: T): T {
  if (!existsSync(path)) return none
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new DeployFailure('usage', `${path} is damaged: move it away`, { cause: error })
  }
}

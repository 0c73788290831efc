import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { lengthPrefixed } from '../../shared/base/hash.ts'
import { stateDirectory } from '../credentials.ts'

const rejectSchema = z.object({
  file: z.string(),
  line: z.number(),
  id: z.string().nullable(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
})

const checkpointSchema = z.object({
  version: z.literal(1),
  source: z.string(),
  url: z.string(),
  shop: z.string(),
  /** The shift that was begun with: all lines move by one offset, also when "now" is later by then. */
  offset_ms: z.number(),
  /** By file name: the last line that is done, and what the lines came to. */
  files: z.record(z.string(), z.object({ lines: z.number(), tally: z.record(z.string(), z.number()) })),
  rejects: z.array(rejectSchema),
  warnings: z.array(z.object({ file: z.string(), line: z.number(), detail: z.string() })),
})
/** How far an import has come. */
export type Checkpoint = z.infer<typeof checkpointSchema>

/**
 * The file of one import.
 * @param identity all that makes two imports the same: service, source with sizes and times, what lines are mapped with
 */
export function checkpointPath(directory: string, shop: string, identity: readonly string[]): string {
  const hash = createHash('sha256').update(lengthPrefixed(identity)).digest('hex').slice(0, 16)
  return join(stateDirectory(directory), 'imports', `${shop}-${hash}.json`)
}

/** Null when there is none, or none that this version understands: the import then starts over, which is safe. */
export async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return checkpointSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Never leaves half a file behind: a crash in the middle keeps the one before. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.tmp`, JSON.stringify(checkpoint))
  await rename(`${path}.tmp`, path)
}

export const removeCheckpoint = (path: string): Promise<void> => rm(path, { force: true })

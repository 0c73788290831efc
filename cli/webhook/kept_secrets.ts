import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { sameService, stateDirectory } from '../credentials.ts'
import { usage } from '../failure.ts'

/** Secrets of the sources that this directory made: the service keeps them sealed and never shows them. */
const keptSchema = z.object({
  url: z.string(),
  shops: z.record(z.string(), z.record(z.string(), z.object({ kind: z.string(), secret: z.string() }))),
})
type Kept = z.infer<typeof keptSchema>

const fileOf = (directory: string): string => join(stateDirectory(directory), 'webhooks.json')

async function read(directory: string): Promise<Kept | null> {
  let text: string
  try {
    text = await readFile(fileOf(directory), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw usage(`${fileOf(directory)} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return keptSchema.parse(JSON.parse(text))
  } catch (error) {
    throw usage(`${fileOf(directory)} is damaged; delete it, and give --secret for sources that are there already`, {
      cause: error,
    })
  }
}

/** The secret that this directory gave to a source of this service; null when it gave none. */
export async function keptSecret(directory: string, url: string, shop: string, source: string): Promise<string | null> {
  const kept = await read(directory)
  return kept !== null && sameService(kept.url, url) ? (kept.shops[shop]?.[source]?.secret ?? null) : null
}

/** Keeps a secret so that only this user reads it, and never half. */
export async function keepSecret(
  directory: string,
  url: string,
  shop: string,
  source: string,
  secret: { kind: string; secret: string },
): Promise<void> {
  const before = await read(directory)
  const kept: Kept = before !== null && sameService(before.url, url) ? before : { url, shops: {} }
  const file = fileOf(directory)
  const next: Kept = { ...kept, shops: { ...kept.shops, [shop]: { ...kept.shops[shop], [source]: secret } } }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.tmp`
  await writeFile(draft, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, file)
}

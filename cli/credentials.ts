import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { usage } from './failure.ts'

const shopKeysSchema = z.object({ pk: z.string().optional(), sk: z.string().optional() })

const credentialsSchema = z.object({
  url: z.string(),
  admin_key: z.string().optional(),
  shops: z.record(z.string(), shopKeysSchema).default({}),
})
/** One service and the keys that this directory has for it. */
export type Credentials = z.infer<typeof credentialsSchema>

/** Everything that the CLI keeps in a directory. */
export const stateDirectory = (directory: string): string => join(directory, '.shelfwise')
export const credentialsFile = (directory: string): string => join(stateDirectory(directory), 'credentials.json')

/** The keys kept in a directory; null when there are none. */
export async function readCredentials(directory: string): Promise<Credentials | null> {
  const file = credentialsFile(directory)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw usage(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return credentialsSchema.parse(JSON.parse(text))
  } catch (error) {
    throw usage(`${file} is damaged; delete it and run "shelfwise up" or "shelfwise import" again`, { cause: error })
  }
}

/** Writes the keys so that only this user reads them, and never half. */
export async function writeCredentials(directory: string, credentials: Credentials): Promise<void> {
  const file = credentialsFile(directory)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.tmp`
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  // The mode above counts only for a new file.
  await chmod(draft, 0o600)
  await rename(draft, file)
}

/** Keeps a shop's keys beside those that are there. */
export async function storeShopKeys(
  directory: string,
  url: string,
  shop: string,
  keys: { pk: string; sk: string },
): Promise<void> {
  const kept = await readCredentials(directory)
  const base: Credentials = kept && sameService(kept.url, url) ? kept : { url, shops: {} }
  await writeCredentials(directory, { ...base, shops: { ...base.shops, [shop]: keys } })
}

/** Whether others on this machine can read the keys. */
export async function readableByOthers(directory: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const info = await stat(credentialsFile(directory)).catch(() => null)
  return info !== null && (info.mode & 0o077) !== 0
}

/** Whether two addresses are one service: a key is only ever sent to the one that it was made by. */
export function sameService(a: string, b: string): boolean {
  const origin = (url: string) => {
    const parsed = URL.canParse(url) ? new URL(url) : null
    return parsed === null
      ? url
      : parsed.origin.replace('//localhost', '//127.0.0.1') + parsed.pathname.replace(/\/+$/, '')
  }
  return origin(a) === origin(b)
}

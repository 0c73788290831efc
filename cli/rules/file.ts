import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usage } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

/**
 * The rules of a file: a JSON array, or an object with `rules` such as `shelfwise rules show --json` prints. What each
 * rule says is the service's to judge.
 */
export async function readRules(path: string, terminal: Terminal): Promise<unknown[]> {
  const text = await readFile(resolve(terminal.directory, path), 'utf8').catch((error: Error) => {
    throw usage(`${path} cannot be read: ${error.message}`, { cause: error })
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usage(`${path} is not valid JSON: ${(error as Error).message}`, { cause: error })
  }
  const rules = Array.isArray(value) ? value : (value as { rules?: unknown } | null)?.rules
  if (!Array.isArray(rules)) throw usage(`${path} holds neither an array of rules nor an object with "rules"`)
  return rules
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Terminal } from '../terminal.ts'

/** A directory of its own for one test. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'shelfwise-cli-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Writes values as JSON lines; strings stand as they are, so that a line can be wrong. */
export async function writeLines(path: string, values: readonly unknown[]): Promise<void> {
  const text = values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('')
  await writeFile(path, path.endsWith('.gz') ? gzipSync(text) : text)
}

export interface RecordedTerminal extends Terminal {
  outLines: string[]
  noteLines: string[]
  stop(): void
}

/** A terminal that keeps what is written. */
export function recordedTerminal(directory: string, env: Record<string, string> = {}): RecordedTerminal {
  const controller = new AbortController()
  const outLines: string[] = []
  const noteLines: string[] = []
  return {
    out: (line) => void outLines.push(line),
    note: (line) => void noteLines.push(line),
    rewrite: () => {},
    stdoutTty: false,
    stderrTty: false,
    columns: Number.POSITIVE_INFINITY,
    env,
    directory,
    signal: controller.signal,
    exitWith: () => {},
    outLines,
    noteLines,
    stop: () => controller.abort(),
  }
}

/** An item line as the API takes it. */
export const apiItem = (number: number) => ({
  id: `item-${number}`,
  title: `Item ${number}`,
  offers: [{ market: 'GB', currency: 'GBP', price: 100 + number }],
})

/** An event line as the API takes it, without an id. */
export const apiEvent = (number: number, at: string) => ({
  type: 'view',
  item_id: `item-${number}`,
  user_id: `user-${number % 7}`,
  occurred_at: at,
})

/** The whole stack in a folder on disk, started as a user starts it, and killed as a machine that loses its power. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sha256 } from '../../shared/base/hash.ts'
import { createSqliteD1, type SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import type { StackOptions } from '../../workers/local/stack.ts'
import { processTree } from '../scale/process_tree.ts'

const CHILD = join(import.meta.dirname, 'kill_loop_child.ts')
const STARTS_WITHIN_MS = 180_000
export const ADMIN_KEY = 'ak_of_a_stack_that_is_killed'
const KEPT_OUTPUT_CHARS = 20_000

/** What the process of the stack is started with. */
export interface ChildOptions {
  directory: string
  port: number
  variables: NonNullable<StackOptions['variables']>
}

export interface DurableStack {
  readonly url: string
  /** Rejects when it does not come up. @returns the seconds that it took */
  start(): Promise<number>
  /** SIGKILL to every process of the stack at once; resolves when all of them are gone. */
  kill(): Promise<void>
  /** Asks it to stop, and waits. */
  stop(): Promise<void>
  /** The databases as they lie on disk; only while the stack is stopped. */
  databases(): Promise<{ catalogue: SqliteD1; operations: SqliteD1 }>
  /** Removes everything. */
  remove(): Promise<void>
}

/** @param model variables of the model worker: its provider and budget */
export async function createDurableStack(model: Record<string, string>): Promise<DurableStack> {
  const directory = await mkdtemp(join(tmpdir(), 'shelfwise-kill-'))
  const port = await freePort()
  const SIGNING_SECRET = 'the-signing-secret-of-a-stack-that-is-killed'
  const options: ChildOptions = {
    directory: join(directory, 'state'),
    port,
    variables: {
      'shelfwise-api': { SIGNING_SECRET },
      'shelfwise-ingest': { SIGNING_SECRET, ADMIN_KEY_HASH: await sha256(ADMIN_KEY) },
      'shelfwise-model': model,
    },
  }
  let child: ChildProcess | null = null
  let exited: Promise<void> = Promise.resolve()
  let said = ''

  const start = async (): Promise<number> => {
    const startedAt = performance.now()
    said = ''
    const up = spawn(process.execPath, [CHILD, JSON.stringify(options)], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WRANGLER_REGISTRY_PATH: join(directory, 'registry') },
    })
    child = up
    exited = new Promise((resolve) => up.once('exit', () => resolve()))
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      up.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().startsWith('up')) resolve()
      })
      up.stderr.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString()}`.slice(-KEPT_OUTPUT_CHARS)
      })
      up.once('exit', (code) => reject(new Error(`the stack ended with ${code}: ${said.slice(-2_000)}`)))
      timer = setTimeout(() => reject(new Error(`the stack did not come up: ${said.slice(-2_000)}`)), STARTS_WITHIN_MS)
    }).finally(() => clearTimeout(timer))
    return (performance.now() - startedAt) / 1_000
  }

  const kill = async (): Promise<void> => {
    if (child?.pid === undefined) return
    const pids = processTree(child.pid)
    // The parent first: it must not notice the others' end and tidy up.
    for (const pid of pids) signal(pid, 'SIGKILL')
    await exited
    while (pids.some(isAlive)) await pause(5)
    child = null
  }

  return {
    url: `http://127.0.0.1:${port}`,
    start,
    kill,
    async stop() {
      if (child?.pid === undefined) return
      signal(child.pid, 'SIGTERM')
      await exited
      child = null
    },
    async databases() {
      const files = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.sqlite'))
      const opened = files.map((name) => createSqliteD1({ path: join(directory, name) }))
      const withTable = (table: string) => {
        const sql = `SELECT name FROM sqlite_master WHERE type = 'table' AND name = '${table}'`
        const found = opened.find((db) => db.execute([{ sql, params: [] }])[0]!.rows.length > 0)
        if (found === undefined) throw new Error(`no database on disk has the table ${table}`)
        return found
      }
      return { catalogue: withTable('items'), operations: withTable('event_batches') }
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A port that was free a moment ago; the stack keeps it over all its lives, as an address in the world would. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

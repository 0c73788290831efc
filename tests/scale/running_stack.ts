import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCredentials } from '../../cli/credentials.ts'

const MAIN = join(import.meta.dirname, '../../cli/main.ts')

/** `shelfwise up` in a folder of its own, as a user would have it running. */
export interface RunningStack {
  directory: string
  url: string
  pid: number
  /** Runs `shelfwise ...` there. */
  cli(args: readonly string[]): { child: ChildProcess; done: Promise<{ code: number; stdout: string; stderr: string }> }
  stop(): Promise<void>
}

export async function startUp(flags: readonly string[] = ['--no-demo']): Promise<RunningStack> {
  const directory = await mkdtemp(join(tmpdir(), 'shelfwise-scale-'))
  const up = spawn(process.execPath, [MAIN, 'up', '--port', '0', ...flags], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => up.once('exit', () => resolve()))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Shelfwise is up')) resolve()
    }
    up.stdout.on('data', hear)
    up.stderr.on('data', hear)
    up.once('exit', (code) => reject(new Error(`up ended with ${code}: ${said}`)))
  })
  const credentials = await readCredentials(directory)
  return {
    directory,
    url: credentials!.url,
    pid: up.pid!,
    cli(args) {
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString()
      })
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
      })
      const done = new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
      })
      return { child, done }
    },
    async stop() {
      up.kill('SIGTERM')
      await exited
      await rm(directory, { recursive: true, force: true })
    },
  }
}

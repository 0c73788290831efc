import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { DeployFailure } from './failure.ts'
import { codeOf } from './platform/refusals.ts'

/** What wrangler is asked to do, with a configuration that has this account's ids. */
export interface Tool {
  /** Applies what a database has not had yet. @throws DeployFailure */
  migrate(database: string, configuration: string): Promise<void>
  /**
   * Uploads a worker with its crons, queue consumers and address.
   * @param tag names what is deployed, at most 25 characters
   * @param secrets a JSON file of those that are set with it; the others stay as they are
   * @throws DeployFailure
   */
  deploy(worker: string, configuration: string, tag: string, secrets: string | null): Promise<void>
}

export interface WranglerOptions {
  root: string
  account: string
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

/** Lines of wrangler's output that are told when it fails. */
const LAST_LINES = 12
const OUTPUT_CHARS_MAX = 200_000

export function createWrangler({ root, account, env, signal }: WranglerOptions): Tool {
  const run = (what: string, args: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), ...args], {
        cwd: root,
        // It asks nothing, reports nothing to its makers, and keeps no log of what it was given.
        env: {
          ...env,
          CI: '1',
          CLOUDFLARE_ACCOUNT_ID: account,
          WRANGLER_SEND_METRICS: 'false',
          WRANGLER_LOG: 'log',
          NO_COLOR: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
        killSignal: 'SIGTERM',
      })
      let output = ''
      const hear = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.on('error', (error) =>
        reject(
          signal.aborted
            ? new DeployFailure('interrupted', `stopped at “${what}”`)
            : new DeployFailure('wrangler_failed', `${what}: ${error.message}`, { cause: error }),
        ),
      )
      child.on('close', (code) => (code === 0 ? resolve() : reject(wranglerFailure(what, output))))
    })
  return {
    migrate: (database, configuration) =>
      run(`migrations of ${database}`, ['d1', 'migrations', 'apply', database, '--remote', '-c', configuration]),
    deploy: (worker, configuration, tag, secrets) =>
      run(`deployment of ${worker}`, [
        ...['deploy', '-c', configuration, '--tag', tag, '--message', 'npm run deploy', '--autoconfig=false'],
        ...(secrets === null ? [] : ['--secrets-file', secrets]),
      ]),
  }
}

/** Its last words, and the platform's number where they have one. */
export function wranglerFailure(what: string, output: string): DeployFailure {
  const text = stripVTControlCharacters(output)
  const codes = [...text.matchAll(/\[code: (\d+)\]/g)].map((match) => Number(match[1]))
  const lines = text.split('\n').map((line) => line.trimEnd())
  const told = lines.filter((line) => line.trim() !== '' && !/^\s*(⛅|─+|🪵|If you think this is a bug)/u.test(line))
  const code = codeOf(codes) ?? 'wrangler_failed'
  return new DeployFailure(code, [`${what} failed:`, ...told.slice(-LAST_LINES).map((line) => `  ${line}`)].join('\n'))
}

/**
 * Brings a Cloudflare account to what the tomls declare, and tries it: docs/operations.md.
 * `npm run deploy -- [--dry-run] [--env NAME]`
 */
import { randomBytes } from 'node:crypto'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildSite } from '../site/build_site.ts'
import { readOptions, USAGE } from './arguments.ts'
import { DeployFailure, FAILURES } from './failure.ts'
import { fingerprintOf } from './fingerprint.ts'
import { hiddenInput } from './hidden_input.ts'
import { nextSteps } from './next_steps.ts'
import { deploy } from './run.ts'
import { createWrangler } from './wrangler.ts'

const ROOT = join(import.meta.dirname, '../..')

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(USAGE)
    return
  }
  const folder = join(ROOT, '.shelfwise/deploy', options.environment ?? 'production')
  const outcome = await deploy(options, {
    ...{ env: process.env, fetch, root: ROOT, folder, buildSite, fingerprint: fingerprintOf, signal: stop.signal },
    sleep: (ms) => sleep(ms, undefined, { signal: stop.signal }),
    say: (line) => console.log(line),
    ask: hiddenInput(stop.signal),
    random: (count) => randomBytes(count),
    toolOf: (account, env) => createWrangler({ root: ROOT, account, env, signal: stop.signal }),
  })
  for (const line of nextSteps(outcome, options, relative(process.cwd(), join(folder, 'made_secrets.json'))))
    console.log(line)
}

try {
  await main()
} catch (error) {
  const failure =
    error instanceof DeployFailure ? error : stop.signal.aborted ? new DeployFailure('interrupted', 'stopped') : null
  if (failure === null) throw error
  console.error(`deploy: ${failure.message}\n  -> ${FAILURES[failure.code].next} [${failure.code}]`)
  process.exitCode = FAILURES[failure.code].exit
}

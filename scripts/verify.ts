// What `npm test` runs: every check in turn, the fast and telling ones first; stops at none, fails if one did.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'node_modules', '.bin')
const DEPLOYABLE = [
  'wrangler.toml',
  'workers/model/wrangler.toml',
  'workers/enrich/wrangler.toml',
  'workers/ingest/wrangler.toml',
]

const scratch = mkdtempSync(join(tmpdir(), 'shelfwise-verify-'))
const env = {
  ...process.env,
  PATH: `${BIN}:${process.env.PATH ?? ''}`,
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_REGISTRY_PATH: join(scratch, 'registry'),
  WRANGLER_LOG_PATH: join(scratch, 'logs'),
}

interface Check {
  name: string
  command: string
  args: string[]
}

const checks: Check[] = [
  { name: 'build', command: 'node', args: ['scripts/build.ts'] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'lint', command: 'biome', args: ['check', '.'] },
  { name: 'tests', command: 'vitest', args: ['run', ...process.argv.slice(2)] },
  ...DEPLOYABLE.map((config) => ({
    name: `deploy ${config} (dry run)`,
    command: 'wrangler',
    args: ['deploy', '--dry-run', '--outdir', join(scratch, config.replaceAll('/', '-')), '-c', config, '--env', ''],
  })),
]

const failed: string[] = []
for (const check of checks) {
  const startedAt = performance.now()
  const { status, error } = spawnSync(check.command, check.args, {
    cwd: ROOT,
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  if (status !== 0) failed.push(check.name)
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)${error ? ` ${error.message}` : ''}`)
}
rmSync(scratch, { recursive: true, force: true })
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)

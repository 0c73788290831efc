/** The short form of `npm run check:kill`, its control included: the script judges and its exit code tells. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SEED = '7'
const SCRIPT = join(import.meta.dirname, 'kill_loop.ts')

const FLAGS = ['--kills', '2', '--acks', '600', '--seed', SEED]
const TIMEOUT_MS = 300_000

/** What the script prints; rejects when it judges that something is wrong. */
const killLoop = async (...flags: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [SCRIPT, ...FLAGS, ...flags])).stdout

// Beside each other: most of their time both wait for the leases of what was killed to end.
test.concurrent(
  'a stack that is killed under load loses nothing that it acknowledged',
  async () => {
    expect(await killLoop('--no-control'), `node tests/faults/kill_loop.ts ${FLAGS.join(' ')}`).toMatch(/findings: 0\n/)
  },
  TIMEOUT_MS,
)

test.concurrent(
  'negative control: one that acknowledges before the commit is found out',
  async () => {
    const told = await killLoop('--only-control')
    expect(told).toContain('negative control')
    expect(told).toMatch(/findings: [1-9]/)
  },
  TIMEOUT_MS,
)

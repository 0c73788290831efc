/** The short form of `npm run check:kill`, its control included: the script judges and its exit code tells. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SEED = '7'
const SCRIPT = join(import.meta.dirname, 'kill_loop.ts')

test('a stack that is killed under load loses nothing that it acknowledged, and one that acknowledges first is found out', {
  timeout: 300_000,
}, async () => {
  const flags = ['--kills', '2', '--acks', '600', '--seed', SEED]
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...flags])
  const [own, control] = stdout.split('negative control')
  expect(own, `node tests/faults/kill_loop.ts ${flags.join(' ')}`).toMatch(/findings: 0\n/)
  expect(control).toMatch(/findings: [1-9]/)
})

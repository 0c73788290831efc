import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('learning survives kills, grows in proportion, and a hasty runner is found out (short form)', async () => {
  const check = join(import.meta.dirname, 'learning.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [check, '--quick'], { maxBuffer: 16 * 1024 * 1024 })
  expect(stdout, stdout).toMatch(/all as it should be/)
}, 400_000)

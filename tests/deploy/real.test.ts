/** One deployment by wrangler itself, offline: what the many runs without it are held to. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprintOf } from '../../scripts/deploy/fingerprint.ts'
import type { Step } from '../../scripts/deploy/steps.ts'
import { createWrangler } from '../../scripts/deploy/wrangler.ts'
import { secretsIn, writesSince } from './judge.ts'
import { createOperator, ROOT } from './operator.ts'
import { stateOf } from './platform/account.ts'
import { type StandIn, startPlatform } from './platform/server.ts'

/** A state without what only a real bundle has. */
function comparable(platform: StandIn): unknown {
  const state = JSON.parse(stateOf(platform.account)) as { scripts: Array<Record<string, unknown>>; assets: unknown }
  for (const script of state.scripts) {
    delete script.modules
    const annotations = script.annotations as Record<string, string>
    expect(annotations['workers/tag']).toMatch(/^[\w-]{16}$/)
    delete annotations['workers/tag']
  }
  return state
}

/** Calls of one worker come in no order that matters: consumers are set side by side. */
const sorted = (calls: readonly string[]): string[] => [...calls].sort()

test('wrangler itself leaves what the recorded one leaves, by the same calls', { timeout: 600_000 }, async () => {
  const recorded = await startPlatform()
  const twin = createOperator(recorded)
  await twin.run()
  const platform = await startPlatform()
  const operator = createOperator(platform)
  const signal = new AbortController().signal
  const changes = {
    fingerprint: fingerprintOf,
    random: (count: number) => new Uint8Array(randomBytes(count)),
    toolOf: (account: string, env: Readonly<Record<string, string | undefined>>) =>
      createWrangler({ ...{ root: ROOT, account, signal }, env: { ...pathOnly(), ...env } }),
  }
  try {
    await operator.run([], changes)
    expect(platform.unknown).toEqual([])
    expect(sorted(writesSince(platform, 0))).toEqual(sorted(writesSince(recorded, 0)))
    expect(comparable(platform)).toEqual(comparable(recorded))
    expect(platform.account.deployed('shelfwise-api')?.modules[0]?.bytes).toBeGreaterThan(100_000)
    const from = platform.calls.length
    expect((await operator.run([], changes)).changes).toBe(0)
    expect(writesSince(platform, from)).toEqual([])
    // Deployed anew it goes another way: a version, then its deployment, and the secrets as they were.
    const again = { adapt: onlyIngest }
    const before = recorded.calls.length
    await operator.run(['--force'], { ...changes, ...again })
    await twin.run(['--force'], again)
    expect(platform.unknown).toEqual([])
    expect(sorted(writesSince(platform, from))).toEqual(sorted(writesSince(recorded, before)))
    expect(comparable(platform)).toEqual(comparable(recorded))
    expect(secretsIn(platform.account)).toHaveLength(4)
    // The committed tomls were not touched.
    const toml = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
    expect(platform.account.databases.some(({ uuid }) => toml.includes(uuid))).toBe(false)
  } finally {
    operator.remove()
    twin.remove()
    await platform.close()
    await recorded.close()
  }
})

/** Of the workers the one with secrets, consumers and everything bound. */
const onlyIngest = (steps: readonly Step[]) =>
  steps.filter(({ name }) => !name.startsWith('worker ') || name === 'worker shelfwise-ingest')

/** What a process needs to run at all; nothing of an account that this machine may have. */
const pathOnly = () => ({ PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR })

/**
 * Deployments by wrangler itself to the stand-in of the platform, killed with SIGKILL behind each written call and run
 * again: docs/operations.md. `npm run check:deploy -- [--quick] [--seed N]`; the quick form kills at four places.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRng } from '../../shared/base/rng.ts'
import { writesSince, wrongWith } from './judge.ts'
import { killedRuns } from './killed.ts'
import { stateOf } from './platform/account.ts'
import { type StandIn, startPlatform, TOKEN } from './platform/server.ts'

const SEED = 20_261_122
const QUICK_KILLS = 4
/** Wrangler repeats some of its calls by itself and not others: a run that ends badly is run again, as a person would. */
const RUNS_MAX = 25

interface Ended {
  killed: boolean
  code: number | null
  output: string
}

/** One run in a process group of its own; `killAfter` counts written calls of this run. */
async function child(platform: StandIn, folder: string, hooks: Hooks, killAfter: number | null): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env
  const running = spawn(process.execPath, [join(import.meta.dirname, 'deploy_child.ts')], {
    env: {
      PATH,
      HOME,
      TMPDIR,
      DEPLOY_FOLDER: folder,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_API_BASE_URL: platform.base,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [running.stdout, running.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  let killed = false
  let written = 0
  hooks.onWritten = () => {
    if (killAfter === null || killed || ++written < killAfter) return
    killed = true
    process.kill(-running.pid!, 'SIGKILL')
  }
  const code = await new Promise<number | null>((resolve) => running.on('close', resolve))
  hooks.onWritten = () => {}
  return { killed, code, output }
}

interface Hooks {
  onWritten(): void
}

async function opened(hooks: Hooks, fault?: Parameters<typeof startPlatform>[0]) {
  const platform = await startPlatform({ ...fault, onWritten: () => hooks.onWritten() })
  const folder = mkdtempSync(join(tmpdir(), 'shelfwise-deploy-'))
  const close = async () => {
    rmSync(folder, { recursive: true, force: true })
    await platform.close()
  }
  return { platform, folder, close }
}

/** @returns what is wrong with the end */
async function killedOnce(at: number, wanted: string): Promise<string[]> {
  const hooks: Hooks = { onWritten: () => {} }
  const { platform, folder, close } = await opened(hooks)
  const first = await child(platform, folder, hooks, at)
  const second = await child(platform, folder, hooks, null)
  const from = platform.calls.length
  const wrong = [
    ...(first.killed ? [] : ['it was not killed']),
    ...(second.code === 0 ? [] : [`the next run ended with ${second.code}: ${second.output.slice(-500)}`]),
    ...wrongWith(platform.account, wanted),
  ]
  const third = await child(platform, folder, hooks, null)
  if (third.code !== 0) wrong.push(`a run that had nothing to do ended with ${third.code}`)
  wrong.push(...writesSince(platform, from).map((call) => `a run that had nothing to do wrote ${call}`))
  wrong.push(...platform.unknown.map((call) => `unknown to the stand-in: ${call}`))
  await close()
  return wrong
}

/** A platform that limits now and then and fails each writing call once: run until it ends well. */
async function faulty(seed: number, wanted: string): Promise<{ runs: number; faults: number; wrong: string[] }> {
  const rng = seededRng(seed)
  const failed = new Set<string>()
  let faults = 0
  const hooks: Hooks = { onWritten: () => {} }
  const { platform, folder, close } = await opened(hooks, {
    fault: ({ method, path, writes }) => {
      if (rng.next() < 0.04) {
        faults++
        return 'limited'
      }
      // One in five, each once.
      const key = `${method} ${path}`
      if (!writes || failed.has(key) || rng.next() > 0.2) return null
      failed.add(key)
      faults++
      return rng.pick(['before', 'after'] as const)
    },
  })
  let runs = 0
  for (let code: number | null = 1; code !== 0 && runs < RUNS_MAX; runs++)
    code = (await child(platform, folder, hooks, null)).code
  const wrong = wrongWith(platform.account, wanted)
  await close()
  return { runs, faults, wrong }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: String(SEED) } },
  })
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  let failures = 0
  const note = (what: string, wrong: readonly string[]) => {
    for (const one of wrong) console.log(`  NOT KEPT: ${what}: ${one}`)
    failures += wrong.length
  }

  const hooks: Hooks = { onWritten: () => {} }
  const { platform, folder, close } = await opened(hooks)
  const first = await child(platform, folder, hooks, null)
  if (first.code !== 0) throw new Error(`the first run ended with ${first.code}: ${first.output}`)
  const writes = writesSince(platform, 0).length
  const wanted = stateOf(platform.account)
  const from = platform.calls.length
  await child(platform, folder, hooks, null)
  note('second run', writesSince(platform, from))
  console.log(`first run: ${from} calls, ${writes} written; second run: ${writesSince(platform, from).length} written`)
  await close()

  const all = Array.from({ length: writes }, (_, at) => at + 1)
  const points = values.quick
    ? seededRng(seed)
        .shuffle(all)
        .slice(0, QUICK_KILLS)
        .sort((a, b) => a - b)
    : all
  for (const at of points) note(`killed behind call ${at}`, await killedOnce(at, wanted))
  console.log(`killed behind ${points.length} of ${writes} written calls, each run again`)

  const { runs, faults, wrong } = await faulty(seed, wanted)
  note('faulty platform', wrong)
  console.log(`a platform that failed ${faults} times: ${runs} runs until it was done`)

  const every = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
  for (const [name, options] of Object.entries({
    'first run': {},
    renewal: { argv: ['--renew', 'SIGNING_SECRET'], again: true },
  })) {
    const killed = await killedRuns({ ...options, points: every })
    for (const run of killed.runs) note(`${name}, in process, killed behind call ${run.killedAfter}`, run.wrong)
    console.log(`${name}, in process: killed behind each of ${killed.count} written calls, each run again`)
  }
  console.log(failures === 0 ? 'ok' : `FAILED: ${failures}`)
  process.exitCode = failures === 0 ? 0 : 1
}

await main()

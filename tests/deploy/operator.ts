/** Somebody who deploys to the stand-in from this process, and may be killed at any written call. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/deploy/arguments.ts'
import { fingerprintOf } from '../../scripts/deploy/fingerprint.ts'
import { deploy, type Outcome } from '../../scripts/deploy/run.ts'
import type { Surroundings } from '../../scripts/deploy/surroundings.ts'
import { sha256 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { VERSION } from '../../workers/api/version.ts'
import { type StandIn, TOKEN } from './platform/server.ts'
import { recordedWrangler } from './recorded_wrangler.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const ADDRESS = 'https://shelfwise-api.a-shop.workers.dev'

export interface Operator {
  folder: string
  /** Everything that was said, in all runs. */
  said: string[]
  run(argv?: readonly string[], changes?: Partial<Surroundings>): Promise<Outcome>
  /** Runs until the process dies behind the given number of written calls. @returns false where it ended before */
  runKilled(afterWrites: number, argv?: readonly string[], changes?: Partial<Surroundings>): Promise<boolean>
  remove(): void
}

/** Bundling is the same in every run: it is done once a worker. */
const bundles = new Map<string, Promise<string>>()
const remembered: typeof fingerprintOf = async (main, configuration, _site) => {
  if (!bundles.has(main)) bundles.set(main, fingerprintOf(main, null, null))
  return (await sha256(`${await bundles.get(main)} ${JSON.stringify(configuration)}`)).slice(0, 16)
}

/** The pages of the api worker are not what these runs are about. */
const onePage = async (out: string) => {
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'index.html'), 'x')
}

export function createOperator(platform: StandIn, seed = 1): Operator {
  const folder = mkdtempSync(join(tmpdir(), 'shelfwise-deploy-'))
  const said: string[] = []
  const rng = seededRng(seed)
  const surroundings = (fetching: typeof fetch, changes: Partial<Surroundings>): Surroundings => ({
    env: { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_API_BASE_URL: platform.base },
    ...{ fetch: fetching, folder, root: ROOT, ask: null, signal: new AbortController().signal },
    sleep: async () => {},
    say: (line) => said.push(line),
    random: (count) => Uint8Array.from({ length: count }, () => rng.int(256)),
    toolOf: () => recordedWrangler(platform.base, TOKEN, fetching),
    fingerprint: remembered,
    buildSite: onePage,
    ...changes,
  })
  return {
    ...{ folder, said },
    run: (argv = [], { fetch: calling = fetch, ...changes } = {}) =>
      deploy(readOptions(argv), surroundings(withAddress(calling), changes)),
    async runKilled(afterWrites, argv = [], changes = {}) {
      const { promise: killed, resolve: kill } = Promise.withResolvers<true>()
      let written = 0
      const mortal: typeof fetch = async (input, init) => {
        const from = platform.calls.length
        const answer = await fetch(input, init)
        if (platform.calls.slice(from).some((one) => one.writes && one.status < 300) && ++written === afterWrites) {
          kill(true)
          // Nothing of the dead run goes on, not even what it would do at its end.
          await new Promise(() => {})
        }
        return answer
      }
      const ended = deploy(readOptions(argv), surroundings(withAddress(mortal), changes)).then(() => false)
      return Promise.race([killed, ended])
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The deployed address, as far as the last questions of a run go; the running stack is asked in `smoke.test.ts`. */
export function withAddress(next: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = String(input)
    if (!url.startsWith(ADDRESS)) return next(input, init)
    const path = url.slice(ADDRESS.length)
    if (path === '/health') return Response.json({ status: 'ok', version: VERSION })
    const mine = new Headers(init?.headers).get('authorization') ?? ''
    const known = /^Bearer ak_(?!0{32}$)/.test(mine)
    return Response.json({ code: known ? 'invalid_request' : 'unauthorized' }, { status: known ? 400 : 401 })
  }
}

/** A deployment by wrangler itself in a process of its own, which its parent kills. Arguments as `npm run deploy` has them. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readOptions } from '../../scripts/deploy/arguments.ts'
import { fingerprintOf } from '../../scripts/deploy/fingerprint.ts'
import { deploy } from '../../scripts/deploy/run.ts'
import { createWrangler } from '../../scripts/deploy/wrangler.ts'
import { ROOT, withAddress } from './operator.ts'

const signal = new AbortController().signal
await deploy(readOptions(process.argv.slice(2)), {
  ...{ env: process.env, fetch: withAddress(fetch), root: ROOT, folder: process.env.DEPLOY_FOLDER!, ask: null, signal },
  fingerprint: fingerprintOf,
  sleep: (ms) => sleep(ms),
  say: (line) => console.log(line),
  random: (count) => randomBytes(count),
  toolOf: (account, env) => createWrangler({ root: ROOT, account, env, signal }),
  buildSite: async (out) => {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'index.html'), 'x')
  },
})

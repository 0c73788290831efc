import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findAccount, findSubdomain } from './account.ts'
import type { DeployOptions } from './arguments.ts'
import { type Declared, readDeclared } from './declared.ts'
import { DeployFailure } from './failure.ts'
import { shapeOf } from './index_shapes.ts'
import { migrationsStep } from './migrations.ts'
import { createPlatform, type Platform } from './platform/client.ts'
import { createPrivateFiles, type PrivateFiles } from './private_files.ts'
import { bucketStep } from './resources/buckets.ts'
import { databaseStep, replicasStep } from './resources/databases.ts'
import { indexStep, metadataSteps } from './resources/indexes.ts'
import { namespaceStep } from './resources/namespaces.ts'
import { queueStep } from './resources/queues.ts'
import { planSecrets } from './secret_step.ts'
import { secretsOf } from './secrets.ts'
import { smokeTest } from './smoke.ts'
import { type Step, type Told, takeSteps } from './steps.ts'
import type { Surroundings } from './surroundings.ts'
import { secretNames, wantsSubdomain } from './worker_standing.ts'
import { type WorkerParts, workerStep, writeConfiguration } from './worker_step.ts'

const API = 'https://api.cloudflare.com/client/v4'

export interface Outcome {
  /** Null after a dry run in which nobody could look. */
  address: string | null
  told: readonly Told[]
  /** Whether anything was, or in a dry run would be, changed. */
  changes: number
}

/** Brings an account to what the tomls declare. Twice is the same as once, and what was cut off goes on. @throws DeployFailure */
export async function deploy(options: DeployOptions, surroundings: Surroundings): Promise<Outcome> {
  const { env, root, say } = surroundings
  const declared = readDeclared(root, options.environment)
  const token = env.CLOUDFLARE_API_TOKEN ?? ''
  if (token === '') {
    if (!options.dryRun) throw new DeployFailure('no_token', 'CLOUDFLARE_API_TOKEN is not set')
    return blindPlan(declared, say)
  }
  const platform = createPlatform({ ...surroundings, base: env.CLOUDFLARE_API_BASE_URL || API, token })
  const account = await findAccount(platform, env.CLOUDFLARE_ACCOUNT_ID)
  const address = options.address ?? (await addressOf(declared, platform, account))
  const told: Told[] = []
  const tell = (one: Told) => {
    told.push(one)
    say(lineOf(one, options.dryRun))
  }
  const files = createPrivateFiles(surroundings.folder, options.dryRun)
  const site = createSite(surroundings, options.dryRun)
  try {
    const steps = stepsOf({ options, declared, platform, account, files, site, surroundings })
    await takeSteps(surroundings.adapt?.(steps) ?? steps, {
      ...{ dryRun: options.dryRun, tell, signal: surroundings.signal, sleep: surroundings.sleep },
    })
  } finally {
    site.remove()
  }
  const changes = told.filter(({ standing, taken }) => taken || !standing.done).length
  if (options.dryRun) return { address, told, changes }
  // Every worker that a secret was owed to has it.
  files.setUnderWay([])
  const smoke = {
    address,
    probeKey: env.SHELFWISE_PROBE_KEY || null,
    adminKey: env.SHELFWISE_ADMIN_KEY || files.made('SHELFWISE_ADMIN_KEY'),
  }
  for (const line of await smokeTest({ ...surroundings, ...smoke })) say(`  tried  ${line}`)
  return { address, told, changes }
}

interface Parts {
  options: DeployOptions
  declared: Declared
  platform: Platform
  account: string
  files: PrivateFiles
  site: WorkerParts['site']
  surroundings: Surroundings
}

/** Resources, then tables, then secrets, then the workers in their order. */
function stepsOf({ options, declared, platform, account, files, site, surroundings }: Parts): Step[] {
  const { sleep, folder, env } = surroundings
  const path = `/accounts/${account}`
  const databases = new Map<string, string>()
  const namespaces = new Map<string, string>()
  const secrets = secretsOf(declared)
  const tool = surroundings.toolOf(
    account,
    without(
      env,
      secrets.map((one) => one.variable),
    ),
  )
  const workerOf = (key: string) => declared.workers.find((one) => one.key === key)!
  const plan = planSecrets(
    secrets,
    renewed(
      options.renew,
      secrets.map(({ name }) => name),
    ),
    (key) => secretNames(workerOf(key).name, path, platform),
    files,
    surroundings,
  )
  const parts: WorkerParts = {
    ...{ declared, secrets, plan, files, platform, tool, path, folder, site, force: options.force },
    fingerprint: surroundings.fingerprint,
    ids: { account, databases, namespaces },
  }
  return [
    ...declared.databases.flatMap(({ name, replicated }) => [
      databaseStep(name, path, platform, databases, sleep),
      ...(replicated ? [replicasStep(name, path, platform, databases)] : []),
    ]),
    ...declared.namespaces.map((one) => namespaceStep(one, path, platform, namespaces, sleep)),
    ...declared.buckets.map((name) => bucketStep(name, path, platform, sleep)),
    ...declared.queues.map((name) => queueStep(name, path, platform, sleep)),
    ...declared.indexes.flatMap(({ binding, name }) => {
      const shape = shapeOf(binding, workerOf('model'))
      return [indexStep(name, shape, path, platform, sleep), ...metadataSteps(name, shape, path, platform, sleep)]
    }),
    ...declared.databases.map((database) =>
      // Any worker that binds all of them will do.
      migrationsStep(database, path, platform, databases, (name) =>
        tool.migrate(name, writeConfiguration(workerOf('enrich'), parts)),
      ),
    ),
    plan.step,
    ...declared.workers.map((worker) => workerStep(worker, parts)),
  ]
}

/** @throws DeployFailure */
function renewed(names: readonly string[], known: readonly string[]): readonly string[] {
  const odd = names.find((name) => !known.includes(name))
  if (odd === undefined) return names
  throw new DeployFailure('usage', `--renew ${odd}: there is no such secret; there are ${known.join(', ')}`)
}

/** Wrangler needs none of the secrets in its own environment. */
const without = (env: Surroundings['env'], names: readonly string[]): Surroundings['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)))

/** Its own domain where it has one, else its name under workers.dev. */
async function addressOf(declared: Declared, platform: Platform, account: string): Promise<string> {
  const api = declared.workers.find((one) => one.key === 'api')!
  if (wantsSubdomain(api)) return `https://${api.name}.${await findSubdomain(platform, account)}.workers.dev`
  const route = [api.raw.routes ?? api.raw.route ?? []].flat()[0]
  const pattern = typeof route === 'string' ? route : (route?.pattern ?? '')
  const host = pattern.replace(/^https?:\/\//, '').split('/')[0]!
  if (/^[a-z0-9.-]+$/i.test(host)) return `https://${host}`
  throw new DeployFailure('usage', `--address is needed: “${pattern}” names no single address`)
}

/** The static files, built when they are first wanted; in a dry run somewhere else, and gone afterwards. */
function createSite({ folder, buildSite }: Surroundings, dryRun: boolean): WorkerParts['site'] & { remove(): void } {
  const declared = join(folder, 'site')
  const place = dryRun ? mkdtempSync(join(tmpdir(), 'shelfwise-site-')) : declared
  let building: Promise<void> | null = null
  return {
    declared,
    async built() {
      building ??= buildSite(place)
      await building
      return place
    },
    remove: () => (dryRun ? rmSync(place, { recursive: true, force: true }) : undefined),
  }
}

const lineOf = ({ step, standing, taken }: Told, dryRun: boolean): string => {
  const word = standing.done ? (taken ? 'done' : 'there') : dryRun ? 'to do' : 'done'
  return `${word.padStart(7)}  ${step}: ${standing.said}`
}

/** What a first run would do, where nobody could look. */
function blindPlan(declared: Declared, say: (line: string) => void): Outcome {
  const names = [
    ...declared.databases.map(({ name }) => `database ${name}`),
    ...declared.namespaces.map(({ title }) => `KV namespace ${title}`),
    ...declared.buckets.map((name) => `R2 bucket ${name}`),
    ...declared.queues.map((name) => `queue ${name}`),
    ...declared.indexes.map(({ name }) => `Vectorize index ${name}`),
    ...declared.databases.map(({ name }) => `migrations of ${name}`),
    `secrets ${secretsOf(declared)
      .filter((one) => !one.optional)
      .map((one) => one.name)
      .join(', ')}`,
    ...declared.workers.map(({ name }) => `worker ${name}`),
  ]
  say('CLOUDFLARE_API_TOKEN is not set, so nobody has looked: this is what a first run makes.')
  for (const name of names) say(`  to do  ${name}`)
  return { address: null, told: [], changes: names.length }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationOf, type Ids } from './configuration.ts'
import type { Declared, DeclaredWorker } from './declared.ts'
import type { Platform } from './platform/client.ts'
import type { PrivateFiles } from './private_files.ts'
import type { SecretPlan } from './secret_step.ts'
import { requiredOf, type Secret } from './secrets.ts'
import type { Step } from './steps.ts'
import type { Surroundings } from './surroundings.ts'
import { lackOf } from './worker_standing.ts'
import type { Tool } from './wrangler.ts'

export interface WorkerParts {
  declared: Declared
  ids: Ids
  secrets: readonly Secret[]
  plan: SecretPlan
  files: PrivateFiles
  platform: Platform
  tool: Tool
  /** Of the account, such as `/accounts/0123…`. */
  path: string
  /** Where the configurations are written, absolute. */
  folder: string
  /** Where the configuration finds the static files, and where they are now. */
  site: { declared: string; built(): Promise<string> }
  fingerprint: Surroundings['fingerprint']
  force: boolean
}

/** The file that wrangler reads for a worker. */
export const configurationFile = (folder: string, key: string): string => join(folder, `${key}.wrangler.json`)

/** @throws Error where an id is not known yet */
const configured = (worker: DeclaredWorker, { declared, ids, secrets, folder, site }: WorkerParts) =>
  configurationOf(worker, declared, ids, {
    ...{ folder, site: site.declared },
    secrets: requiredOf(secrets, worker.key),
  })

/** Writes what wrangler reads of a worker. @returns the file */
export function writeConfiguration(worker: DeclaredWorker, parts: WorkerParts): string {
  const path = configurationFile(parts.folder, worker.key)
  mkdirSync(parts.folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, `${JSON.stringify(configured(worker, parts), null, 2)}\n`)
  return path
}

/** A worker is there when its code, configuration, crons, consumers, address and secrets are the wanted ones. */
export function workerStep(worker: DeclaredWorker, parts: WorkerParts): Step {
  const { declared, ids, plan, platform, path, site } = parts
  let forced = parts.force
  let tag: string | null = null
  const tagOf = async () => {
    const files = worker.raw.assets === undefined ? null : await site.built()
    tag ??= await parts.fingerprint(join(worker.folder, worker.raw.main!), configured(worker, parts), files)
    return tag
  }
  const unknownIds = () =>
    declared.databases.some(({ name }) => !ids.databases.has(name)) ||
    declared.namespaces.some(({ binding }) => !ids.namespaces.has(binding))
  return {
    name: `worker ${worker.name}`,
    proves: true,
    async look() {
      // Only a dry run comes here before everything has its id.
      if (unknownIds()) return { done: false, said: 'deploy' }
      const names = plan.owed(worker.key).map((one) => one.secret.name)
      if (names.length > 0) return { done: false, said: `deploy with ${names.join(', ')}` }
      if (forced) return { done: false, said: 'deploy again' }
      const lack = await lackOf(worker, await tagOf(), declared.named, path, platform)
      return lack === null ? { done: true, said: `as here (${tag})` } : { done: false, said: lack }
    },
    async take() {
      const file = writeConfiguration(worker, parts)
      const owed = plan.owed(worker.key)
      const sent = await Promise.all(
        owed.map(async ({ secret, value }) => [secret.name, await secret.sent(value)] as const),
      )
      const brief = sent.length === 0 ? null : parts.files.brief(Object.fromEntries(sent))
      try {
        await parts.tool.deploy(worker.name, file, await tagOf(), brief?.path ?? null)
      } finally {
        brief?.remove()
      }
      plan.paid(worker.key)
      forced = false
    },
  }
}

import type { DeclaredWorker } from './declared.ts'
import type { Platform } from './platform/client.ts'
import { findQueue, type Queue } from './resources/queues.ts'

interface Deployments {
  deployments: Array<{ versions: Array<{ version_id: string; percentage: number }> }>
}

type Consumer = NonNullable<NonNullable<DeclaredWorker['raw']['queues']>['consumers']>[number]

/** Names of a worker's secrets; null where there is no such worker. */
export async function secretNames(worker: string, path: string, platform: Platform): Promise<string[] | null> {
  const found = await platform.find<Array<{ name: string }>>(
    `${path}/workers/scripts/${worker}/secrets`,
    `secrets of ${worker}`,
  )
  return found === null ? null : found.map(({ name }) => name)
}

/**
 * What a worker on the platform lacks of what is declared; null when it is all there. A deployment that was cut off may
 * have its code but neither crons nor consumers: each is looked at.
 * @param tag names the code and configuration that are wanted
 */
export async function lackOf(
  worker: DeclaredWorker,
  tag: string,
  named: (name: string) => string,
  path: string,
  platform: Platform,
): Promise<string | null> {
  const what = `worker ${worker.name}`
  const script = `${path}/workers/scripts/${worker.name}`
  const deployed = await platform.find<Deployments>(`${script}/deployments`, what)
  const versions = deployed?.deployments[0]?.versions ?? []
  if (versions.length === 0) return 'deploy for the first time'
  if (versions.length > 1) return 'deploy: requests are shared between two versions'
  const version = await platform.find<{ annotations?: Record<string, string> }>(
    `${script}/versions/${versions[0]!.version_id}`,
    what,
  )
  if (version?.annotations?.['workers/tag'] !== tag) return 'deploy what changed'
  const wanted = worker.raw.triggers?.crons ?? []
  const { schedules } = await platform.get<{ schedules: Array<{ cron: string }> }>(`${script}/schedules`, what)
  if (
    !equalSets(
      wanted,
      schedules.map(({ cron }) => cron),
    )
  )
    return 'deploy: its crons are not the declared ones'
  const { enabled } = await platform.get<{ enabled: boolean }>(`${script}/subdomain`, what)
  if (enabled !== wantsSubdomain(worker)) return `deploy: its address at workers.dev is ${enabled ? 'on' : 'off'}`
  for (const consumer of worker.raw.queues?.consumers ?? []) {
    const queue = await findQueue(named(consumer.queue), path, platform)
    if (queue === null || !consumes(queue, worker.name, consumer, named))
      return `deploy: it does not consume ${named(consumer.queue)} as declared`
  }
  return null
}

/** As wrangler decides it: on, unless it is switched off or there are routes. */
export const wantsSubdomain = ({ raw }: DeclaredWorker): boolean =>
  raw.workers_dev ?? ((raw.routes ?? []).length === 0 && raw.route === undefined)

function consumes(queue: Queue, worker: string, declared: Consumer, named: (name: string) => string): boolean {
  const found = (queue.consumers ?? []).find((one) => (one.script ?? one.service) === worker)
  if (found === undefined) return false
  const { batch_size, max_retries, max_wait_time_ms, max_concurrency } = found.settings ?? {}
  const wait = declared.max_batch_timeout === undefined ? undefined : declared.max_batch_timeout * 1_000
  const dead = declared.dead_letter_queue === undefined ? '' : named(declared.dead_letter_queue)
  return (
    asDeclared(declared.max_batch_size, batch_size) &&
    asDeclared(declared.max_retries, max_retries) &&
    asDeclared(wait, max_wait_time_ms) &&
    asDeclared(declared.max_concurrency ?? undefined, max_concurrency) &&
    dead === (found.dead_letter_queue ?? '')
  )
}

/** What is not declared is the platform's to choose, and what it does not tell cannot be compared. */
const asDeclared = (declared: number | undefined, found: number | null | undefined): boolean =>
  declared === undefined || found === undefined || found === declared

const equalSets = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join('\n') === [...b].sort().join('\n')

/**
 * What wrangler 4.164 writes to the platform when it migrates and deploys, without a process of its own: for the many
 * runs of the kill loop. `deploy_real.test.ts` holds its calls and what they leave equal to the real one's.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DeployFailure } from '../../scripts/deploy/failure.ts'
import { migrationsIn } from '../../scripts/deploy/migrations.ts'
import { codeOf } from '../../scripts/deploy/platform/refusals.ts'
import type { Tool } from '../../scripts/deploy/wrangler.ts'

interface Configuration {
  name: string
  account_id: string
  vars?: Record<string, unknown>
  limits?: unknown
  workers_dev?: boolean
  assets?: { directory: string; binding: string }
  triggers?: { crons: string[] }
  d1_databases?: Array<{ binding: string; database_name: string; database_id: string; migrations_dir: string }>
  kv_namespaces?: Array<{ binding: string; id: string }>
  r2_buckets?: Array<{ binding: string; bucket_name: string }>
  vectorize?: Array<{ binding: string; index_name: string }>
  services?: Array<{ binding: string; service: string; entrypoint?: string }>
  ratelimits?: Array<{ name: string; namespace_id: string; simple: unknown }>
  queues?: {
    producers: Array<{ binding: string; queue: string }>
    consumers: Array<{
      queue: string
      dead_letter_queue?: string
      max_batch_size?: number
      max_retries?: number
      max_batch_timeout?: number
      max_concurrency?: number
    }>
  }
  secrets?: { required: string[] }
}

export const AGENT = 'wrangler/recorded'
const STATIC_FILE = 'a'.repeat(32)

export function recordedWrangler(base: string, token: string, fetch: typeof globalThis.fetch): Tool {
  async function call<T>(what: string, method: string, path: string, body?: unknown): Promise<T> {
    const form = body instanceof FormData
    const headers = {
      authorization: `Bearer ${token}`,
      'user-agent': AGENT,
      ...(form ? {} : { 'content-type': 'application/json' }),
    }
    const sent = body === undefined ? {} : { body: form ? body : JSON.stringify(body) }
    const response = await fetch(`${base}${path}`, { method, headers, ...sent } as RequestInit)
    const text = await response.text()
    if (!response.ok) {
      const code = Number(/"code":(\d+)/.exec(text)?.[1] ?? 0)
      throw new DeployFailure(codeOf([code]) ?? 'wrangler_failed', `${what}: ${text.slice(0, 300)}`)
    }
    return (JSON.parse(text) as { result: T }).result
  }

  return {
    async migrate(database, file) {
      const configuration = read(file)
      const { database_id: id, migrations_dir } = configuration.d1_databases!.find(
        (one) => one.database_name === database,
      )!
      const query = <T>(sql: string) =>
        call<T>(`migrations of ${database}`, 'POST', `/accounts/${configuration.account_id}/d1/database/${id}/query`, {
          sql,
        })
      await query(
        'CREATE TABLE IF NOT EXISTS d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);',
      )
      const [applied] = await query<Array<{ results: Array<{ name: string }> }>>(
        'SELECT * FROM d1_migrations ORDER BY id',
      )
      const folder = join(dirname(file), migrations_dir)
      for (const name of migrationsIn(folder)) {
        if (applied!.results.some((row) => row.name === name)) continue
        await query(`${readFileSync(join(folder, name), 'utf8')}\nINSERT INTO d1_migrations (name) values ('${name}');`)
      }
    },
    async deploy(worker, file, tag, secretsFile) {
      const configuration = read(file)
      const account = `/accounts/${configuration.account_id}`
      const script = `${account}/workers/scripts/${configuration.name}`
      const send = <T>(method: string, path: string, body?: unknown) =>
        call<T>(`deployment of ${worker}`, method, path, body)
      const exists = await fetch(`${base}${account}/workers/services/${configuration.name}`, {
        headers: { authorization: `Bearer ${token}`, 'user-agent': AGENT },
      })
      const secrets =
        secretsFile === null ? {} : (JSON.parse(readFileSync(secretsFile, 'utf8')) as Record<string, string>)
      if (configuration.assets !== undefined) {
        const { buckets } = await send<{ buckets: string[][] }>('POST', `${script}/assets-upload-session`, {
          manifest: { '/index.html': { hash: STATIC_FILE, size: 1 } },
        })
        if (buckets.length > 0) await send('POST', `${account}/workers/assets/upload`, formOf({ [STATIC_FILE]: '' }))
      }
      const metadata = {
        ...metadataOf(configuration, secrets),
        annotations: { 'workers/message': 'npm run deploy', 'workers/tag': tag },
      }
      const form = formOf({ metadata: JSON.stringify(metadata), 'index.js': tag })
      if (exists.ok) {
        const { id } = await send<{ id: string }>('POST', `${script}/versions`, form)
        await send('POST', `${script}/deployments`, {
          strategy: 'percentage',
          versions: [{ version_id: id, percentage: 100 }],
        })
        await send('PATCH', `${script}/script-settings`, {})
      } else await send('PUT', script, form)
      await send('POST', `${script}/subdomain`, { enabled: configuration.workers_dev ?? true })
      if (configuration.triggers?.crons !== undefined)
        await send(
          'PUT',
          `${script}/schedules`,
          configuration.triggers.crons.map((cron) => ({ cron })),
        )
      for (const consumer of configuration.queues?.consumers ?? []) {
        const [queue] = await send<
          Array<{ queue_id: string; consumers: Array<{ consumer_id: string; script: string }> }>
        >('GET', `${account}/queues?name=${consumer.queue}`)
        const there = queue!.consumers.find((one) => one.script === configuration.name)
        const path = `${account}/queues/${queue!.queue_id}/consumers`
        await send(there === undefined ? 'POST' : 'PUT', there === undefined ? path : `${path}/${there.consumer_id}`, {
          ...{ type: 'worker', script_name: configuration.name, dead_letter_queue: consumer.dead_letter_queue },
          settings: {
            ...{ batch_size: consumer.max_batch_size, max_retries: consumer.max_retries },
            ...{ max_wait_time_ms: consumer.max_batch_timeout! * 1_000, max_concurrency: consumer.max_concurrency },
          },
        })
      }
    },
  }
}

const read = (file: string): Configuration => JSON.parse(readFileSync(file, 'utf8')) as Configuration

function formOf(parts: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(parts)) form.set(name, new Blob([text]), name)
  return form
}

function metadataOf(of: Configuration, secrets: Readonly<Record<string, string>>) {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  const given = Object.keys(secrets)
  const bindings = [
    ...Object.entries(of.vars ?? {}).map(([name, value]) => ({ name, type: 'plain_text', text: text(value) })),
    ...(of.kv_namespaces ?? []).map((one) => ({ name: one.binding, type: 'kv_namespace', namespace_id: one.id })),
    ...(of.queues?.producers ?? []).map((one) => ({ name: one.binding, type: 'queue', queue_name: one.queue })),
    ...(of.r2_buckets ?? []).map((one) => ({ name: one.binding, type: 'r2_bucket', bucket_name: one.bucket_name })),
    ...(of.d1_databases ?? []).map((one) => ({ name: one.binding, type: 'd1', id: one.database_id })),
    ...(of.vectorize ?? []).map((one) => ({ name: one.binding, type: 'vectorize', index_name: one.index_name })),
    ...(of.services ?? []).map(({ binding: name, service, entrypoint }) => ({
      ...{ name, type: 'service', service },
      ...(entrypoint === undefined ? {} : { entrypoint }),
    })),
    ...(of.ratelimits ?? []).map((one) => ({
      name: one.name,
      type: 'ratelimit',
      namespace_id: one.namespace_id,
      simple: one.simple,
    })),
    ...(of.assets === undefined ? [] : [{ name: of.assets.binding, type: 'assets' }]),
    ...Object.entries(secrets).map(([name, value]) => ({ name, type: 'secret_text', text: value })),
    ...(of.secrets?.required ?? []).filter((name) => !given.includes(name)).map((name) => ({ name, type: 'inherit' })),
  ]
  return {
    bindings,
    keep_bindings: ['secret_text', 'secret_key'],
    ...(of.limits === undefined ? {} : { limits: of.limits }),
    ...(of.assets === undefined ? {} : { assets: { jwt: 'x' } }),
  }
}

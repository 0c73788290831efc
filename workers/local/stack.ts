/** Runs the whole stack on one machine: the deployable workers as their tomls declare them, and the stand-ins. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { D1Database } from '@cloudflare/workers-types'
import { build, stop as stopBundler } from 'esbuild'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as declaredOptions, unstable_readConfig as readConfig } from 'wrangler'
import { migrateDatabase } from './migrate.ts'

const ROOT = join(import.meta.dirname, '../..')

// The local environments leave out on purpose what has no local form; wrangler would warn of it at every start.
process.env.WRANGLER_LOG ??= 'error'

/** Every worker of the stack; the first is the public door. */
const CONFIGS = {
  'shelfwise-api': 'wrangler.toml',
  'shelfwise-ingest': 'workers/ingest/wrangler.toml',
  'shelfwise-enrich': 'workers/enrich/wrangler.toml',
  'shelfwise-model': 'workers/model/wrangler.toml',
  'shelfwise-vectorize': 'workers/local/vectorize/wrangler.toml',
} as const
export type WorkerName = keyof typeof CONFIGS

/** Databases with their folder of migrations and the worker that binds them. */
const DATABASES = [
  { binding: 'CATALOGUE', worker: 'shelfwise-ingest', migrations: 'migrations/catalogue' },
  { binding: 'OPERATIONS', worker: 'shelfwise-ingest', migrations: 'migrations/operations' },
  { binding: 'LIVE', worker: 'shelfwise-ingest', migrations: 'migrations/live' },
] as const

export interface StackOptions {
  /** Where databases and caches are kept; absent: in memory, gone at the end. */
  persistTo?: string
  host?: string
  /** 0 lets the system choose. */
  port: number
  /** Folder of static files; absent: none are served. */
  site?: string
  /** Text variables by worker, over those of the toml. */
  variables?: Partial<Record<WorkerName, Record<string, string>>>
  /** Receives the workers' output, line by line. */
  onOutput?: (line: string) => void
  /** Changes a worker's options before the start; for fault injection and benchmarks. */
  adapt?: (name: WorkerName, options: Record<string, unknown>) => Record<string, unknown>
  /** Workers beside the stack, such as a benchmark's baseline. */
  extraWorkers?: Array<Record<string, unknown>>
}

export interface Stack {
  url: URL
  runtime: Miniflare
  /** Fires a cron of the enrich worker and waits for its handler. */
  cron(expression: string): Promise<void>
  database(binding: 'CATALOGUE' | 'OPERATIONS' | 'LIVE'): Promise<D1Database>
  /** Crons as the enrich worker's toml declares them. */
  crons: readonly string[]
  stop(): Promise<void>
}

/** Starts the stack and applies migrations. Rejects when the port is taken. */
export async function startStack(options: StackOptions): Promise<Stack> {
  if (options.persistTo !== undefined) await mkdir(options.persistTo, { recursive: true })
  const workers = await Promise.all(
    Object.entries(CONFIGS).map(([name, config]) => workerOptions(name as WorkerName, config, options)),
  )
  // Its service would live as long as this process.
  await stopBundler()
  const crons = (workers.find((worker) => worker.name === 'shelfwise-enrich')?.cronTriggers ?? []) as string[]
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      // No download of request metadata: the stack starts without a network.
      cf: false,
      host: options.host ?? '127.0.0.1',
      port: 0,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ message }: { message: string }) => options.onOutput?.(message),
      ...(options.persistTo === undefined ? {} : { resourcePersistencePath: options.persistTo }),
      workers: [...workers, ...(options.extraWorkers ?? [])],
    } as unknown as V4MiniflareOptions),
  )
  await runtime.ready
  for (const { binding, worker, migrations } of DATABASES) {
    await migrateDatabase(
      (await runtime.getD1Database(binding, worker)) as unknown as D1Database,
      join(ROOT, migrations),
    )
  }
  return {
    // The direct socket: no proxy between the client and the worker.
    url: await runtime.unsafeGetDirectURL('shelfwise-api'),
    runtime,
    crons,
    async cron(expression) {
      const worker = await runtime.getWorker('shelfwise-enrich')
      const result = await worker.scheduled({ cron: expression })
      if (result.outcome !== 'ok') throw new Error(`the cron ${expression} ended with ${result.outcome}`)
    },
    database: async (binding) => (await runtime.getD1Database(binding, 'shelfwise-ingest')) as unknown as D1Database,
    stop: () => runtime.dispose(),
  }
}

async function workerOptions(
  name: WorkerName,
  config: string,
  options: StackOptions,
): Promise<Record<string, unknown>> {
  const { workerOptions: declared, main } = declaredOptions(join(ROOT, config), 'local')
  const { modulesRules: _rules, assets: _assets, ...rest } = declared as typeof declared & { assets?: unknown }
  const isDoor = name === 'shelfwise-api'
  const worker: Record<string, unknown> = {
    ...rest,
    name,
    modules: true,
    script: await bundle(main!, readConfig({ config: join(ROOT, config) }).keep_names ?? true),
    bindings: { ...(rest.bindings as object), ...options.variables?.[name] },
    ...(isDoor ? { unsafeDirectSockets: [{ host: options.host ?? '127.0.0.1', port: options.port }] } : {}),
    ...(isDoor && options.site !== undefined
      ? { serviceBindings: { ...(rest.serviceBindings as object), ASSETS: siteService(options.site) } }
      : {}),
  }
  return options.adapt ? options.adapt(name, worker) : worker
}

/** The worker as it is deployed: one minified module. Functions that keep their names cost at every closure. */
export async function bundle(main: string, keepNames = false): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    minify: true,
    keepNames,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
  })
  return outputFiles[0]!.text
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
}

/**
 * Static files, in the place of the platform's asset service: exact files, folders' index pages, and the front page for
 * every other page address.
 */
function siteService(site: string) {
  return async (request: { url: string }): Promise<Response> => {
    const path = decodeURIComponent(new URL(request.url).pathname)
    const inside = path.includes('..') ? '/' : path
    for (const file of [inside, `${inside}.html`, join(inside, 'index.html'), '/index.html']) {
      const body = await readFile(join(site, file)).catch(() => null)
      if (body === null) continue
      const type = TYPES[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return new Response(body as Uint8Array<ArrayBuffer>, {
        headers: { 'content-type': type, 'cache-control': 'no-cache' },
      })
    }
    return new Response('Not found', { status: 404 })
  }
}

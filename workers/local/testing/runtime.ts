/** Starts the real local runtime (workerd through Miniflare) for contract and durability tests. Offline, on a free port. */
import { join } from 'node:path'
import type { D1Database, KVNamespace, R2Bucket } from '@cloudflare/workers-types'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as workerOptions } from 'wrangler'
import type { VectorizeProps } from '../vectorize/config.ts'

const COMPATIBILITY_DATE = '2026-11-01'
const NOTHING = 'export default { fetch: () => new Response() }'

export interface RealStores {
  db: D1Database
  kv: KVNamespace
  r2: R2Bucket
  dispose(): Promise<void>
}

/** One worker that does nothing, with one of each store; empty, in a temporary place. */
export async function startStores(): Promise<RealStores> {
  const runtime = start({
    modules: true,
    script: NOTHING,
    compatibilityDate: COMPATIBILITY_DATE,
    d1Databases: { DB: 'db' },
    kvNamespaces: { KV: 'kv' },
    r2Buckets: { R2: 'r2' },
  })
  return {
    db: (await runtime.getD1Database('DB')) as unknown as D1Database,
    kv: (await runtime.getKVNamespace('KV')) as unknown as KVNamespace,
    r2: (await runtime.getR2Bucket('R2')) as unknown as R2Bucket,
    dispose: () => runtime.dispose(),
  }
}

export interface RealVectorize {
  /** Calls a method of the entrypoint over RPC, from another worker. */
  call(method: string, ...args: unknown[]): Promise<unknown>
  dispose(): Promise<void>
}

/** Calls what it is told to, so that the entrypoint is reached as a worker reaches it. */
const CALLER = `export default {
  async fetch(request, env) {
    const { method, args } = await request.json()
    try {
      return Response.json({ value: await env.VECTORS[method](...args) })
    } catch (error) {
      return Response.json({ error: error.message })
    }
  },
}`

/** The vectorize worker as its wrangler.toml declares it. */
export async function vectorizeWorker(): Promise<Record<string, unknown>> {
  const config = join(import.meta.dirname, '../vectorize/wrangler.toml')
  const { workerOptions: declared, main } = workerOptions(config, 'local')
  const { modulesRules: _, ...options } = declared
  return { ...options, name: 'shelfwise-vectorize', modules: true, script: await bundle(main!) }
}

/** The vectorize worker, and a caller bound to it, on a folder that may be reused. */
export async function startVectorize(resourcePersistencePath: string, props: VectorizeProps): Promise<RealVectorize> {
  const runtime = start({
    resourcePersistencePath,
    workers: [
      {
        name: 'caller',
        modules: true,
        script: CALLER,
        compatibilityDate: COMPATIBILITY_DATE,
        serviceBindings: { VECTORS: { name: 'shelfwise-vectorize', entrypoint: 'ItemVectors', props: { ...props } } },
      },
      await vectorizeWorker(),
    ],
  })
  return {
    call: async (method, ...args) => {
      const response = await runtime.dispatchFetch('http://caller/', {
        method: 'POST',
        body: JSON.stringify({ method, args }),
      })
      const { value, error } = (await response.json()) as { value?: unknown; error?: string }
      if (error !== undefined) throw new Error(error)
      return value
    },
    dispose: () => runtime.dispose(),
  }
}

/** A worker as one module. */
export async function bundle(main: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*'],
  })
  return outputFiles[0]!.text
}

export function start(options: Record<string, unknown>): Miniflare {
  // `cf: false`: no download of request metadata. Port 0: given by the system.
  return new Miniflare(convertV4MiniflareOptions({ cf: false, port: 0, ...options } as V4MiniflareOptions))
}
